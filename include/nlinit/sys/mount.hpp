// mount(2) for rows of a plan.
#pragma once

#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/boot/mount_plan.hpp"

namespace nlinit::sys {

// A mount point is a directory on another device than its parent, or one that mountinfo lists (a bind mount).
[[nodiscard]] bool is_mounted(const std::string& target);

// Makes the target directory if need be, then mounts; done already when it was mounted before (EBUSY counts as that).
// copy_up keeps the files, directories and links that the target showed before: owners, modes and contents, up to
// 16 MiB in all.
[[nodiscard]] Result<> mount(const boot::MountRow& row);
[[nodiscard]] Result<> mount(const boot::EarlyMount& row);

// cgroup2 on /sys/fs/cgroup unless cgroup.controllers is there, with nsdelegate,memory_recursiveprot, then nsdelegate,
// then nothing, for older kernels. Puts the caller into a leaf "init" and enables all controllers for the others.
[[nodiscard]] Result<> mount_cgroup();

// Before the end: everything that can be unmounted, the last mounted first; what is busy is remounted read-only. Kernel
// filesystems stay. Bounded by the number of mounts.
void unmount_all() noexcept;

}  // namespace nlinit::sys
