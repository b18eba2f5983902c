// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/block_device.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

namespace fs = std::filesystem;
using Found = std::optional<std::string>;

// A /sys/class/block and a /dev, as the kernel makes them.
class BlockDeviceTest : public ::testing::Test {
  protected:
    void add_disk(const std::string& name, const std::string& content) const {
        fs::create_directories(root_ / "class");
        fs::create_directories(root_ / ("block/" + name));
        fs::create_directory_symlink("../block/" + name, root_ / ("class/" + name));
        write("dev/" + name, content);
    }
    void add_partition(const std::string& disk, int number, const std::string& content = {}) const {
        const auto name = disk + std::to_string(number);
        write("block/" + disk + "/" + name + "/partition", std::to_string(number) + "\n");
        fs::create_directory_symlink("../block/" + disk + "/" + name, root_ / ("class/" + name));
        write("dev/" + name, content);
    }
    BlockDevices devices() const { return BlockDevices(read_device, root_ / "class", root_ / "dev"); }
    Found find(const std::string& source) const {
        const auto name = parse_device_name(source);
        return name ? devices().find(*name) : std::nullopt;
    }
    void write_attribute(const std::string& disk, const std::string& attribute, const std::string& text) const {
        write("block/" + disk + "/" + attribute, text + "\n");
    }
    std::string dev(const std::string& name) const { return root_ / ("dev/" + name); }

  private:
    void write(const std::string& name, const std::string& content) const {
        const fs::path path(root_ / name);
        fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << content;
    }
    test::TemporaryDirectory root_;
};

std::string with(std::string text, std::size_t at, const std::string& part) {
    if (text.size() < at + part.size()) text.resize(at + part.size(), '\0');
    return text.replace(at, part.size(), part);
}

const std::string kSixteen = "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10";

// The second of its entries, of 128 bytes, is in the third sector.
std::string gpt(std::size_t sector) {
    auto disk = with({}, sector, "EFI PART");
    disk = with(disk, sector + 72, std::string("\x02\0\0\0\0\0\0\0", 8));
    disk = with(disk, sector + 84, std::string("\x80\0\0\0", 4));
    disk = with(disk, 2 * sector + 128 + 16, kSixteen);
    disk = with(disk, 2 * sector + 128 + 56, std::string("s\0y\0s\0\0\0", 8));
    return with(disk, 3 * sector, "\n");
}

TEST_F(BlockDeviceTest, APathIsThatDeviceOrNone) {
    EXPECT_EQ(find("/dev/null"), "/dev/null");
    EXPECT_EQ(find("/dev/vdzz"), std::nullopt);
}

// As virtio_blk, NVMe and SCSI have it: of the last one a page with a head, in which the length may be a line feed.
TEST_F(BlockDeviceTest, ASerialNumberIsOfAWholeDiskWhateverDriverHasIt) {
    add_disk("vda", "");
    write_attribute("vda", "serial", "root-1");
    add_partition("vda", 1);
    add_disk("nvme0n1", "");
    write_attribute("nvme0n1", "device/serial", "data 1  ");
    add_disk("sda", "");
    write_attribute("sda", "device/vpd_pg80", std::string("\x00\x80\x00\x0a", 4) + "  logs-0001");
    add_disk("vdb", "");
    EXPECT_EQ(find("SERIAL=root-1"), dev("vda"));
    EXPECT_EQ(find("SERIAL='data 1'"), dev("nvme0n1"));
    EXPECT_EQ(find("SERIAL=logs-0001"), dev("sda"));
    EXPECT_EQ(find("SERIAL=root"), std::nullopt);
    EXPECT_EQ(devices().describe(),
              "here are nvme0n1 (SERIAL=data 1), sda (SERIAL=logs-0001), vda (SERIAL=root-1), vda1, vdb");
}

TEST_F(BlockDeviceTest, NumbersAndNamesOfDeviceMapperAreTheKernelsOwn) {
    add_disk("vda", "");
    write_attribute("vda", "dev", "254:0");
    add_disk("dm-0", "");
    write_attribute("dm-0", "dev", "253:0");
    write_attribute("dm-0", "dm/name", "vg-root");
    EXPECT_EQ(find("254:0"), dev("vda"));
    EXPECT_EQ(find("fe00"), dev("vda"));
    EXPECT_EQ(find("254:1"), std::nullopt);
    EXPECT_EQ(find("/dev/mapper/vg-root"), dev("dm-0"));
    EXPECT_EQ(find("/dev/mapper/vg-home"), std::nullopt);
}

TEST_F(BlockDeviceTest, APartitionMayBeSoManyAfterANamedOneOnItsDisk) {
    add_disk("vda", gpt(512));
    for (const int number : {1, 2, 3}) add_partition("vda", number);
    add_disk("vdb", with(with({}, 440, "\x78\x56\x34\x12"), 510, "\x55\xaa"));
    for (const int number : {1, 2}) add_partition("vdb", number);
    EXPECT_EQ(find("PARTUUID=04030201-0605-0807-090a-0b0c0d0e0f10/PARTNROFF=1"), dev("vda3"));
    EXPECT_EQ(find("PARTUUID=04030201-0605-0807-090a-0b0c0d0e0f10/PARTNROFF=-1"), dev("vda1"));
    EXPECT_EQ(find("PARTUUID=04030201-0605-0807-090a-0b0c0d0e0f10/PARTNROFF=2"), std::nullopt);
    EXPECT_EQ(find("PARTUUID=04030201-0605-0807-090a-0b0c0d0e0f10/PARTNROFF=-2"), std::nullopt);
    EXPECT_EQ(find("PARTUUID=12345678-01/PARTNROFF=1"), dev("vdb2"));
}

