// SPDX-License-Identifier: Apache-2.0
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

// Whether the directory is a mount point: it is on another device than its parent directory, or mountinfo lists it (a
// bind mount).
[[nodiscard]] bool is_mounted(const std::string& target);

// Makes all mounts private, for a root that an earlier init has made shared: mounts below a shared mount can neither be
// moved nor pivoted (mount(2), pivot_root(2)).
void make_mounts_private() noexcept;

// Calls mount(2) for a row with these flags, on the paths that `at` holds; returns 0 or an errno. A caller that must
// not wait for a server passes a MountCall that does not wait, and that returns ETIMEDOUT when the server has not
// answered.
using MountCall = std::function<int(const MountRow& row, unsigned long flags, const MountAt& at)>;
[[nodiscard]] int call_mount(const MountRow& row, unsigned long flags, const MountAt& at) noexcept;

// Whether mount(2), or the first access to the new mount, may wait for a server, a daemon on the host, or a device. The
// kernel's own filesystems and bind mounts never wait.
[[nodiscard]] bool may_wait(const MountRow& row) noexcept;

// Whether the mount may succeed later, when the kernel has found the source's device: a tag of virtiofs or 9p, or a
// disk.
[[nodiscard]] bool may_come_later(const MountRow& row, int code) noexcept;

// Whether there is nothing to do: the target is a mount point already, and the row does not change it. An error comes
// from sys/file/safe_path. It is for rows on a device: mount() asks the same, but only when the device has been found.
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
