// SPDX-License-Identifier: Apache-2.0
#include "nlinit/machine/device_name.hpp"

#include <gtest/gtest.h>

namespace nlinit {
namespace {

using Kind = DeviceName::Kind;

TEST(DeviceNameTest, IsWhatTheKernelUdevAndFstabMeanByIt) {
    const struct {
        std::string_view source;
        DeviceName name;
    } cases[] = {
        {"/dev//vda1", {Kind::path, "/dev/vda1", 0}},
        {"/dev/mapper/vg-root", {Kind::mapper, "vg-root", 0}},
        {"UUID=0A-b", {Kind::uuid, "0A-b", 0}},
        {"/dev/disk/by-uuid/0a", {Kind::uuid, "0a", 0}},
        {"LABEL=root", {Kind::label, "root", 0}},
        {"LABEL=a b", {Kind::label, "a b", 0}},
        {"LABEL=\"a b\"", {Kind::label, "a b", 0}},
        {"LABEL='a b'", {Kind::label, "a b", 0}},
        {"LABEL=a\\x20b", {Kind::label, "a b", 0}},
        {"LABEL=a\\040b", {Kind::label, "a b", 0}},
        {"LABEL=a\\b", {Kind::label, "a\\b", 0}},
        {"LABEL=a\\+12", {Kind::label, "a\\+12", 0}},
        {"LABEL=a\\x+a", {Kind::label, "a\\x+a", 0}},
        {"LABEL=a\\x2", {Kind::label, "a\\x2", 0}},
        {"/dev/disk/by-label/a\\x20b\\x2fc", {Kind::label, "a b/c", 0}},
        {"PARTLABEL=system", {Kind::part_label, "system", 0}},
        {"/dev/disk/by-partlabel/system", {Kind::part_label, "system", 0}},
        {"SERIAL=disk-1", {Kind::serial, "disk-1", 0}},
        {"SERIAL='a b'", {Kind::serial, "a b", 0}},
        {"PARTUUID=0a-01", {Kind::part_uuid, "0a-01", 0}},
        {"/dev/disk/by-partuuid/0a-01", {Kind::part_uuid, "0a-01", 0}},
        {"PARTUUID=0a-01/PARTNROFF=2", {Kind::part_uuid, "0a-01", 2}},
        {"PARTUUID=0a-01/PARTNROFF=+2", {Kind::part_uuid, "0a-01", 2}},
        {"PARTUUID=0a-01/PARTNROFF=-1", {Kind::part_uuid, "0a-01", -1}},
        {"254:0", {Kind::number, "254:0", 0}},
        {"98:0", {Kind::number, "98:0", 0}},
        {"fe00", {Kind::number, "254:0", 0}},
        {"FE11", {Kind::number, "254:17", 0}},
        {"0xfe00", {Kind::number, "254:0", 0}},
        {"0X0801", {Kind::number, "8:1", 0}},
        {"10010301", {Kind::number, "259:65537", 0}},
    };
    for (const auto& [source, name] : cases) EXPECT_EQ(parse_device_name(source), name) << source;
}

TEST(DeviceNameTest, OtherSourcesNameNoDevice) {
    for (const char* source : {"",
                               "users",
                               "virtiofs:users",
                               "LABEL=",
                               "LABEL=\"\"",
                               "SERIAL=",
                               "/dev/",
                               "/dev/..",
                               "/srv",
                               "192.0.2.1:/srv",
                               "1:",
                               ":1",
                               "99999:0",
                               "ff",
                               "PARTUUID=x/PARTNROFF=",
                               "PARTUUID=x/PARTNROFF=1x",
                               "PARTUUID=x/PARTNROFF=+-1",
                               "0x",
                               "0xusers",
                               "0x0x01"})
        EXPECT_EQ(parse_device_name(source), std::nullopt) << source;
}

TEST(DeviceNameTest, AFilesystemWithoutADeviceHasASourceOfItsOwn) {
    for (const char* type : {"virtiofs", "9p", "virtiofs,9p", "tmpfs", "nfs", "fuse.sshfs"}) {
        EXPECT_EQ(parse_device_name("LABEL=root", type), std::nullopt) << type;
        EXPECT_EQ(parse_device_name("cafe", type), std::nullopt) << type;
        EXPECT_EQ(wanted_in_place_of("nfs:x", type), "") << type;
    }
    for (const char* type : {"", "ext4", "erofs,ext4", "fuseblk"})
        EXPECT_TRUE(parse_device_name("LABEL=root", type)) << type;
}

TEST(DeviceNameTest, ASharesPrefixIsItsType) {
    EXPECT_EQ(type_of_share("virtiofs:users"), "virtiofs");
    EXPECT_EQ(type_of_share("9p:users"), "9p");
    for (const char* source : {"virtiofs:", "9p", "users", "nfs:x", "virtiofs"})
        EXPECT_EQ(type_of_share(source), "") << source;
    for (const char* source : {"virtiofs:", "9p:"})
        EXPECT_EQ(wanted_in_place_of(source, ""), "virtiofs:TAG or 9p:TAG") << source;
    EXPECT_TRUE(tells_type("0xfe00"));
    EXPECT_FALSE(tells_type("fe00"));  // a tag may be called so
}

TEST(DeviceNameTest, KnowsWhatOnlyDeviceMapperMakes) {
    for (const auto* name : {"/dev/mapper/vg-root", "/dev/dm-0", "/dev/vg0/data", "/dev/ubuntu-vg/root"})
        EXPECT_TRUE(is_of_device_mapper(parse_device_name(name).value())) << name;
    for (const auto* name :
         {"/dev/vda1", "LABEL=x", "254:1", "/dev/md/root", "/dev/disk/by-id/x", "/dev/block/254:1"}) {
        const auto parsed = parse_device_name(name);
        EXPECT_FALSE(parsed && is_of_device_mapper(*parsed)) << name;
    }
}

}  // namespace
}  // namespace nlinit
