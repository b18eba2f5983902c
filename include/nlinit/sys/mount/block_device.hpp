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

class BlockDevices {
  public:
    explicit BlockDevices(ReadDevice read = read_device, std::string class_directory = "/sys/class/block",
                          std::string devices = "/dev");

    // The path of the device that a name means, if it is there now. Partitions of GPT and (PARTUUID) of MBR. Letters
    // of a UUID may be of either case.
    [[nodiscard]] std::optional<std::string> find(const DeviceName& name) const;

    // What is on the device of this path.
    [[nodiscard]] Filesystem look_at(const std::string& path) const;

    // For whoever looked for one that is not there: "here are vda (ext4, LABEL=root), vdb1 (PARTLABEL=data)".
    [[nodiscard]] std::string describe() const;

  private:
    struct Device {
        std::string name;             // below /dev
        std::string disk;             // of a partition
        std::uint64_t partition = 0;  // 0: none
    };
    [[nodiscard]] std::vector<Device> list() const;
    [[nodiscard]] std::string attribute(const std::string& name, const char* attribute) const;
    [[nodiscard]] bool is_named(const Device& device, const DeviceName& name) const;
    [[nodiscard]] PartitionNames names_of(const Device& partition) const;
    [[nodiscard]] std::string path_of(const Device& device) const;

    ReadDevice read_;
    std::string class_directory_, devices_;
};

}  // namespace nlinit::sys
