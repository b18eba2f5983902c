// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <time.h>

#include "nlinit/base/time.hpp"

namespace nlinit {
namespace {

TEST(BootClock, NeverGoesBack) {
    const auto before = BootClock::now();
    EXPECT_LE(before, BootClock::now());
}

TEST(BootClock, IsTheKernelsClockThatCountsSuspendedTime) {
    timespec kernel{};
    const auto before = BootClock::now().time_since_epoch();
    ASSERT_EQ(::clock_gettime(CLOCK_BOOTTIME, &kernel), 0);
    const auto after = BootClock::now().time_since_epoch();
    const auto between = std::chrono::seconds(kernel.tv_sec) + std::chrono::nanoseconds(kernel.tv_nsec);
    EXPECT_LE(before, between);
    EXPECT_LE(between, after);
}

}  // namespace
}  // namespace nlinit
