// mount(2) for rows of a plan.
#pragma once

#include <functional>
#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/machine/mount_row.hpp"
#include "nlinit/sys/mount/mount_point.hpp"  // IWYU pragma: export
#include "nlinit/sys/mount/unmount.hpp"      // IWYU pragma: export
#include "nlinit/sys/process/cgroup.hpp"     // IWYU pragma: export

namespace nlinit::sys {

// A mount point is a directory on another device than its parent, or one that mountinfo lists (a bind mount).
[[nodiscard]] bool is_mounted(const std::string& target);

// For a root that an earlier init has shared: what is on a shared mount can neither be moved nor pivoted (mount(2),
// pivot_root(2)).
void make_mounts_private() noexcept;

// mount(2) for a row, with these flags, where the paths of the row were found to lead: 0 or an errno. Whoever must not
// wait for a server hands in a call that does not, and has ETIMEDOUT mean that there was no answer.
using MountCall = std::function<int(const MountRow& row, unsigned long flags, const MountAt& at)>;
[[nodiscard]] int call_mount(const MountRow& row, unsigned long flags, const MountAt& at) noexcept;

// Whether mount(2), or the first look at what it mounted, waits for somebody else: a server, a daemon on the host, a
// device. The kernel's own filesystems and binds never do.
[[nodiscard]] bool may_wait(const MountRow& row) noexcept;

// Whether the error may be gone when the device behind the source has been found: a tag of virtiofs or 9p, a disk.
[[nodiscard]] bool may_come_later(const MountRow& row, int code) noexcept;

// Whether there is nothing to mount: the target is a mount point already, and not to be changed. An error is one of
// sys/safe_path, before anybody waits for a device.
[[nodiscard]] Result<bool> is_done(const MountRow& row);

// Makes the target directory if need be (for a bind mount of a file: an empty file), then mounts; done already when it
// was mounted before (EBUSY counts as that). A remount is always done. A bind mount gets its other flags by a remount,
// and is undone when it does not. Propagation is set in the end, also of what was mounted before. Several types are
// tried in turn. The error of virtiofs for a tag that is not there, or not yet, is EINVAL. copy_up keeps the files,
// directories and links that the target showed before: owners, modes and contents, up to 16 MiB in all. When something
// is left out the mount stays, and the error says so.
[[nodiscard]] Result<> mount(const MountRow& row, const MountCall& call = call_mount);
[[nodiscard]] Result<> mount(const EarlyMount& row);

}  // namespace nlinit::sys
