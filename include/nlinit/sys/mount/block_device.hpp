// SPDX-License-Identifier: Apache-2.0
// Block devices by what is written on them.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/machine/device_name.hpp"
#include "nlinit/sys/mount/superblock.hpp"

namespace nlinit::sys {

// The bytes of a device at an offset, as many as there are: a disk may never answer, so that whoever must not wait
// hands in a way to read that does not.
using ReadDevice = std::function<std::string(const std::string& path, off_t offset, std::size_t size)>;
[[nodiscard]] std::string read_device(const std::string& path, off_t offset, std::size_t size);

// By their names: "/dev/vda1" is one of "/dev/vda", and "/dev/nvme0n1p1" of "/dev/nvme0n1", which ends in a digit
// itself.
[[nodiscard]] bool is_partition_of(std::string_view path, std::string_view disk) noexcept;

// A question that is to be put to a disk: its partitions are on it, and are as silent as it is.
struct DiskQuestion {
    std::string path;     // of the disk
    std::string devices;  // what there is of it: as long as that is the same, so is the answer
    std::function<std::optional<std::size_t>()> ask;  // reads; which device, as a number of the asker's own
};
// An answer of the first disk, in their order, that has one: for whoever can ask them all at the same time.
using AskDisks = std::function<std::optional<std::size_t>(const std::vector<DiskQuestion>& questions)>;
[[nodiscard]] std::optional<std::size_t> ask_in_turn(const std::vector<DiskQuestion>& questions);

class BlockDevices {
  public:
    explicit BlockDevices(ReadDevice read = read_device, std::string class_directory = "/sys/class/block",
                          std::string devices = "/dev");

    // The path of the device that a name means, if it is there now. Partitions of GPT and (PARTUUID) of MBR. Letters
    // of a UUID may be of either case.
    [[nodiscard]] std::optional<std::string> find(const DeviceName& name, const AskDisks& ask = ask_in_turn) const;
    // Reads what describe() will: of disks that are silent the asker learns here.
    void look_at_all(const AskDisks& ask) const;

    // What is on the device of this path.
    [[nodiscard]] Filesystem look_at(const std::string& path) const;

    // For whoever looked for one that is not there: "here are vda (ext4, LABEL=root), vdb1 (PARTLABEL=data)".
    [[nodiscard]] std::string describe() const;

  private:
    struct Device {
        std::string name;             // below /dev
        std::string disk;             // of a partition
        std::string size = {};        // in sectors, as the kernel writes it
        std::uint64_t partition = 0;  // 0: none
    };
    using Devices = std::vector<Device>;
    [[nodiscard]] std::optional<std::size_t> ask_disks(const Devices& devices,
                                                       const std::function<bool(const Device& device)>& is_it,
                                                       const AskDisks& ask) const;
    [[nodiscard]] std::vector<Device> list() const;
    [[nodiscard]] std::string attribute(const std::string& name, const char* attribute, std::size_t head = 0) const;
    [[nodiscard]] bool is_named(const Device& device, const DeviceName& name) const;
    [[nodiscard]] std::string serial_of(const Device& device) const;
    [[nodiscard]] PartitionNames names_of(const Device& partition) const;
    [[nodiscard]] static const std::string& name_of_disk(const Device& device);
    [[nodiscard]] std::string path_of(const Device& device) const;

    ReadDevice read_;
    std::string class_directory_, devices_;
};

}  // namespace nlinit::sys
