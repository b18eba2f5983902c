// SPDX-License-Identifier: Apache-2.0
// Filesystems grown to the size of their devices while they are in use.
#pragma once

#include <cstdint>
#include <string>

#include "nlinit/base/result.hpp"

namespace nlinit::sys {

// Grows what is mounted on `target`: ext4, xfs, btrfs. On an overlay that is the root it is what that writes to. Where
// nothing is mounted, or the device is full already, nothing is done, and that is no failure. A partition is not grown,
// and one that could be is an error that says so, after the filesystem has been grown to its end. Waits for the disk.
[[nodiscard]] Result<> grow_filesystem(const std::string& target);

// Bytes that follow a partition, up to the next one or to the end of its disk; 0 for a whole disk. `device` is its
// directory in sysfs, or a link to that.
[[nodiscard]] std::uint64_t room_behind_partition(const std::string& device);

}  // namespace nlinit::sys
