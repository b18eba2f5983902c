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

}  // namespace
}  // namespace nlinit::dhcp6
