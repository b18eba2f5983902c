// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp6/duid.hpp"

#include <gtest/gtest.h>

namespace nlinit::dhcp6 {
namespace {

constexpr MacAddress kCard{{0x52, 0x54, 0x00, 0x12, 0x34, 0x56}};

TEST(DuidTest, ThatOfAnInterfaceIsItsMac) {
    EXPECT_EQ(Duid::of_link_layer(kCard).to_string(), "00030001525400123456");
}

TEST(DuidTest, ThatOfAMachineIsItsUuid) {
    const Duid::Uuid uuid{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    EXPECT_EQ(Duid::of_uuid(uuid).to_string(), "0004000102030405060708090a0b0c0d0e0f");
}

TEST(DuidTest, OneHasAThirdOctetAndNoMoreThanAHundredAndThirty) {
    for (const std::size_t size : {0U, 1U, 2U, 131U, 65535U}) EXPECT_FALSE(Duid::from_octets(Bytes(size, 1))) << size;
    for (const std::size_t size : {3U, 14U, 130U}) {
        const auto duid = Duid::from_octets(Bytes(size, 1));
        ASSERT_TRUE(duid) << size;
        EXPECT_EQ(duid->octets().size(), size);
        EXPECT_FALSE(duid->empty());
    }
    EXPECT_TRUE(Duid().empty());
}

TEST(DuidTest, TheyAreComparedOctetByOctet) {
    EXPECT_EQ(Duid::from_octets(Duid::of_link_layer(kCard).octets()), Duid::of_link_layer(kCard));
    EXPECT_NE(Duid::from_octets(Bytes{0, 3, 0}), Duid::from_octets(Bytes{0, 3, 0, 0}));
}

TEST(DuidTest, TheIaidIsOfTheMacAndNotOfItsVendor) {
    EXPECT_EQ(iaid_of(kCard), 0x00123456U);
    EXPECT_NE(iaid_of(kCard), iaid_of(MacAddress({0x52, 0x54, 0x00, 0x12, 0x34, 0x57})));
}

TEST(DuidTest, AUuidIsReadInEitherCase) {
    const auto duid = Duid::of_uuid("4C4C4544-0050-3010-8052-b4c04f4d3132");
    ASSERT_TRUE(duid);
    EXPECT_EQ(duid->to_string(), "00044c4c4544005030108052b4c04f4d3132");
}

TEST(DuidTest, WhatStandsForNoUuidIsNone) {
    for (const auto* text : {"", "00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
                             "Not Settable", "4C4C4544005030108052b4c04f4d3132", "4C4C4544-0050-3010-8052-b4c04f4d313",
                             "4C4C4544-0050-3010-8052-b4c04f4d313g", "4C4C4544-0050-3010-8052-b4c04f4d31320",
                             "4C4C4544-0050-3010-80520b4c04f4d3132"})
        EXPECT_FALSE(Duid::of_uuid(text)) << text;
}

}  // namespace
}  // namespace nlinit::dhcp6
