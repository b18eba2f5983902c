// Standard streams for PID 1.
#pragma once

namespace nlinit::sys {

// Where descriptors 0 to 2 are not open (the kernel found no /dev/console), opens /dev/console for them, or /dev/null:
// else the next file that is opened becomes somebody's standard output. Call again when /dev is mounted.
void ensure_standard_streams() noexcept;

}  // namespace nlinit::sys
