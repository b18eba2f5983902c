// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/device_names.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "nlinit/base/append.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {
namespace {

// Not "acpi": what of it has a driver is on the bus "platform" too.
constexpr std::array<std::string_view, 10> kBuses{"pci", "virtio", "platform", "amba", "vmbus",
                                                  "xen", "scsi",   "mmc",      "usb",  "nd"};
constexpr std::size_t kLongestModalias = 4096;  // a page of sysfs

std::vector<std::string> entries_of(const Directory& directory) {
    std::vector<std::string> names;
    while (const dirent* entry = directory == nullptr ? nullptr : ::readdir(directory.get())) {
        if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    }
    std::ranges::sort(names);
    return names;
}

// Not by sys::read_file(), which looks at the file too: there are a hundred of them in a boot.
std::string read_name(int directory, const std::string& device) {
    std::array<char, kLongestModalias> name{};
    const UniqueFd file(::openat(directory, (device + "/modalias").c_str(), O_RDONLY | O_CLOEXEC));
    const auto size = file.valid() ? ::read(file.get(), name.data(), name.size()) : 0;
    const std::string_view text(name.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return std::string(text.substr(0, text.find('\n')));
}

}  // namespace

std::vector<std::string> device_names(const std::string& buses) {
    std::vector<std::string> names;
    for (const auto bus : kBuses) {
        const Directory directory(::opendir(concat({buses, "/", bus, "/devices"}).c_str()));
        for (const auto& device : entries_of(directory)) {
            auto name = read_name(::dirfd(directory.get()), device);
            if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
        }
    }
    return names;
}

}  // namespace nlinit::sys
