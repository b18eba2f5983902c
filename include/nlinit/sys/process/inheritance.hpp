// Resets process state that a program that was PID 1 before has left.
#pragma once

namespace nlinit::sys {

// As the kernel starts an init: no open files but the standard streams, umask 022, and children that are waited for. A
// script or program that was the initramfs's init hands on its own (execve(2)), and with SIGCHLD ignored no end of a
// child would ever be heard of. Before anything else is opened.
void drop_inheritance() noexcept;

// Interval timers go on as well (setitimer(2)), and are not worth a system call in every boot: when one is heard of.
void stop_inherited_timers() noexcept;

}  // namespace nlinit::sys
