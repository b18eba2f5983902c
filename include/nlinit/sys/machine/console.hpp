// SPDX-License-Identifier: Apache-2.0
// Standard streams for PID 1, and the terminal that is the console.
#pragma once

#include <string>

namespace nlinit::sys {

// Where descriptors 0 to 2 are not open (the kernel found no /dev/console), opens /dev/console for them, or /dev/null:
// otherwise the next file that is opened would become some program's standard output. Call it again when /dev is
// mounted.
void ensure_standard_streams() noexcept;

// "/dev/ttyS0": the device that /dev/console stands for, which can control a session as /dev/console cannot.
// "/dev/console" where the kernel does not tell.
[[nodiscard]] std::string console_terminal(const std::string& active = "/sys/class/tty/console/active");

}  // namespace nlinit::sys
