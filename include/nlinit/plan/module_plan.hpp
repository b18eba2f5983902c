// SPDX-License-Identifier: Apache-2.0
// Which modules a boot loads: those of a list, and those of the devices that the machine has.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/config/config.hpp"
#include "nlinit/config/sources.hpp"

namespace nlinit::plan {

inline constexpr std::string_view kModulesOfDevices = "auto";  // in the place of a module's name

struct ModulePlan {
    // if_known: where no list says anything, and the image has a modules.alias to find drivers by.
    enum class ByDevice : std::uint8_t { never, if_known, always };
    std::vector<std::string> names;  // in their order, with parameters
    ByDevice by_device = ByDevice::never;
    bool wants_disks = false;              // a disk is to be mounted that no virtio or NVMe device needs to be
    std::vector<std::string> filesystems;  // of an overlay and of mounts, while the modules of an initramfs are there
    // Protocols that are no device's, for where devices are asked for their drivers.
    bool wants_packets = false, wants_ipv6 = false;
};
[[nodiscard]] ModulePlan module_plan(const config::Config& config, const config::Sources& sources);

}  // namespace nlinit::plan
