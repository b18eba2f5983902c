// The filesystems at the end of the machine.
#pragma once

namespace nlinit::sys {

// Before the end: everything that can be unmounted, the last mounted first; what is busy is remounted read-only, and
// the root in any case. Kernel filesystems stay. Bounded by the number of mounts.
void unmount_all() noexcept;

}  // namespace nlinit::sys
