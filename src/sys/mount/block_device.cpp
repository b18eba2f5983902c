// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/block_device.hpp"

#include <fcntl.h>
#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

namespace {

using DeviceKind = DeviceName::Kind;

constexpr std::size_t kDescribed = 8;  // as many as a sentence can bear

// /sys/class/block/vda1 leads to .../block/vda/vda1.
std::string disk_of(const std::string& directory) {
    std::array<char, PATH_MAX> target{};
    if (::readlink(directory.c_str(), target.data(), target.size() - 1) < 0) return {};
    std::string path = target.data();
    path.resize(std::min(path.rfind('/'), path.size()));
    return path.substr(path.rfind('/') + 1);
}

bool is_same(const std::string& one, const std::string& other) {
    return !one.empty() && ::strcasecmp(one.c_str(), other.c_str()) == 0;
}

void add(std::string& text, const char* key, const std::string& value) {
    if (value.empty()) return;
    if (!text.empty()) text += ", ";
    text += key + printable(value);
}

}  // namespace

bool is_partition_of(std::string_view path, std::string_view disk) noexcept {
    constexpr std::string_view kDigits = "0123456789";
    if (disk.empty() || !path.starts_with(disk)) return false;
    path.remove_prefix(disk.size());
    if (kDigits.find(disk.back()) != kDigits.npos) {
        if (!path.starts_with('p')) return false;
        path.remove_prefix(1);
    }
    return !path.empty() && path.find_first_not_of(kDigits) == path.npos;
}

std::string read_device(const std::string& path, off_t offset, std::size_t size) {
    std::string bytes(size, '\0');
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    const ssize_t got = fd.valid() ? ::pread(fd.get(), bytes.data(), size, offset) : 0;
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
}

std::optional<std::size_t> ask_in_turn(const std::vector<DiskQuestion>& questions) {
    for (const auto& question : questions) {
        if (const auto answer = question.ask()) return answer;
    }
    return std::nullopt;
}

BlockDevices::BlockDevices(ReadDevice read, std::string class_directory, std::string devices)
    : read_(std::move(read)), class_directory_(std::move(class_directory) + '/'), devices_(std::move(devices) + '/') {}

std::string BlockDevices::attribute(const std::string& name, const char* attribute, std::size_t head) const {
    auto text = read_file(concat({class_directory_, name, attribute}), 256);
    if (!text.ok() || text->size() < head) return {};
    text->erase(0, head);
    return text->substr(0, text->find('\n'));
}

// Those that have a medium: a loop device without a file and an empty drive are of size 0, and have nothing to say.
std::vector<BlockDevices::Device> BlockDevices::list() const {
    std::vector<Device> devices;
    const Directory entries(::opendir(class_directory_.c_str()));
    while (const dirent* entry = entries == nullptr ? nullptr : ::readdir(entries.get())) {
        Device device{.name = entry->d_name, .disk = {}};
        if (device.name.starts_with('.')) continue;
        device.size = attribute(device.name, "/size");
        if (device.size == "0") continue;
        const auto number = attribute(device.name, "/partition");
        std::from_chars(number.data(), number.data() + number.size(), device.partition);
        if (device.partition > 0) device.disk = disk_of(class_directory_ + device.name);
        devices.push_back(std::move(device));
    }
    std::ranges::sort(devices, {}, &Device::name);
    return devices;
}

// The kernel writes a slash of a device's name as '!' in sysfs.
std::string BlockDevices::path_of(const Device& device) const {
    std::string name = device.name;
    std::ranges::replace(name, '!', '/');
    return devices_ + name;
}

const std::string& BlockDevices::name_of_disk(const Device& device) {
    return device.disk.empty() ? device.name : device.disk;
}

// virtio_blk has it by itself, NVMe and MMC by the device, SCSI as a page of its own, with a head of four bytes
// (SPC-5, "unit serial number VPD page"). Blanks around it are padding.
std::string BlockDevices::serial_of(const Device& device) const {
    constexpr std::size_t kPageHead = 4;
    auto serial = attribute(device.name, "/serial");
    if (serial.empty()) serial = attribute(device.name, "/device/serial");
    if (serial.empty()) serial = attribute(device.name, "/device/vpd_pg80", kPageHead);
    serial.erase(serial.find_last_not_of(' ') + 1);
    return serial.erase(0, serial.find_first_not_of(' '));
}

PartitionNames BlockDevices::names_of(const Device& partition) const {
    const auto disk = path_of({.name = partition.disk, .disk = {}});
    const auto beginning = read_(disk, 0, kSuperblocks);
    const auto place = place_of_partition(beginning, partition.partition);
    if (!place) return read_boot_record(beginning, partition.partition);
    if (*place + kPartitionEntry <= beginning.size())
        return read_partition_entry(std::string_view(beginning).substr(*place, kPartitionEntry));
    return read_partition_entry(read_(disk, static_cast<off_t>(*place), kPartitionEntry));
}

