#include "nlinit/boot/root_plan.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>

namespace nlinit::boot {
namespace {

std::optional<RootPlan> plan_of(std::string_view text) {
    return root_plan(config::parse_kernel_command_line(text));
}

TEST(RootPlanTest, WithoutRootThereIsNothingToSwitchTo) {
    EXPECT_FALSE(plan_of("quiet ro rootfstype=erofs"));
    EXPECT_FALSE(plan_of("root="));
}

TEST(RootPlanTest, ADeviceIsMountedReadOnlyUnlessTheLineSaysRw) {
    const auto plan = plan_of("root=/dev/vda rootfstype=erofs");
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->source, "/dev/vda");
    EXPECT_EQ(plan->type, "erofs");
    EXPECT_TRUE(plan->needs_device());
    EXPECT_NE(plan->flags & MS_RDONLY, 0U);
    EXPECT_EQ(plan_of("root=/dev/vda ro rw")->flags & MS_RDONLY, 0U);
    EXPECT_NE(plan_of("root=/dev/vda rw ro")->flags & MS_RDONLY, 0U);
}

TEST(RootPlanTest, RootflagsAreFlagsAndData) {
    const auto plan = plan_of("root=/dev/vda1 rootfstype=ext4 rootflags=noatime,data=journal rw");
    EXPECT_EQ(plan->flags, static_cast<unsigned long>(MS_NOATIME));
    EXPECT_EQ(plan->data, "data=journal");
}

TEST(RootPlanTest, ATagOfVirtiofsIsNoDeviceToWaitFor) {
    EXPECT_FALSE(plan_of("root=rootfs rootfstype=virtiofs")->needs_device());
}

TEST(RootPlanTest, TheLastRootCounts) {
    EXPECT_EQ(plan_of("root=/dev/vda root=/dev/vdb")->source, "/dev/vdb");
}

}  // namespace
}  // namespace nlinit::boot
