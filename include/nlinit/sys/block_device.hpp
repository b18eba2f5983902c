// Block devices by what is written on them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nlinit::sys {

// The path of the device that "PARTUUID=…", "PARTLABEL=…", "UUID=…" or "LABEL=…" means, if it is there now; any other
// source is a path already, and given back if it exists. Partitions of GPT and (PARTUUID) of MBR, filesystems ext2 to
// ext4, erofs, xfs and btrfs. Letters of a UUID may be of either case.
[[nodiscard]] std::optional<std::string> find_block_device(std::string_view source,
                                                           const std::string& class_directory = "/sys/class/block",
                                                           const std::string& devices = "/dev");

}  // namespace nlinit::sys
