// SPDX-License-Identifier: Apache-2.0
#include "nlinit/machine/mount_types.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>

namespace nlinit {
namespace {

constexpr std::string_view kKnown = "nodev\tsysfs\nnodev\ttmpfs\n\text4\n\txfs\nnodev\tvirtiofs\n";

MountRow row(std::string_view source, std::string_view type, std::string_view options = {}) {
    return mount_row({std::string(source), "/x", std::string(type), std::string(options)});
}

TEST(MountTypesTest, AnOpenTypeIsWhatWasSeenThenWhatTheKernelKnows) {
    for (const char* open : {"", "auto"}) {
        EXPECT_EQ(types_to_try(row("/dev/vda", open), "erofs", kKnown), "erofs,ext4,xfs");
        EXPECT_EQ(types_to_try(row("LABEL=x", open), "xfs", kKnown), "xfs,ext4");
        EXPECT_EQ(types_to_try(row("/dev/vda", open), "", kKnown), "ext4,xfs");
        EXPECT_EQ(types_to_try(row("users", open), "", kKnown), "virtiofs,9p");
        EXPECT_TRUE(leaves_type_open(row("users", open)));
    }
    EXPECT_EQ(types_to_try(row("/dev/vda", "btrfs,auto"), "xfs", kKnown), "btrfs,xfs,ext4");
}

TEST(MountTypesTest, TypesThatAreNamedAreThoseThatAreTried) {
    EXPECT_EQ(types_to_try(row("/dev/vda", "erofs,ext4"), "xfs", kKnown), "erofs,ext4");
    EXPECT_EQ(types_to_try(row("virtiofs:users", ""), "", kKnown), "virtiofs");
    EXPECT_EQ(types_to_try(row("tmpfs", "tmpfs"), "", kKnown), "tmpfs");
    EXPECT_EQ(types_to_try(row("/a", "", "bind"), "", kKnown), "");
    EXPECT_EQ(types_to_try(row("", "", "rshared"), "", kKnown), "");
}

TEST(MountTypesTest, ABindMountOfADeviceFileIsNotOnADevice) {
    EXPECT_TRUE(is_on_device(row("/dev/vda", "")));
    EXPECT_TRUE(is_on_device(row("UUID=1", "ext4")));
    EXPECT_FALSE(is_on_device(row("/dev/vda", "", "bind")));
    EXPECT_FALSE(is_on_device(row("LABEL=x", "virtiofs")));
    EXPECT_FALSE(is_on_device(row("users", "")));
}

TEST(MountTypesTest, A9pShareGetsItsTransportUnlessItHasOne) {
    EXPECT_EQ(with_type(row("users", "9p"), "9p").data, "trans=virtio");
    EXPECT_EQ(with_type(row("users", "9p", "cache=mmap"), "9p").data, "cache=mmap,trans=virtio");
    EXPECT_EQ(with_type(row("users", "9p", "trans=fd,rfdno=3"), "9p").data, "trans=fd,rfdno=3");
    EXPECT_EQ(with_type(row("users", "virtiofs,9p"), "virtiofs").data, "");
    EXPECT_EQ(with_type(row("users", "virtiofs,9p"), "virtiofs").type, "virtiofs");
}

}  // namespace
}  // namespace nlinit