bool BlockDevices::is_named(const Device& device, const DeviceName& name) const {
    switch (name.kind) {
        case DeviceKind::path:
            return false;
        case DeviceKind::mapper:
            return attribute(device.name, "/dm/name") == name.text;
        case DeviceKind::number:
            return attribute(device.name, "/dev") == name.text;
        case DeviceKind::serial:
            return serial_of(device) == name.text;
        case DeviceKind::uuid:
            return is_same(look_at(path_of(device)).uuid, name.text);
        case DeviceKind::label:
            return look_at(path_of(device)).label == name.text;
        case DeviceKind::part_uuid:
            return device.partition > 0 && is_same(names_of(device).uuid, name.text);
        case DeviceKind::part_label:
            return device.partition > 0 && names_of(device).label == name.text;
    }
    return false;
}

// In the order of the list, whose first device of a disk is the disk itself.
std::optional<std::size_t> BlockDevices::ask_disks(const Devices& devices,
                                                   const std::function<bool(const Device& device)>& is_it,
                                                   const AskDisks& ask) const {
    std::vector<DiskQuestion> questions;
    for (std::size_t first = 0; first < devices.size(); ++first) {
        const auto disk = name_of_disk(devices[first]);
        const auto path = path_of({.name = disk, .disk = {}});
        if (std::ranges::find(questions, path, &DiskQuestion::path) != questions.end()) continue;
        DiskQuestion question{path, {}, [=, &devices, &is_it]() -> std::optional<std::size_t> {
                                  for (std::size_t i = first; i < devices.size(); ++i) {
                                      if (name_of_disk(devices[i]) == disk && is_it(devices[i])) return i;
                                  }
                                  return std::nullopt;
                              }};
        for (const auto& device : devices) {
            if (name_of_disk(device) == disk) append(question.devices, {device.name, " ", device.size, "\n"});
        }
        questions.push_back(std::move(question));
    }
    return ask(questions);
}

std::optional<std::string> BlockDevices::find(const DeviceName& name, const AskDisks& ask) const {
    if (name.kind == DeviceKind::path) return exists(name.text) ? std::optional(name.text) : std::nullopt;
    const auto devices = list();
    const bool is_the_kernels = name.kind == DeviceKind::mapper || name.kind >= DeviceKind::serial;
    const auto number = ask_disks(
        devices, [&](const Device& device) { return is_named(device, name); },
        is_the_kernels ? AskDisks(ask_in_turn) : ask);
    if (!number || *number >= devices.size()) return std::nullopt;
    const auto& found = devices[*number];
    if (name.partition_step == 0) return path_of(found);
    const auto wanted = static_cast<std::int64_t>(found.partition) + name.partition_step;
    const auto other = std::ranges::find_if(devices, [&](const auto& device) {
        return device.disk == found.disk && static_cast<std::int64_t>(device.partition) == wanted;
    });
    return wanted > 0 && other != devices.end() ? std::optional(path_of(*other)) : std::nullopt;
}

void BlockDevices::look_at_all(const AskDisks& ask) const {
    const auto devices = list();
    const auto reads = [this](const Device& device) {
        static_cast<void>(look_at(path_of(device)));
        if (device.partition > 0) static_cast<void>(names_of(device));
        return false;
    };
    static_cast<void>(ask_disks(devices, reads, ask));
}

Filesystem BlockDevices::look_at(const std::string& path) const {
    return read_superblock(read_(path, 0, kSuperblocks));
}

std::string BlockDevices::describe() const {
    const auto devices = list();
    if (devices.empty()) return "there is no block device here";
    std::string text = "here are ";
    for (std::size_t i = 0; i < devices.size(); ++i) {
        if (i == kDescribed) return concat({text, " and ", std::to_string(devices.size() - i), " more"});
        const auto& device = devices[i];
        const auto filesystem = look_at(path_of(device));
        std::string facts(filesystem.type);
        add(facts, "LABEL=", filesystem.label);
        add(facts, "UUID=", filesystem.uuid);
        add(facts, "SERIAL=", serial_of(device));
        if (device.partition > 0) {
            const auto names = names_of(device);
            add(facts, "PARTLABEL=", names.label);
            add(facts, "PARTUUID=", names.uuid);
        }
        text += (i > 0 ? ", " : "") + printable(device.name);
        if (!facts.empty()) append(text, {" (", facts, ")"});
    }
    return text;
}

}  // namespace nlinit::sys
