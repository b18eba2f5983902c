// SPDX-License-Identifier: Apache-2.0
// Which modules drive the devices of a machine, by what the kernel says of each device (modalias) and by modules.alias.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/image/module_index.hpp"

namespace nlinit::image {

// What a driver is for, by where its module is in the kernel's source.
enum class DriverUse : std::uint8_t {
    guest,  // what a guest lives on: virtio, block devices, network, clocks, random numbers, memory
    disk,   // controllers of disks that a machine may have and not use: SCSI, SATA, USB
    other,  // graphics, sound, sensors …
};
[[nodiscard]] DriverUse use_of_driver(std::string_view file) noexcept;

inline constexpr std::size_t kMostDrivers = 8;  // of one device: no more are tried

struct DeviceDrivers {
    std::vector<std::string_view> modules;  // in the order of the devices, each once
    std::vector<std::string> remarks;       // sentences about devices that too many modules would drive
};

// names: of the devices. up_to: what drivers for other uses are left alone. dependencies, aliases: modules.dep and
// modules.alias, into which the result points.
[[nodiscard]] DeviceDrivers drivers_of(const std::vector<std::string>& names, DriverUse up_to,
                                       std::string_view dependencies, std::string_view aliases);

}  // namespace nlinit::image
