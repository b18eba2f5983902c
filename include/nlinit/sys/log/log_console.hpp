// The console, for lines that must be seen there whatever part of its log the kernel shows.
//
// Writing never waits: a terminal that is full or stopped loses the line.
#pragma once

#include <string_view>

namespace nlinit::log {

// Whether the kernel puts records of this priority (syslog(3): 3 is an error, 7 a debug line) on the console by itself:
// the first number of /proc/sys/kernel/printk is above it. Read each time, for whoever may set it. Where it cannot be
// read it is taken for 4, that of `quiet`.
[[nodiscard]] bool kernel_shows(int priority) noexcept;

// From now on the kernel shows every record. Where it does not let us, kernel_shows() stays as it was.
void have_the_kernel_show_all() noexcept;

// False when there is no console, or it took nothing of the line.
bool write_to_console(std::string_view line) noexcept;

// Where there is no console either: only if there is room for the line just now.
void write_to_standard_error(std::string_view line) noexcept;

}  // namespace nlinit::log
