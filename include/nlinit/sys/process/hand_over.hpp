// SPDX-License-Identifier: Apache-2.0
// PID 1 becomes another program, and a child goes on in its place.
#pragma once

#include "nlinit/base/result.hpp"
#include "nlinit/sys/process/process.hpp"

namespace nlinit::sys {

// The caller becomes the command, and the call returns in the child. An error is returned in the caller, which could
// not become the command; then there is no child. Descriptors are shared between both until then, an epoll's among
// them; a signalfd tells the child nothing of its signals, and is to be made anew.
[[nodiscard]] Result<> hand_over(const Command& command);

// Prepares such a child: gives it a session of its own, no console, and a name for ps(1) of at most 15 bytes, removes
// the crash handlers, and makes the OOM killer choose it last.
void settle_in_background(const char* name) noexcept;

}  // namespace nlinit::sys
