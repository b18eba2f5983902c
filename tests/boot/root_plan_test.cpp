#include "nlinit/boot/root_plan.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>

namespace nlinit::boot {
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
    EXPECT_EQ(plan->timeout, std::chrono::seconds(10));
    EXPECT_NE(plan->flags & MS_RDONLY, 0U);
    root.read_only = false;
    EXPECT_EQ(root_plan(root)->flags & MS_RDONLY, 0U);
}

TEST(RootPlanTest, OptionsAreFlagsAndData) {
    auto root = root_on("/dev/vda1");
    root.options = "noatime,data=journal";
    root.read_only = false;
    EXPECT_EQ(root_plan(root)->flags, static_cast<unsigned long>(MS_NOATIME));
    EXPECT_EQ(root_plan(root)->data, "data=journal");
}

TEST(RootPlanTest, DevicesAreWaitedForAndTagsAreNot) {
    for (const char* device : {"/dev/vda", "PARTUUID=1-02", "PARTLABEL=root", "UUID=1", "LABEL=root"})
        EXPECT_TRUE(root_plan(root_on(device))->needs_device()) << device;
    for (const char* tag : {"rootfs", "LABEL=", "/dev/", "192.0.2.1:/srv"})
        EXPECT_FALSE(root_plan(root_on(tag))->needs_device()) << tag;
}

TEST(RootPlanTest, WhatIsWrittenGoesToMemoryOrToADevice) {
    config::Root root;
    root.overlay = "tmpfs";
    root.overlay_options = "size=64m";
    EXPECT_EQ(upper_plan(root)->type, "tmpfs");
    EXPECT_EQ(upper_plan(root)->data, "size=64m");
    EXPECT_FALSE(upper_plan(root)->needs_device());
    root.overlay = "/dev/vdb";
    root.overlay_type = "ext4";
    root.overlay_options = "noatime,commit=1";
    EXPECT_EQ(upper_plan(root)->type, "ext4");
    EXPECT_EQ(upper_plan(root)->flags, static_cast<unsigned long>(MS_NOATIME));
    EXPECT_EQ(upper_plan(root)->data, "commit=1");
    EXPECT_TRUE(upper_plan(root)->needs_device());
}

}  // namespace
}  // namespace nlinit::boot
