// SPDX-License-Identifier: Apache-2.0
// What a command to end does to the machine.
#pragma once

#include "nlinit/config/config.hpp"

namespace nlinit::config {

// asked: what a signal or on_exit wants. The result is what reboot(2) is to be told: as configured, and by default the
// same, except that a machine which cannot be powered off is rebooted. That ends a VM where nothing else does, as in
// Firecracker on x86; halted, it would run on for ever. stay stays.
[[nodiscard]] EndAction machine_end(const Shutdown& shutdown, EndAction asked, bool can_power_off) noexcept;

}  // namespace nlinit::config
