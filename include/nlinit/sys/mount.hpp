// mount(2) for rows of a plan.
#pragma once

#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/boot/mount_plan.hpp"
#include "nlinit/sys/cgroup.hpp"   // IWYU pragma: export
#include "nlinit/sys/unmount.hpp"  // IWYU pragma: export

namespace nlinit::sys {

// A mount point is a directory on another device than its parent, or one that mountinfo lists (a bind mount).
[[nodiscard]] bool is_mounted(const std::string& target);

// Makes the target directory if need be (for a bind mount of a file: an empty file), then mounts; done already when it
// was mounted before (EBUSY counts as that). A remount is always done. A bind mount gets its other flags by a remount,
// and is undone when it does not. The error of virtiofs for a tag that is not there, or not yet, is EINVAL.
// copy_up keeps the files, directories and links that the target showed before: owners, modes and contents, up to
// 16 MiB in all. When something is left out the mount stays, and the error says so.
[[nodiscard]] Result<> mount(const boot::MountRow& row);
[[nodiscard]] Result<> mount(const boot::EarlyMount& row);

}  // namespace nlinit::sys
