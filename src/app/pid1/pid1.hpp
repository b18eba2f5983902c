// SPDX-License-Identifier: Apache-2.0
// The boot and what comes after it, as PID 1. Never returns: when PID 1 ends, the kernel panics. noexcept: an exception
// that nobody has caught gets to the crash handlers of sys/power, which end the machine.
#pragma once

#include "nlinit/base/time.hpp"

namespace nlinit::app {

// argv: what the kernel passed, which is the payload's where /proc/cmdline cannot be read.
[[noreturn]] void run_as_pid1(int argc, char* const* argv, TimePoint started_at) noexcept;

}  // namespace nlinit::app