TEST_F(BlockDeviceTest, UdevsLinksMeanWhatIsWrittenOnTheDevice) {
    add_disk("vda", with(with({}, 1024 + 56, "\x53\xef"), 1024 + 120, "a b"));
    EXPECT_EQ(find("/dev/disk/by-label/a\\x20b"), dev("vda"));
    EXPECT_EQ(find("LABEL=\"a b\""), dev("vda"));
}

TEST_F(BlockDeviceTest, WhatIsThereIsDescribedForWhoLookedForAnother) {
    EXPECT_EQ(devices().describe(), "there is no block device here");
    add_disk("vda", with(with(with({}, 1024 + 56, "\x53\xef"), 1024 + 104, kSixteen), 1024 + 120, "r\x1b[m"));
    add_disk("vdb", gpt(512));
    add_partition("vdb", 2, "XFSB");
    add_disk("vdc", "");
    add_disk("loop0", "");
    write_attribute("loop0", "size", "0");
    EXPECT_EQ(devices().describe(),
              "here are vda (ext4, LABEL=r\\x1b[m, UUID=01020304-0506-0708-090a-0b0c0d0e0f10), vdb, vdb2 (xfs, "
              "UUID=00000000-0000-0000-0000-000000000000, PARTLABEL=sys, "
              "PARTUUID=04030201-0605-0807-090a-0b0c0d0e0f10), vdc");
    for (int i = 0; i < 9; ++i) add_disk("x" + std::to_string(i), "");
    EXPECT_TRUE(devices().describe().ends_with("vdc, x0, x1, x2, x3 and 5 more")) << devices().describe();
}

TEST_F(BlockDeviceTest, PartitionsAreKnownByTheTableOfTheirDisk) {
    add_disk("vda", gpt(512));
    add_partition("vda", 1);
    add_partition("vda", 2);
    EXPECT_EQ(find("PARTLABEL=sys"), dev("vda2"));
    EXPECT_EQ(find("PARTUUID=04030201-0605-0807-090A-0B0C0D0E0F10"), dev("vda2"));
    EXPECT_EQ(find("PARTLABEL=sy"), std::nullopt);
}

TEST_F(BlockDeviceTest, SectorsMayBeLarge) {
    add_disk("vda", gpt(4096));
    add_partition("vda", 2);
    EXPECT_EQ(find("PARTLABEL=sys"), dev("vda2"));
}

TEST_F(BlockDeviceTest, PartitionsOfAnMbrHaveItsSignatureAndTheirNumber) {
    add_disk("vda", with(with({}, 440, "\x78\x56\x34\x12"), 510, "\x55\xaa"));
    add_partition("vda", 2);
    EXPECT_EQ(find("PARTUUID=12345678-02"), dev("vda2"));
    EXPECT_EQ(find("PARTUUID=12345678-01"), std::nullopt);
}

TEST_F(BlockDeviceTest, FilesystemsAreKnownByTheirSuperblock) {
    add_disk("vda", with(with(with({}, 1024 + 56, "\x53\xef"), 1024 + 104, kSixteen), 1024 + 120, "ext"));
    add_disk("vdb", with(with({}, 1024, "\xe2\xe1\xf5\xe0"), 1024 + 64, "ero"));
    add_disk("vdc", with(with({}, 0, "XFSB"), 108, "exactly12chr"));
    add_disk("vdd", with(with({}, 65536 + 64, "_BHRfS_M"), 65536 + 299, "btr"));
    EXPECT_EQ(find("UUID=01020304-0506-0708-090a-0b0c0d0e0f10"), dev("vda"));
    EXPECT_EQ(find("LABEL=ext"), dev("vda"));
    EXPECT_EQ(find("LABEL=ero"), dev("vdb"));
    EXPECT_EQ(find("LABEL=exactly12chr"), dev("vdc"));
    EXPECT_EQ(find("LABEL=btr"), dev("vdd"));
}

TEST_F(BlockDeviceTest, NothingIsFoundByNothing) {
    add_disk("vda", "");
    add_disk("vdb", std::string(70'000, '\0'));
    add_partition("vdb", 1);
    for (const char* source : {"LABEL=", "UUID=", "PARTLABEL=", "PARTUUID=", "LABEL=x", "PARTUUID=x"})
        EXPECT_EQ(find(source), std::nullopt) << source;
    EXPECT_EQ(BlockDevices(read_device, "/nowhere").find(*parse_device_name("LABEL=x")), std::nullopt);
}

TEST(PartitionOfTest, IsKnownByTheNames) {
    for (const auto& [path, disk] :
         {std::pair("/dev/vda1", "/dev/vda"), std::pair("/dev/sda15", "/dev/sda"),
          std::pair("/dev/nvme0n1p2", "/dev/nvme0n1"), std::pair("/dev/nbd0p1", "/dev/nbd0")})
        EXPECT_TRUE(is_partition_of(path, disk)) << path;
    for (const auto& [path, disk] :
         {std::pair("/dev/vda", "/dev/vda"), std::pair("/dev/sdaa1", "/dev/sda"),
          std::pair("/dev/loop10", "/dev/loop1"), std::pair("/dev/vda1", "/dev/vdb"),
          std::pair("/dev/vdap", "/dev/vda"), std::pair("/dev/nbd0p", "/dev/nbd0"), std::pair("/dev/vda1", "")})
        EXPECT_FALSE(is_partition_of(path, disk)) << path << " of " << disk;
}

}  // namespace
}  // namespace nlinit::sys
