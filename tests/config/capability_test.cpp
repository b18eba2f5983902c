// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/capability.hpp"

#include <gtest/gtest.h>
#include <linux/capability.h>

#include <string>

namespace nlinit::config {
namespace {

TEST(CapabilityTest, HasTheKernelsNumber) {
    EXPECT_EQ(parse_capability("CAP_CHOWN"), CAP_CHOWN);
    EXPECT_EQ(parse_capability("NET_BIND_SERVICE"), CAP_NET_BIND_SERVICE);
    EXPECT_EQ(parse_capability("cap_net_admin"), CAP_NET_ADMIN);
    EXPECT_EQ(parse_capability("net_raw"), CAP_NET_RAW);
    EXPECT_EQ(parse_capability("SYS_ADMIN"), CAP_SYS_ADMIN);
    EXPECT_EQ(parse_capability("SYS_BOOT"), CAP_SYS_BOOT);
    EXPECT_EQ(parse_capability("SETFCAP"), CAP_SETFCAP);
    EXPECT_EQ(parse_capability("SYSLOG"), CAP_SYSLOG);
    EXPECT_EQ(parse_capability("CHECKPOINT_RESTORE"), CAP_CHECKPOINT_RESTORE);
}

TEST(CapabilityTest, ComesBackByItsName) {
    for (std::uint8_t number = 0; number <= CAP_LAST_CAP; ++number) {
        EXPECT_EQ(parse_capability(capability_name(number)), number) << capability_name(number);
    }
}

TEST(CapabilityTest, IsNothingElse) {
    for (const auto* name :
         {"", "CAP_", "CAP", "NET", "CAP_CAP_CHOWN", "NET ADMIN", "NET-ADMIN", "ALL", "12", "CHOWN "}) {
        EXPECT_FALSE(parse_capability(name)) << name;
    }
}

}  // namespace
}  // namespace nlinit::config
