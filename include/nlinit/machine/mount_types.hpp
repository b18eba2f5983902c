// SPDX-License-Identifier: Apache-2.0
// Which filesystem types a row of mounts is tried with.
#pragma once

#include <string>
#include <string_view>

#include "nlinit/machine/mount_row.hpp"

namespace nlinit {

// Whether the source names a block device, which must be found before the mount.
[[nodiscard]] bool is_on_device(const MountRow& row);

// Whether the row's type, or one of its types, is to be read from the source: "", "auto", "erofs,auto".
[[nodiscard]] bool leaves_type_open(const MountRow& row);

// The types in the order in which they are tried, "ext4,xfs". An open type on a device stands for `seen`, the type in
// its superblock, followed by each type of `known_filesystems` (the text of /proc/filesystems) that needs a device, as
// the kernel does for its root. An open type of a share's tag stands for virtiofs, then 9p.
[[nodiscard]] std::string types_to_try(const MountRow& row, std::string_view seen, std::string_view known_filesystems);

// The row with one of its types. A 9p share gets its transport: the kernel's default is a TCP connection, which no VM
// has for its shares.
[[nodiscard]] MountRow with_type(const MountRow& row, std::string_view type);

}  // namespace nlinit
