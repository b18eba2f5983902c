#include "nlinit/sys/block_device.hpp"

#include <fcntl.h>
#include <strings.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <climits>
#include <cstdint>

#include "nlinit/sys/directory.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

namespace {

using Bytes = std::string;

// Where a filesystem's superblock says what it is, and its names.
struct Superblock {
    off_t at;
    std::size_t magic_at;
    std::string_view magic;
    std::size_t uuid_at, label_at, label_size;
};
constexpr std::array<Superblock, 4> kSuperblocks{{
    {.at = 1024, .magic_at = 56, .magic = "\x53\xef", .uuid_at = 104, .label_at = 120, .label_size = 16},       // ext4
    {.at = 1024, .magic_at = 0, .magic = "\xe2\xe1\xf5\xe0", .uuid_at = 48, .label_at = 64, .label_size = 16},  // erofs
    {.at = 0, .magic_at = 0, .magic = "XFSB", .uuid_at = 32, .label_at = 108, .label_size = 12},
    {.at = 65536, .magic_at = 64, .magic = "_BHRfS_M", .uuid_at = 32, .label_at = 299, .label_size = 256},  // btrfs
}};
constexpr std::size_t kSuperblockSize = 1024;

// A GUID partition table begins in the second sector (UEFI specification 5.3).
constexpr std::array<off_t, 2> kSectors{512, 4096};
constexpr std::size_t kEntrySize = 128;

// As many bytes as there are, zeros behind them: no name matches those.
Bytes read_at(const std::string& device, off_t offset, std::size_t size) {
    Bytes bytes(size, '\0');
    const UniqueFd fd(::open(device.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd.valid() || ::pread(fd.get(), bytes.data(), size, offset) < 0) bytes.assign(size, '\0');
    return bytes;
}

std::uint64_t little_endian(const Bytes& bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    while (size-- > 0) value = value << 8 | static_cast<std::uint8_t>(bytes[at + size]);
    return value;
}

std::string hex(std::uint64_t value, int digits) {
    std::string text;
    while (digits-- > 0) text += "0123456789abcdef"[value >> (4 * digits) & 15];
    return text;
}

// Sixteen bytes as 8-4-4-4-12 digits. A GUID has its first three numbers in little endian.
std::string uuid_at(const Bytes& bytes, std::size_t at, bool mixed_endian) {
    std::string text;
    for (std::size_t i = 0; i < 16; ++i) {
        const std::size_t swapped = i < 4 ? 3 - i : i < 6 ? 9 - i : i < 8 ? 13 - i : i;
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += hex(static_cast<std::uint8_t>(bytes[at + (mixed_endian ? swapped : i)]), 2);
    }
    return text;
}

std::string text_at(const Bytes& bytes, std::size_t at, std::size_t size, std::size_t step = 1) {
    std::string text;
    for (std::size_t i = 0; i < size && bytes[at + i] != '\0'; i += step) text += bytes[at + i];
    return text;
}

struct Names {
    std::string uuid, label;
};

Names names_of_filesystem(const std::string& device) {
    for (const auto& kind : kSuperblocks) {
        const auto bytes = read_at(device, kind.at, kSuperblockSize);
        if (bytes.compare(kind.magic_at, kind.magic.size(), kind.magic) == 0)
            return {uuid_at(bytes, kind.uuid_at, false), text_at(bytes, kind.label_at, kind.label_size)};
    }
    return {};
}

// The partition's entry in the table of its disk; for an MBR the disk's signature and the number, as the kernel has it.
Names names_of_partition(const std::string& disk, std::uint64_t number) {
    for (const auto sector : kSectors) {
        const auto header = read_at(disk, sector, kEntrySize);
        if (!header.starts_with("EFI PART")) continue;
        const auto first = little_endian(header, 72, 8) * static_cast<std::uint64_t>(sector);
        const auto size = little_endian(header, 84, 4);
        const auto entry = read_at(disk, static_cast<off_t>(first + (number - 1) * size), kEntrySize);
        return {uuid_at(entry, 16, true), text_at(entry, 56, 72, 2)};  // the label is UTF-16
    }
    const auto record = read_at(disk, 0, 512);
    if (little_endian(record, 510, 2) != 0xaa55) return {};
    return {hex(little_endian(record, 440, 4), 8) + '-' + hex(number, 2), {}};
}

// The number of a partition, 0 for what is none.
std::uint64_t partition_number(const std::string& directory) {
    const auto text = read_file(directory + "/partition", 32);
    std::uint64_t number = 0;
    if (text.ok()) std::from_chars(text->data(), text->data() + text->size(), number);
    return number;
}

// /sys/class/block/vda1 leads to .../block/vda/vda1.
std::string disk_of(const std::string& directory) {
    std::array<char, PATH_MAX> target{};
    if (::readlink(directory.c_str(), target.data(), target.size() - 1) < 0) return {};
    std::string path = target.data();
    path.resize(std::min(path.rfind('/'), path.size()));
    return path.substr(path.rfind('/') + 1);
}

}  // namespace

std::optional<std::string> find_block_device(std::string_view source, const std::string& class_directory,
                                             const std::string& devices) {
    const bool by_partition = source.starts_with("PART");
    const auto key = source.substr(by_partition ? 4 : 0);
    const bool by_uuid = key.starts_with("UUID=");
    if (!by_uuid && !key.starts_with("LABEL=")) {
        const std::string path(source);
        return exists(path) ? std::optional(path) : std::nullopt;
    }
    const std::string wanted(key.substr(key.find('=') + 1));
    const auto class_path = class_directory + '/';
    const auto device_path = devices + '/';
    const Directory entries(::opendir(class_directory.c_str()));
    while (const dirent* entry = entries == nullptr ? nullptr : ::readdir(entries.get())) {
        const std::string name = entry->d_name;
        if (name.starts_with('.') || wanted.empty()) continue;
        const auto directory = class_path + name;
        const auto number = by_partition ? partition_number(directory) : 0;
        if (by_partition && number == 0) continue;
        const auto names = by_partition ? names_of_partition(device_path + disk_of(directory), number)
                                        : names_of_filesystem(device_path + name);
        const bool same = by_uuid ? ::strcasecmp(names.uuid.c_str(), wanted.c_str()) == 0 : names.label == wanted;
        if (same) return device_path + name;
    }
    return std::nullopt;
}

}  // namespace nlinit::sys
