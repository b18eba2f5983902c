// SPDX-License-Identifier: Apache-2.0
// Resets process state that the program before this one has left: the parent, or what was PID 1 before.
#pragma once

namespace nlinit::sys {

// As the kernel starts an init: no open files but the standard streams, umask 022, and children that are waited for. A
// script or program that was the initramfs's init hands on its own (execve(2)), and with SIGCHLD ignored no end of a
// child would ever be heard of. Before anything else is opened.
void drop_inheritance() noexcept;

// Interval timers go on as well (setitimer(2)), and are not worth a system call in every boot: when one is heard of.
void stop_inherited_timers() noexcept;

// Call it before anything is opened. The first socket or file would get the number of a standard stream that is closed
// (`nlinit … 2>&-`), and a line of the log would go there. A descriptor that can be neither read nor written takes that
// number.
void occupy_closed_streams() noexcept;

// Makes write(2) fail with EFBIG at RLIMIT_FSIZE, which the log can tell, where SIGXFSZ would end the process. A
// program that is executed gets the signal's default back (PreparedCommand).
void take_file_limit_as_error() noexcept;

}  // namespace nlinit::sys
