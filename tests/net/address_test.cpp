// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/address.hpp"

#include <gtest/gtest.h>

namespace nlinit {
namespace {

using namespace std::string_view_literals;

TEST(Ipv4AddressTest, ParsesFourDecimalOctets) {
    EXPECT_EQ(Ipv4Address::parse("10.0.2.15"), Ipv4Address(10, 0, 2, 15));
    EXPECT_EQ(Ipv4Address::parse("0.0.0.0"), Ipv4Address());
    EXPECT_EQ(Ipv4Address::parse("255.255.255.255"), kBroadcastAddress);
    EXPECT_EQ(Ipv4Address::parse("1.20.100.9"), Ipv4Address(1, 20, 100, 9));
}

TEST(Ipv4AddressTest, ParsesNothingElse) {
    for (const auto text : {""sv,           "."sv,         "..."sv,
                            "1"sv,          "1.2.3"sv,     "1.2.3."sv,
                            ".1.2.3"sv,     "1..2.3"sv,    "1.2.3.4."sv,
                            "1.2.3.4.5"sv,  "256.0.0.1"sv, "1.2.3.256"sv,
                            "1.2.3.1000"sv, "01.2.3.4"sv,  "1.2.3.00"sv,
                            "1.2.3.04"sv,   " 1.2.3.4"sv,  "1.2.3.4 "sv,
                            "1. 2.3.4"sv,   "+1.2.3.4"sv,  "-1.2.3.4"sv,
                            "0x1.2.3.4"sv,  "1.2.3.a"sv,   "a.b.c.d"sv,
                            "1.2.3.4/24"sv, "1.2.3.4\n"sv, "1.2.3.4\0"sv,
                            "1,2,3,4"sv,    "1.2.3.4e0"sv, "localhost"sv,
                            "::1"sv,        "16909060"sv,  "4294967297.2.3.4"sv}) {
        EXPECT_FALSE(Ipv4Address::parse(text)) << '"' << text << '"';
    }
}

TEST(Ipv4AddressTest, PrintsWhatItParses) {
    for (const auto text : {"0.0.0.0", "10.0.2.15", "127.0.0.1", "255.255.255.255", "192.168.100.9"}) {
        const auto address = Ipv4Address::parse(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(address->to_string(), text);
    }
}

TEST(Ipv4AddressTest, ConvertsToAndFromAnInteger) {
    static_assert(Ipv4Address(10, 0, 2, 15).to_integer() == 0x0a00020f);
    static_assert(Ipv4Address::from_integer(0xc0a80102) == Ipv4Address(192, 168, 1, 2));
    static_assert(Ipv4Address(9, 255, 255, 255) < Ipv4Address(10, 0, 0, 0));
}

TEST(Ipv4AddressTest, KnowsWhatASingleHostMayAnswerTo) {
    struct Row {
        const char* address;
        bool host;
    };
    for (const auto& [text, host] :
         {Row{"0.0.0.0", false}, Row{"0.1.2.3", false}, Row{"1.0.0.0", true}, Row{"10.0.2.15", true},
          Row{"126.255.255.255", true}, Row{"127.0.0.1", false}, Row{"127.255.255.255", false}, Row{"128.0.0.1", true},
          Row{"169.254.169.254", true}, Row{"223.255.255.255", true}, Row{"224.0.0.1", false},
          Row{"239.255.255.255", false}, Row{"240.0.0.1", false}, Row{"255.255.255.255", false}}) {
        EXPECT_EQ(Ipv4Address::parse(text).value().is_host(), host) << text;
    }
}

TEST(Ipv4AddressTest, KnowsItsSpecialKinds) {
    EXPECT_TRUE(Ipv4Address().is_unspecified());
    EXPECT_TRUE(Ipv4Address(255, 255, 255, 255).is_broadcast());
    EXPECT_TRUE(Ipv4Address(127, 255, 0, 1).is_loopback());
    EXPECT_TRUE(Ipv4Address(224, 0, 0, 0).is_multicast());
    EXPECT_TRUE(Ipv4Address(239, 255, 255, 255).is_multicast());
    EXPECT_FALSE(Ipv4Address(240, 0, 0, 0).is_multicast());
    EXPECT_FALSE(Ipv4Address(223, 255, 255, 255).is_multicast());
}

TEST(MacAddressTest, ParsesPairsWithColonsOrHyphens) {
    constexpr MacAddress expected({0x52, 0x54, 0x00, 0xab, 0xCD, 0xef});
    for (const auto text : {"52:54:00:ab:cd:ef", "52:54:00:AB:CD:EF", "52-54-00-ab-cd-ef"}) {
        EXPECT_EQ(MacAddress::parse(text), expected) << text;
    }
}

TEST(MacAddressTest, EveryHexadecimalDigitCounts) {
    EXPECT_EQ(MacAddress::parse("01:23:45:67:89:ab"), MacAddress({0x01, 0x23, 0x45, 0x67, 0x89, 0xab}));
    EXPECT_EQ(MacAddress::parse("Fe:dC:bA:98:76:54"), MacAddress({0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54}));
}

TEST(MacAddressTest, ParsesNothingElse) {
    for (const auto text :
         {""sv, "52:54:00:ab:cd"sv, "52:54:00:ab:cd:"sv, "52:54:00:ab:cd:ef:"sv, "52:54:00:ab:cd:ef:01"sv,
          "525400abcdef"sv, "5:54:00:ab:cd:ef"sv, "52:54:0:ab:cd:ef0"sv, "52:54:00:ab:cd:eg"sv, " 52:54:00:ab:cd:ef"sv,
          "52:54:00:ab:cd:ef "sv, "52.54.00.ab.cd.ef"sv, "52:54:00:ab:cd:+f"sv, "0x:54:00:ab:cd:ef"sv, ":::::"sv}) {
        EXPECT_FALSE(MacAddress::parse(text)) << '"' << text << '"';
    }
}

TEST(MacAddressTest, PrintsLowerCaseWithColons) {
    EXPECT_EQ(MacAddress({0x52, 0x54, 0x00, 0xAB, 0x0c, 0xff}).to_string(), "52:54:00:ab:0c:ff");
    EXPECT_EQ(MacAddress().to_string(), "00:00:00:00:00:00");
}

TEST(PrefixTest, ParsesAnAddressAndALength) {
    EXPECT_EQ(Prefix::parse("10.0.0.0/8"), Prefix(Ipv4Address(10, 0, 0, 0), 8));
    EXPECT_EQ(Prefix::parse("0.0.0.0/0"), Prefix());
    EXPECT_EQ(Prefix::parse("192.168.1.7/32"), Prefix(Ipv4Address(192, 168, 1, 7), 32));
    EXPECT_EQ(Prefix::parse("192.168.1.7"), Prefix(Ipv4Address(192, 168, 1, 7), 32));
}

TEST(PrefixTest, MasksHostBitsAway) {
    EXPECT_EQ(Prefix::parse("10.1.2.3/8"), Prefix(Ipv4Address(10, 0, 0, 0), 8));
    static_assert(Prefix(Ipv4Address(10, 255, 255, 255), 9).network() == Ipv4Address(10, 128, 0, 0));
    static_assert(Prefix(Ipv4Address(10, 1, 2, 3), 0) == Prefix());
    static_assert(Prefix(Ipv4Address(10, 1, 2, 3), 200).length() == 32);
}

TEST(PrefixTest, ParsesNothingElse) {
    for (const auto text :
         {""sv, "/"sv, "/8"sv, "10.0.0.0/"sv, "10.0.0.0/33"sv, "10.0.0.0/-1"sv, "10.0.0.0/+8"sv, "10.0.0.0/8/8"sv,
          "10.0.0.0/8 "sv, "10.0.0.0 /8"sv, "10.0.0.0/256"sv, "10.0.0.0/264"sv, "10.0.0.0/4294967304"sv, "10.0.0/8"sv,
          "10.0.0.0/255.0.0.0"sv, "10.0.0.0/a"sv, "default"sv}) {
        EXPECT_FALSE(Prefix::parse(text)) << '"' << text << '"';
    }
}

TEST(PrefixTest, KnowsItsMaskBroadcastAndMembers) {
    constexpr Prefix subnet(Ipv4Address(192, 168, 4, 77), 22);
    EXPECT_EQ(subnet.mask(), Ipv4Address(255, 255, 252, 0));
    EXPECT_EQ(subnet.network(), Ipv4Address(192, 168, 4, 0));
    EXPECT_EQ(subnet.broadcast(), Ipv4Address(192, 168, 7, 255));
    EXPECT_TRUE(subnet.contains(Ipv4Address(192, 168, 7, 255)));
    EXPECT_FALSE(subnet.contains(Ipv4Address(192, 168, 8, 0)));
    EXPECT_FALSE(subnet.is_default());
    EXPECT_TRUE(Prefix().contains(kBroadcastAddress));
    EXPECT_TRUE(Prefix().is_default());
}

TEST(PrefixTest, HasABroadcastAddressOnlyBelowThirtyOneBits) {
    EXPECT_TRUE(Prefix(Ipv4Address(10, 0, 0, 0), 30).has_broadcast());
    EXPECT_FALSE(Prefix(Ipv4Address(10, 0, 0, 0), 31).has_broadcast());
    EXPECT_FALSE(Prefix(Ipv4Address(10, 0, 0, 0), 32).has_broadcast());
}

TEST(PrefixTest, PrintsNetworkAndLength) {
    EXPECT_EQ(Prefix(Ipv4Address(10, 0, 2, 15), 24).to_string(), "10.0.2.0/24");
    EXPECT_EQ(Prefix().to_string(), "0.0.0.0/0");
}

TEST(PrefixLengthOfMaskTest, EveryPrefixLengthSurvivesItsMask) {
    for (std::uint8_t length = 0; length <= Prefix::kMaxLength; ++length) {
        EXPECT_EQ(prefix_length_of_mask(Prefix(kBroadcastAddress, length).mask()), length);
    }
}

TEST(PrefixLengthOfMaskTest, HolesAreRefused) {
    for (const auto text : {"255.0.255.0", "0.255.255.255", "255.255.255.253", "0.0.0.1", "127.255.255.255",
                            "255.255.0.255", "254.255.255.255", "255.255.253.0"}) {
        EXPECT_FALSE(prefix_length_of_mask(Ipv4Address::parse(text).value())) << text;
    }
}

}  // namespace
}  // namespace nlinit
