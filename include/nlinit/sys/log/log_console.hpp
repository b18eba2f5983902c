// SPDX-License-Identifier: Apache-2.0
// The console, for lines that must be seen there, also when the kernel does not show them.
//
// Writing never waits: a terminal that is full or stopped loses the line.
#pragma once

#include <string_view>

namespace nlinit::log {

// Whether the kernel puts records of this priority (syslog(3): 3 is an error, 7 a debug line) on the console by itself:
// the first number of /proc/sys/kernel/printk is above it. The file is read at each call, because root may change it.
// When it cannot be read, 4 is assumed, the level of `quiet`.
[[nodiscard]] bool kernel_shows(int priority) noexcept;

// Makes the kernel show every record from now on. When that is refused, kernel_shows() stays as it was.
void have_the_kernel_show_all() noexcept;

// Returns false when there is no console, or it took nothing of the line.
bool write_to_console(std::string_view line) noexcept;

// For when there is no console either. Writes only when standard error has room for the line now.
void write_to_standard_error(std::string_view line) noexcept;

}  // namespace nlinit::log
