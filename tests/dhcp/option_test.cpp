// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/option.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nlinit::dhcp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kVendorCode = OptionCode::vendor_specific;

Options with(Bytes value) {
    Options options;
    options.set(kVendorCode, value);
    return options;
}

TEST(OptionsTest, AnAbsentOptionIsNothing) {
    const Options options;
    EXPECT_FALSE(options.has(kVendorCode));
    EXPECT_FALSE(options.find(kVendorCode));
    EXPECT_FALSE(options.u8(kVendorCode));
    EXPECT_THAT(options.all(), IsEmpty());
}

TEST(OptionsTest, APresentOptionOfLengthZeroIsEmptyNotNothing) {
    const auto options = with({});
    EXPECT_TRUE(options.has(kVendorCode));
    ASSERT_TRUE(options.find(kVendorCode));
    EXPECT_THAT(*options.find(kVendorCode), IsEmpty());
}

TEST(OptionsTest, SettingReplacesAndKeepsTheOrderOfFirstAppearance) {
    Options options;
    options.set_u8(OptionCode::overload, 1);
    options.set_u32(OptionCode::lease_time, 3600);
    options.set_u8(OptionCode::overload, 2);
    ASSERT_EQ(options.all().size(), 2U);
    EXPECT_EQ(options.all()[0].code, OptionCode::overload);
    EXPECT_THAT(options.all()[0].value, ElementsAre(2));
    EXPECT_EQ(options.all()[1].code, OptionCode::lease_time);
    EXPECT_THAT(options.all()[1].value, ElementsAre(0, 0, 0x0e, 0x10));
}

TEST(OptionsTest, AValueThatGrowsOrShrinksLeavesThoseBehindItAsTheyAre) {
    Options options;
    options.set_u32(OptionCode::lease_time, 3600);
    options.set_u8(OptionCode::overload, 1);
    options.set(OptionCode::lease_time, Bytes{1, 2, 3, 4, 5, 6});
    EXPECT_EQ(options.u8(OptionCode::overload), 1);
    options.set(OptionCode::lease_time, {});
    options.set_u16(OptionCode::interface_mtu, 1400);
    EXPECT_THAT(*options.find(OptionCode::lease_time), IsEmpty());
    EXPECT_EQ(options.u8(OptionCode::overload), 1);
    EXPECT_EQ(options.u16(OptionCode::interface_mtu), 1400);
}

TEST(OptionsTest, OptionsAreTheSameByCodesAndValuesInTheirOrder) {
    auto one = with({1, 2}), other = with({1});
    one.append(OptionCode::overload, Bytes{3});
    other.append(OptionCode::overload, Bytes{2, 3});
    EXPECT_NE(one, other) << "the same bytes, cut in another place";
    other = with({1});
    other.append(OptionCode::overload, Bytes{3});
    other.append(kVendorCode, Bytes{2});
    EXPECT_EQ(one, other);
}

TEST(OptionsTest, PartsOfALongOptionAreJoinedInOrder) {
    Options options;
    options.append(kVendorCode, Bytes{1, 2});
    options.set_u8(OptionCode::overload, 1);
    options.append(kVendorCode, Bytes{});
    options.append(kVendorCode, Bytes{3});
    EXPECT_THAT(options.find(kVendorCode).value(), ElementsAre(1, 2, 3));
    EXPECT_EQ(options.all().size(), 2U);
}

TEST(OptionsTest, NoNumberOfPartsMakesAnOptionLargerThanADatagram) {
    Options options;
    for (int part = 0; part < 1000; ++part) options.append(kVendorCode, Bytes(255, 1));
    EXPECT_LE(options.find(kVendorCode).value().size(), 65535U);
}

TEST(OptionsTest, TypedValuesAreWrittenBigEndianAndReadBack) {
    Options options;
    options.set_u8(OptionCode::message_type, 5);
    options.set_u16(OptionCode::interface_mtu, 1400);
    options.set_u32(OptionCode::lease_time, 0xfffefdfc);
    options.set_address(OptionCode::server_identifier, {10, 0, 2, 2});
    options.set_text(OptionCode::host_name, "vm");
    EXPECT_EQ(options.u8(OptionCode::message_type), 5);
    EXPECT_EQ(options.u16(OptionCode::interface_mtu), 1400);
    EXPECT_EQ(options.u32(OptionCode::lease_time), 0xfffefdfcU);
    EXPECT_EQ(options.address(OptionCode::server_identifier), Ipv4Address(10, 0, 2, 2));
    EXPECT_THAT(options.find(OptionCode::interface_mtu).value(), ElementsAre(0x05, 0x78));
    EXPECT_THAT(options.find(OptionCode::host_name).value(), ElementsAre('v', 'm'));
}

// CVE-2018-20679: four bytes read out of an option that had fewer.
TEST(OptionsTest, AValueThatIsTooShortCountsAsAbsent) {
    for (std::size_t size = 0; size <= 8; ++size) {
        const auto options = with(Bytes(size, 1));
        EXPECT_EQ(options.u8(kVendorCode).has_value(), size >= 1) << size;
        EXPECT_EQ(options.u16(kVendorCode).has_value(), size >= 2) << size;
        EXPECT_EQ(options.u32(kVendorCode).has_value(), size >= 4) << size;
        EXPECT_EQ(options.address(kVendorCode).has_value(), size >= 4) << size;
        EXPECT_TRUE(options.has(kVendorCode)) << size;
    }
}

// As of a mask that comes twice and is joined by RFC 3396; udhcpc and dhclient read it so too.
TEST(OptionsTest, OfAValueThatIsTooLongTheFirstBytesCount) {
    EXPECT_EQ(with({255, 255, 255, 0, 255, 0, 0, 0}).address(kVendorCode), Ipv4Address(255, 255, 255, 0));
    EXPECT_EQ(with({5, 120, 9}).u16(kVendorCode), 1400);
}

}  // namespace
}  // namespace nlinit::dhcp
