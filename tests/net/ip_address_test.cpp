// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/ip_address.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace nlinit {
namespace {

using namespace std::string_view_literals;

IpAddress either(std::string_view text) {
    return IpAddress::parse(text).value();
}
IpPrefix net(std::string_view text) {
    return IpPrefix::parse(text).value();
}

TEST(IpAddressTest, IsOfTheFamilyOfItsText) {
    EXPECT_EQ(either("10.0.2.15").family(), Family::kIpv4);
    EXPECT_EQ(either("10.0.2.15").ipv4(), Ipv4Address(10, 0, 2, 15));
    EXPECT_EQ(either("10.0.2.15").ipv6(), std::nullopt);
    EXPECT_EQ(either("2001:db8::1").family(), Family::kIpv6);
    EXPECT_EQ(either("2001:db8::1").ipv6(), Ipv6Address::parse("2001:db8::1"));
    EXPECT_EQ(either("2001:db8::1").ipv4(), std::nullopt);
    for (const auto text : {""sv, "10.0.2"sv, "10.0.2.15/24"sv, "2001:db8::1%eth0"sv, "host"sv}) {
        EXPECT_FALSE(IpAddress::parse(text)) << text;
    }
}

TEST(IpAddressTest, PrintsWhatItParses) {
    for (const auto text : {"0.0.0.0", "10.0.2.15", "::", "fe80::1"}) EXPECT_EQ(either(text).to_string(), text);
}

TEST(IpAddressTest, GivesAndTakesTheOctetsOfTheWire) {
    for (const auto text : {"10.0.2.15", "2001:db8::1"}) {
        EXPECT_EQ(IpAddress::from_octets(either(text).octets()), either(text));
    }
    EXPECT_EQ(either("1.2.3.4").octets().size(), 4U);
    EXPECT_EQ(either("::").octets().size(), 16U);
    for (const std::size_t size : {0U, 3U, 5U, 15U, 17U}) {
        EXPECT_FALSE(IpAddress::from_octets(std::vector<std::uint8_t>(size))) << size;
    }
}

TEST(IpAddressTest, TellsTheSameBitsOfTwoFamiliesApart) {
    EXPECT_NE(either("0.0.0.0"), either("::"));
    EXPECT_TRUE(either("0.0.0.0").is_unspecified());
    EXPECT_TRUE(either("::").is_unspecified());
    EXPECT_LT(either("255.255.255.255"), either("::"));
}

TEST(IpAddressTest, KnowsHostsAndLinkLocalAddresses) {
    EXPECT_TRUE(either("fe80::1").is_link_local());
    EXPECT_FALSE(either("169.254.1.1").is_link_local());
    EXPECT_TRUE(either("fe80::1").is_host());
    EXPECT_FALSE(either("ff02::1").is_host());
    EXPECT_TRUE(either("10.0.0.1").is_host());
    EXPECT_FALSE(either("224.0.0.1").is_host());
}

TEST(IpPrefixTest, MasksHostBitsAway) {
    EXPECT_EQ(net("10.1.2.3/8").to_string(), "10.0.0.0/8");
    EXPECT_EQ(net("10.1.2.3/20").to_string(), "10.1.0.0/20");
    EXPECT_EQ(net("2001:db8:ffff::1/33").to_string(), "2001:db8:8000::/33");
    EXPECT_EQ(net("2001:db8::1/128").to_string(), "2001:db8::1/128");
    EXPECT_EQ(net("2001:db8::1").length(), 128);
    EXPECT_EQ(net("10.0.0.1").length(), 32);
    EXPECT_EQ(net("ffff::/0"), IpPrefix::everything(Family::kIpv6));
    EXPECT_EQ(net("9.9.9.9/0"), IpPrefix::everything(Family::kIpv4));
    EXPECT_NE(IpPrefix::everything(Family::kIpv4), IpPrefix::everything(Family::kIpv6));
}

TEST(IpPrefixTest, ParsesNothingElse) {
    for (const auto text : {""sv, "/"sv, "/8"sv, "10.0.0.0/"sv, "10.0.0.0/33"sv, "10.0.0.0/08"sv, "10.0.0.0/+8"sv,
                            "::/129"sv, "::/-1"sv, "::/64 "sv, "::/6 4"sv, "fe80::%eth0/64"sv, "10.0.0.0/::"sv}) {
        EXPECT_FALSE(IpPrefix::parse(text)) << text;
    }
}

TEST(IpPrefixTest, ContainsNothingOfTheOtherFamily) {
    EXPECT_TRUE(net("2001:db8::/32").contains(either("2001:db8:1::1")));
    EXPECT_FALSE(net("2001:db8::/32").contains(either("2001:db9::1")));
    EXPECT_TRUE(net("2001:db8::/32").contains(net("2001:db8:1::/48")));
    EXPECT_FALSE(net("2001:db8:1::/48").contains(net("2001:db8::/32")));
    EXPECT_TRUE(net("10.0.0.0/8").contains(either("10.255.0.1")));
    EXPECT_FALSE(net("0.0.0.0/0").contains(either("::")));
    EXPECT_FALSE(net("::/0").contains(either("0.0.0.0")));
}

TEST(IpPrefixTest, IsWhatAPrefixOfOneFamilyIs) {
    EXPECT_EQ(IpPrefix(Prefix(Ipv4Address(10, 1, 2, 3), 16)), net("10.1.0.0/16"));
}

}  // namespace
}  // namespace nlinit
