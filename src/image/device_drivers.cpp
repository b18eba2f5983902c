// SPDX-License-Identifier: Apache-2.0
#include "nlinit/image/device_drivers.hpp"

#include <algorithm>
#include <array>

#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit::image {
namespace {

constexpr std::string_view kInKernel = "kernel/";
constexpr std::string_view kDrivers = "kernel/drivers/";

constexpr auto kGuest = std::to_array<std::string_view>({"virtio/", "block/", "nvme/", "net/", "char/virtio_console",
                                                         "char/hw_random/", "rtc/", "ptp/", "firmware/qemu_fw_cfg",
                                                         "nvdimm/", "dax/", "hv/", "xen/", "pci/", "acpi/nfit/"});
constexpr auto kDisk =
    std::to_array<std::string_view>({"scsi/", "ata/", "mmc/", "usb/host/", "usb/storage/", "message/", "firewire/"});

bool begins_with_one(std::string_view path, auto& folders) noexcept {
    return std::ranges::any_of(folders, [path](std::string_view folder) { return path.starts_with(folder); });
}

std::string crowd(std::string_view device, const std::vector<std::string_view>& modules) {
    std::string names;
    for (std::size_t i = 0; i < kMostDrivers; ++i) append(names, {i == 0 ? "" : ", ", modules[i]});
    return concat({"device ", printable(device, 128), ": ", std::to_string(modules.size()),
                   " modules would drive it, of which the first ", std::to_string(kMostDrivers),
                   " are tried: ", names});
}

}  // namespace

// What is not of the kernel's own source was put there for a device that somebody has.
DriverUse use_of_driver(std::string_view file) noexcept {
    if (!file.starts_with(kInKernel)) return DriverUse::guest;
    if (!file.starts_with(kDrivers))
        return file.starts_with("kernel/fs/") || file.starts_with("kernel/net/") ? DriverUse::guest : DriverUse::other;
    file.remove_prefix(kDrivers.size());
    if (begins_with_one(file, kGuest)) return DriverUse::guest;
    return begins_with_one(file, kDisk) ? DriverUse::disk : DriverUse::other;
}

DeviceDrivers drivers_of(const std::vector<std::string>& names, DriverUse up_to, std::string_view dependencies,
                         std::string_view aliases) {
    std::vector<std::vector<std::string_view>> candidates(names.size());
    for (const auto& match : find_aliases(aliases, names)) candidates[match.name].push_back(match.module);
    DeviceDrivers found;
    for (std::size_t device = 0; device < names.size(); ++device) {
        auto& modules = candidates[device];
        std::erase_if(modules, [&](std::string_view module) {
            const auto line = find_module(dependencies, module);
            return !line || use_of_driver(line->substr(0, line->find(':'))) > up_to;
        });
        if (modules.size() > kMostDrivers) {
            found.remarks.push_back(crowd(names[device], modules));
            modules.resize(kMostDrivers);
        }
        for (const auto module : modules) {
            if (std::ranges::find(found.modules, module) == found.modules.end()) found.modules.push_back(module);
        }
    }
    return found;
}

}  // namespace nlinit::image
