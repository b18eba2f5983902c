// SPDX-License-Identifier: Apache-2.0
#include "nlinit/plan/mount_plan.hpp"

#include <gtest/gtest.h>
#include <sys/mount.h>

namespace nlinit::plan {
namespace {

TEST(EarlyMountsTest, AreTheKernelsOwnFilesystems) {
    const auto& mounts = early_mounts();
    EXPECT_EQ(mounts[0].target, "/proc");
    EXPECT_EQ(mounts[0].flags, MS_NOSUID | MS_NODEV | MS_NOEXEC);
    EXPECT_EQ(mounts[1].target, "/sys");
    EXPECT_EQ(mounts[2].type, "devtmpfs");
    EXPECT_EQ(mounts[2].flags & MS_NODEV, 0U);  // devices are what it is for
    EXPECT_EQ(mounts[2].data, "mode=0755");
}

}  // namespace
}  // namespace nlinit::plan
