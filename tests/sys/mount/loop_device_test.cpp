// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/mount/loop_device.hpp"

#include <gtest/gtest.h>

namespace nlinit::sys {
namespace {

// Devices themselves are tried in a machine of their own: tests/vm/cases/image_on_a_disk_is_clean_at_the_end.sh.
TEST(LoopDevice, IsToldByItsNumber) {
    const auto entry = [](const char* device) {
        return MountEntry{.target = "/image", .type = "ext4", .source = "/dev/loop0", .device = device};
    };
    EXPECT_TRUE(is_of_loop_device(entry("7:0")));
    EXPECT_TRUE(is_of_loop_device(entry("7:130")));
    for (const char* device : {"0:7", "71:0", "253:7", ""}) EXPECT_FALSE(is_of_loop_device(entry(device))) << device;
}

}  // namespace
}  // namespace nlinit::sys
