// SPDX-License-Identifier: Apache-2.0
// From an initramfs to the real root filesystem.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/machine/mount_row.hpp"
#include "nlinit/sys/mount/mount.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

// Whether / is the kernel's rootfs, which only an initramfs makes.
[[nodiscard]] bool runs_from_initramfs();

// Checks that the filesystem mounted on this directory can be the root; the error says why it cannot.
using RootCheck = std::function<Result<>(const std::string& directory)>;

// Makes the directories of /proc, /sys and /dev that a root has not: an image of a single program has none.
[[nodiscard]] Result<> make_mount_points_of_kernel(const std::string& root);

// Mounts the root beside the running one, and checks it. When either fails nothing has changed.
[[nodiscard]] Result<> mount_new_root(const MountRow& row, const MountCall& call, const RootCheck& check);
// Moves /proc, /sys and /dev into what mount_new_root() mounted, makes it /, and frees the initramfs's files, but for
// those of the directory `kept`, if that is one. The name is for the error.
[[nodiscard]] Result<> enter_new_root(const std::string& name, const UniqueFd& kept);

// Copies the initramfs into the tmpfs of the row and makes that /: the kernel's own rootfs cannot be pivoted away, as
// container runtimes would (pivot_root(2)). Where there is no memory for a copy, the tree becomes a mount of its own by
// a bind mount, which can be pivoted away as well, and `why_bound` says why. Nothing is done, and nothing lost, where /
// is no longer rootfs, or when it fails.
[[nodiscard]] Result<> switch_to_memory(const MountRow& row, std::optional<Error>& why_bound);

}  // namespace nlinit::sys
