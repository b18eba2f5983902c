// SPDX-License-Identifier: Apache-2.0
#include "nlinit/plan/root_plan.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>

namespace nlinit::plan {
namespace {

config::Root root_on(const std::string& device) {
    config::Root root;
    root.device = device;
    return root;
}

TEST(RootPlanTest, WithoutADeviceThereIsNothingToSwitchTo) {
    EXPECT_FALSE(root_plan({}));
    EXPECT_FALSE(upper_plan({}));
}

TEST(RootPlanTest, ADeviceIsMountedReadOnlyUnlessAskedOtherwise) {
    auto root = root_on("/dev/vda");
    root.type = "erofs";
    const auto plan = root_plan(root);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->source, "/dev/vda");
    EXPECT_EQ(plan->type, "erofs");
    EXPECT_NE(plan->flags & MS_RDONLY, 0U);
    root.read_only = false;
    EXPECT_EQ(root_plan(root)->flags & MS_RDONLY, 0U);
}

TEST(RootPlanTest, AWordAmongTheOptionsDoesNotGoBeforeWhatThePlanSays) {
    auto root = root_on("/dev/vda");
    root.options = "ro,noatime";
    root.read_only = false;  // by rw on the command line
    EXPECT_EQ(root_plan(root)->flags, static_cast<unsigned long>(MS_NOATIME));
}

TEST(RootPlanTest, OptionsAreFlagsAndData) {
    auto root = root_on("/dev/vda1");
    root.options = "noatime,data=journal";
    root.read_only = false;
    EXPECT_EQ(root_plan(root)->flags, static_cast<unsigned long>(MS_NOATIME));
    EXPECT_EQ(root_plan(root)->data, "data=journal");
}

TEST(RootPlanTest, ASharesPrefixIsItsType) {
    const struct {
        std::string_view device, type, wanted_source, wanted_type;
    } cases[] = {
        {"virtiofs:myfs", "", "myfs", "virtiofs"},         {"9p:myfs", "", "myfs", "9p"},
        {"virtiofs:myfs", "virtiofs", "myfs", "virtiofs"}, {"9p:a:b", "ext4", "a:b", "9p"},
        {"myfs", "virtiofs", "myfs", "virtiofs"},          {"192.0.2.1:/srv", "nfs", "192.0.2.1:/srv", "nfs"},
    };
    for (const auto& [device, type, wanted_source, wanted_type] : cases) {
        auto root = root_on(std::string(device));
        root.type = type;
        EXPECT_EQ(root_plan(root)->source, wanted_source) << device;
        EXPECT_EQ(root_plan(root)->type, wanted_type) << device;
        root.overlay = device;
        root.overlay_type = type;
        EXPECT_EQ(upper_plan(root)->source, wanted_source) << device;
    }
}

TEST(RootPlanTest, ARootInMemoryIsAWritableTmpfs) {
    for (const char* device : {"tmpfs", "initramfs"}) {
        EXPECT_EQ(root_plan(root_on(device))->type, "tmpfs") << device;
        EXPECT_EQ(root_plan(root_on(device))->flags & MS_RDONLY, 0U) << device;
    }
}

TEST(RootPlanTest, WhatIsWrittenGoesToMemoryOrToADevice) {
    config::Root root;
    root.overlay = "tmpfs";
    root.overlay_options = "size=64m";
    EXPECT_EQ(upper_plan(root)->type, "tmpfs");
    EXPECT_EQ(upper_plan(root)->data, "size=64m");
    root.overlay = "/dev/vdb";
    root.overlay_type = "ext4";
    root.overlay_options = "noatime,commit=1";
    EXPECT_EQ(upper_plan(root)->type, "ext4");
    EXPECT_EQ(upper_plan(root)->flags, static_cast<unsigned long>(MS_NOATIME));
    EXPECT_EQ(upper_plan(root)->data, "commit=1");
}

}  // namespace
}  // namespace nlinit::plan
