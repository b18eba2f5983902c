// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/superblock.hpp"

#include <gtest/gtest.h>

namespace nlinit::sys {
namespace {

std::string disk_with(std::string text, std::size_t at, std::string_view part) {
    if (text.size() < at + part.size()) text.resize(at + part.size(), '\0');
    return text.replace(at, part.size(), part);
}

TEST(SuperblockTest, FilesystemsAreKnownByWhatIsWrittenOnThem) {
    const struct {
        std::string bytes;
        std::string_view type, uuid, label;
    } cases[] = {
        {disk_with({}, 0, "hsqs"), "squashfs", "", ""},
        {disk_with({}, 0, "LUKS\xba\xbe"), "crypto_LUKS", "", ""},
        {disk_with(disk_with({}, 32769, "CD001"), 32808, "CIDATA                          "), "iso9660", "", "CIDATA"},
        {disk_with(disk_with(disk_with({}, 82, "FAT32   "), 67, "\x78\x56\x34\x12"), 71, "EFI        "), "vfat",
         "1234-5678", "EFI"},
        {disk_with(disk_with(disk_with({}, 54, "FAT16   "), 39, "\xcd\xab\x34\x12"), 43, "NO NAME    "), "vfat",
         "1234-ABCD", "NO NAME"},
        {disk_with(disk_with({}, 1024, "\x10\x20\xf5\xf2"), 1024 + 124, std::string_view("\xe4\0b\0\0\0", 6)), "f2fs",
         "00000000-0000-0000-0000-000000000000",
         "\xc3\xa4"
         "b"},
        {disk_with(disk_with(disk_with({}, 32769, "CD001"), 32768 + 813, "2024050112300000"), 32768 + 830,
                   "2024060112305999"),
         "iso9660", "2024-06-01-12-30-59-99", ""},
        {disk_with(disk_with(disk_with({}, 32769, "CD001"), 32768 + 813, "2024050112300000"), 32768 + 830,
                   "0000000000000000"),
         "iso9660", "2024-05-01-12-30-00-00", ""},
        {disk_with(disk_with(disk_with({}, 32768, "JFS1"), 32768 + 136, "\xab"), 32768 + 152, "data"), "jfs",
         "ab000000-0000-0000-0000-000000000000", "data"},
        {disk_with(disk_with({}, 3, "EXFAT   "), 100, "\x78\x56\x34\x12"), "exfat", "1234-5678", ""},
        {disk_with(disk_with({}, 3, "NTFS    "), 72, "\x08\x07\x06\x05\x04\x03\x02\x01"), "ntfs3", "0102030405060708",
         ""},
        {disk_with(disk_with({}, 0, "-rom1fs-"), 16, "rom"), "romfs", "", "rom"},
        {disk_with(disk_with({}, 0, "\x45\x3d\xcd\x28"), 48, "cram"), "cramfs", "", "cram"},
        {"", "", "", ""},
        {std::string(kSuperblocks, '\0'), "", "", ""},
        {std::string(1024 + 57, '\x53'), "", "", ""},
    };
    for (const auto& [bytes, type, uuid, label] : cases) {
        const auto found = read_superblock(bytes);
        EXPECT_EQ(found.type, type);
        EXPECT_EQ(found.uuid, uuid) << type;
        EXPECT_EQ(found.label, label) << type;
    }
}

TEST(SuperblockTest, OneThatIsCutShortIsReadAsFarAsItGoes) {
    for (std::size_t size = 0; size < 1200; ++size) {
        const auto found = read_superblock(disk_with({}, 1024 + 56, "\x53\xef").substr(0, size));
        EXPECT_EQ(found.type, size >= 1024 + 58 ? "ext4" : "") << size;
    }
}

TEST(SuperblockTest, APartitionsPlaceIsWhatItsTableSays) {
    auto disk = disk_with({}, 512, "EFI PART");
    disk = disk_with(disk, 512 + 72, std::string_view("\x22\0\0\0\0\0\0\0", 8));
    disk = disk_with(disk, 512 + 84, std::string_view("\0\1\0\0", 4));
    EXPECT_EQ(place_of_partition(disk, 3), 0x22U * 512 + 2 * 256);
    EXPECT_EQ(place_of_partition(disk_with({}, 510, "\x55\xaa"), 1), std::nullopt);
    EXPECT_EQ(place_of_partition("", 1), std::nullopt);
}

TEST(SuperblockTest, LabelsOfPartitionsAreUtf16) {
    const auto entry =
        disk_with(disk_with({}, 56, std::string_view("\xe4\0\xac\x20s\0\0\0", 8)), 127, std::string_view("\0", 1));
    EXPECT_EQ(read_partition_entry(entry).label,
              "\xc3\xa4\xe2\x82\xac"
              "s");
    EXPECT_EQ(read_partition_entry("").label, "");
}

TEST(SuperblockTest, ADiskWithoutABootRecordHasNoNames) {
    EXPECT_EQ(read_boot_record(std::string(512, '\0'), 1).uuid, "");
    EXPECT_EQ(read_boot_record("", 1).uuid, "");
    EXPECT_EQ(read_boot_record(disk_with(disk_with({}, 440, "\x78\x56\x34\x12"), 510, "\x55\xaa"), 10).uuid,
              "12345678-0a");
}

}  // namespace
}  // namespace nlinit::sys
