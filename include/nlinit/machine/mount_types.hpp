// Which filesystem types a row of mounts is tried with.
#pragma once

#include <string>
#include <string_view>

#include "nlinit/machine/mount_row.hpp"

namespace nlinit {

// Whether the source is on a block device that is to be found first.
[[nodiscard]] bool is_on_device(const MountRow& row);

// Whether the row leaves the type, or one of its types, to what the source holds: "", "auto", "erofs,auto".
[[nodiscard]] bool leaves_type_open(const MountRow& row);

// The types in the order in which they are tried, "ext4,xfs". An open one stands for what was seen on the device, then
// for each that the kernel knows and that needs a device, as the kernel does for its root (/proc/filesystems is handed
// in); for a tag it stands for virtiofs, then 9p.
[[nodiscard]] std::string types_to_try(const MountRow& row, std::string_view seen, std::string_view known_filesystems);

// The row with one of its types. A 9p share gets its transport: the kernel's default is a TCP connection, which no VM
// has for its shares.
[[nodiscard]] MountRow with_type(const MountRow& row, std::string_view type);

}  // namespace nlinit
