// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/superblock.hpp"

#include <array>

#include "nlinit/base/append.hpp"
#include "nlinit/base/hex.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit::sys {

namespace {

using std::string_view;

enum class Uuid : std::uint8_t { none, plain, fat, ntfs, iso };
enum class Text : std::uint8_t { bytes, utf16 };

// Where a filesystem says what it is, and its names. (linux/fs/*; util-linux's libblkid has the same places.)
struct Superblock {
    string_view type, magic;
    std::size_t magic_at;
    Uuid uuid = Uuid::none;
    std::size_t uuid_at = 0, label_at = 0, label_size = 0;
    Text text = Text::bytes;
};
constexpr std::array<Superblock, 18> kKinds{{
    {"crypto_LUKS", "LUKS\xba\xbe", 0},
    {"LVM2_member", "LABELONE", 512},
    {"xfs", "XFSB", 0, Uuid::plain, 32, 108, 12},
    {"squashfs", "hsqs", 0},
    {"erofs", "\xe2\xe1\xf5\xe0", 1024, Uuid::plain, 1024 + 48, 1024 + 64, 16},
    {"f2fs", "\x10\x20\xf5\xf2", 1024, Uuid::plain, 1024 + 108, 1024 + 124, 1024, Text::utf16},
    {"ext4", "\x53\xef", 1024 + 56, Uuid::plain, 1024 + 104, 1024 + 120, 16},
    {"btrfs", "_BHRfS_M", 65536 + 64, Uuid::plain, 65536 + 32, 65536 + 299, 256},
    {"iso9660", "CD001", 32769, Uuid::iso, 32768 + 813, 32808, 32},
    {"jfs", "JFS1", 32768, Uuid::plain, 32768 + 136, 32768 + 152, 16},
    {"cramfs", "\x45\x3d\xcd\x28", 0, Uuid::none, 0, 48, 16},
    {"romfs", "-rom1fs-", 0, Uuid::none, 0, 16, 16},
    {"exfat", "EXFAT   ", 3, Uuid::fat, 100},
    {"ntfs3", "NTFS    ", 3, Uuid::ntfs, 72},
    {"vfat", "FAT32   ", 82, Uuid::fat, 67, 71, 11},
    {"vfat", "FAT16   ", 54, Uuid::fat, 39, 43, 11},
    {"vfat", "FAT12   ", 54, Uuid::fat, 39, 43, 11},
    {"swap", "SWAPSPACE2", 4086, Uuid::plain, 1036, 1052, 16},  // last: what else is there is not to be written over
}};

constexpr std::array<std::size_t, 2> kSectors{512, 4096};

string_view part(string_view bytes, std::size_t at, std::size_t size) noexcept {
    return at < bytes.size() ? bytes.substr(at, size) : string_view();
}

std::uint64_t little_endian(string_view bytes, std::size_t at, std::size_t size) noexcept {
    std::uint64_t value = 0;
    while (size-- > 0)
        value = value << 8 | (at + size < bytes.size() ? static_cast<std::uint8_t>(bytes[at + size]) : 0);
    return value;
}

std::string hex(std::uint64_t value, int digits, bool upper = false) {
    std::string text;
    while (digits-- > 0) text += kHexDigits[value >> (4 * digits) & 15];
    for (char& digit : text)
        if (upper && digit >= 'a') digit = static_cast<char>(digit - 'a' + 'A');
    return text;
}

// Sixteen bytes as 8-4-4-4-12 digits. A GUID has its first three numbers in little endian.
std::string uuid_at(string_view bytes, std::size_t at, bool mixed_endian) {
    std::string text;
    for (std::size_t i = 0; i < 16; ++i) {
        const std::size_t swapped = i < 4 ? 3 - i : i < 6 ? 9 - i : i < 8 ? 13 - i : i;
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += hex(little_endian(bytes, at + (mixed_endian ? swapped : i), 1), 2);
    }
    return text;
}

// Volume serial numbers of FAT: "1234-ABCD".
std::string serial_at(string_view bytes, std::size_t at) {
    return concat({hex(little_endian(bytes, at + 2, 2), 4, true), "-", hex(little_endian(bytes, at, 2), 4, true)});
}

// When the image was changed, or made: "2024-05-01-12-30-00-00" (ECMA-119 8.4.26, 8.4.27; blkid(8) has that for one).
std::string date_at(string_view bytes, std::size_t made_at) {
    constexpr std::size_t kDigits = 16, kChangedAfter = 17;
    for (const auto at : {made_at + kChangedAfter, made_at}) {
        const auto digits = part(bytes, at, kDigits);
        const bool is_date = digits.size() == kDigits && digits.find_first_not_of("0123456789") == string_view::npos;
        if (!is_date || digits.find_first_not_of('0') == string_view::npos) continue;
        std::string text(digits.substr(0, 4));
        for (std::size_t i = 4; i < kDigits; i += 2) text.append("-").append(digits.substr(i, 2));
        return text;
    }
    return {};
}

// Up to the first NUL; blanks at the end are padding.
std::string text_of(string_view bytes) {
    bytes = first_field(bytes, '\0');
    return std::string(bytes.substr(0, bytes.find_last_not_of(' ') + 1));
}

// As UTF-8, without pairs of surrogates: no name on a kernel command line has them.
std::string text_of_utf16(string_view bytes) {
    std::string text;
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        const auto letter = little_endian(bytes, at, 2);
        if (letter == 0) break;
        if (letter < 0x80) {
            text += static_cast<char>(letter);
            continue;
        }
        text += static_cast<char>(letter < 0x800 ? 0xc0 | letter >> 6 : 0xe0 | letter >> 12);
        if (letter >= 0x800) text += static_cast<char>(0x80 | (letter >> 6 & 0x3f));
        text += static_cast<char>(0x80 | (letter & 0x3f));
    }
    return text;
}

}  // namespace

Filesystem read_superblock(string_view beginning) {
    for (const auto& kind : kKinds) {
        if (part(beginning, kind.magic_at, kind.magic.size()) != kind.magic) continue;
        Filesystem found{kind.type, {}, {}};
        if (kind.uuid == Uuid::plain) found.uuid = uuid_at(beginning, kind.uuid_at, false);
        if (kind.uuid == Uuid::fat) found.uuid = serial_at(beginning, kind.uuid_at);
        if (kind.uuid == Uuid::ntfs) found.uuid = hex(little_endian(beginning, kind.uuid_at, 8), 16, true);
        if (kind.uuid == Uuid::iso) found.uuid = date_at(beginning, kind.uuid_at);
        const auto label = part(beginning, kind.label_at, kind.label_size);
        found.label = kind.text == Text::utf16 ? text_of_utf16(label) : text_of(label);
        return found;
    }
    return {};
}

std::optional<std::uint64_t> place_of_partition(string_view beginning, std::uint64_t number) {
    for (const auto sector : kSectors) {
        const auto header = part(beginning, sector, kPartitionEntry);
        if (!header.starts_with("EFI PART")) continue;
        return little_endian(header, 72, 8) * sector + (number - 1) * little_endian(header, 84, 4);
    }
    return std::nullopt;
}

PartitionNames read_partition_entry(string_view entry) {
    return {uuid_at(entry, 16, true), text_of_utf16(part(entry, 56, 72))};
}

PartitionNames read_boot_record(string_view beginning, std::uint64_t number) {
    if (little_endian(beginning, 510, 2) != 0xaa55) return {};
    return {concat({hex(little_endian(beginning, 440, 4), 8), "-", hex(number, 2)}), {}};
}

}  // namespace nlinit::sys
