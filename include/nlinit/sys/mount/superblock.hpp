// SPDX-License-Identifier: Apache-2.0
// What the first bytes of a block device say: filesystems, and tables of partitions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nlinit::sys {

// What is written on a device, as blkid(8) names it.
struct Filesystem {
    std::string_view type;  // "ext4", "crypto_LUKS"; empty: none that is known here
    std::string uuid, label;
};

// So many bytes of a device's beginning have all superblocks that are known here, btrfs's last.
inline constexpr std::size_t kSuperblocks = 68 << 10;
[[nodiscard]] Filesystem read_superblock(std::string_view beginning);

struct PartitionNames {
    std::string uuid, label;
};

// Where a GUID partition table has the entry of a partition (UEFI specification 5.3); nothing where the disk has none.
inline constexpr std::size_t kPartitionEntry = 128;
[[nodiscard]] std::optional<std::uint64_t> place_of_partition(std::string_view beginning, std::uint64_t number);
[[nodiscard]] PartitionNames read_partition_entry(std::string_view entry);
// Of an MBR the disk's signature and the partition's number, as the kernel has it.
[[nodiscard]] PartitionNames read_boot_record(std::string_view beginning, std::uint64_t number);

}  // namespace nlinit::sys
