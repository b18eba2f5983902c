// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/machine_duid.hpp"

#include <gtest/gtest.h>

#include "nlinit/sys/file/file.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::dhcp_io {
namespace {

constexpr MacAddress kLinkMac({0x52, 0x54, 0x00, 0x12, 0x34, 0x56});
const std::string kDuidOfTheLink = "00030001525400123456";

std::string duid_with(const std::string& content) {
    const test::TemporaryDirectory directory;
    EXPECT_TRUE(test::is_ok(sys::write_file(directory / "product_uuid", content)));
    return machine_duid(kLinkMac, directory / "product_uuid").to_string();
}

TEST(MachineDuid, IsTheMachinesOwnUuid) {
    EXPECT_EQ(duid_with("4C4C4544-0050-3010-8052-b4c04f4d3132\n"), "00044c4c4544005030108052b4c04f4d3132");
}

TEST(MachineDuid, IsTheLinksWhereTheUuidStandsForNone) {
    EXPECT_EQ(duid_with("00000000-0000-0000-0000-000000000000\n"), kDuidOfTheLink);
    EXPECT_EQ(duid_with("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF\n"), kDuidOfTheLink);
    EXPECT_EQ(duid_with("Not Settable\n"), kDuidOfTheLink);
    EXPECT_EQ(duid_with(""), kDuidOfTheLink);
}

TEST(MachineDuid, IsTheLinksWhereThereIsNoUuid) {
    EXPECT_EQ(machine_duid(kLinkMac, "/nonexistent/product_uuid").to_string(), kDuidOfTheLink);
}

}  // namespace
}  // namespace nlinit::dhcp_io
