// SPDX-License-Identifier: Apache-2.0
// What the kernel says that the devices of the machine are, for drivers to be found by it (image/device_drivers).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nlinit::sys {

// The modalias of each device on a bus whose drivers may be modules that a guest needs: PCI, virtio, platform (also
// what ACPI or a device tree describes), SCSI, USB and others; each once, in the order of the buses and of the devices'
// names. buses: /sys/bus.
[[nodiscard]] std::vector<std::string> device_names(const std::string& buses = "/sys/bus");

}  // namespace nlinit::sys
