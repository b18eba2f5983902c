// SPDX-License-Identifier: Apache-2.0
// The end of the machine, and what stands between PID 1's own faults and a kernel panic.
#pragma once

#include "nlinit/machine/end_action.hpp"

namespace nlinit::sys {

// Ctrl-alt-del becomes SIGINT for PID 1 instead of an immediate reset (reboot(2), RB_DISABLE_CAD).
void disable_ctrl_alt_del() noexcept;

// reboot(2). Gives why the kernel refused, and returns only then: the caller idles, for PID 1 must never exit.
// EndAction::stay is a no-op. Syncs nothing.
int end_machine(EndAction action) noexcept;

// For std::terminate and for SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS: one line to the kernel's log, sync(2)
// for a few seconds at most, then end_machine(action), and if that returns sleep for ever.
void install_crash_handlers(EndAction action) noexcept;
// Sets the action that these handlers take. EndAction::stay means poweroff here, because a crashed PID 1 cannot go on.
void set_crash_action(EndAction action) noexcept;

}  // namespace nlinit::sys
