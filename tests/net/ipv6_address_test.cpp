// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/ipv6_address.hpp"

#include <gtest/gtest.h>

namespace nlinit {
namespace {

using namespace std::string_view_literals;

Ipv6Address ipv6(std::string_view text) {
    return Ipv6Address::parse(text).value();
}

TEST(Ipv6AddressTest, ParsesEveryFormOfTheRfc) {
    struct Row {
        std::string_view text;
        Ipv6Address::Octets octets;
    };
    for (const auto& [text, octets] : {
             Row{"::", {}},
             Row{"::1", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
             Row{"1::", {0, 1}},
             Row{"2001:DB8:0:0:8:800:200C:417A", {0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 8, 8, 0, 0x20, 0x0c, 0x41, 0x7a}},
             Row{"2001:db8::8:800:200c:417a", {0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 8, 8, 0, 0x20, 0x0c, 0x41, 0x7a}},
             Row{"ff01::0101", {0xff, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1}},
             Row{"1:2:3:4:5:6:7::", {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0}},
             Row{"::2:3:4:5:6:7:8", {0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}},
             Row{"::13.1.68.3", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13, 1, 68, 3}},
             Row{"0:0:0:0:0:ffff:129.144.52.38", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 129, 144, 52, 38}},
             Row{"64:ff9b::192.0.2.33", {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 192, 0, 2, 33}},
         }) {
        EXPECT_EQ(Ipv6Address::parse(text), Ipv6Address(octets)) << text;
    }
}

TEST(Ipv6AddressTest, ParsesNothingElse) {
    for (const auto text : {""sv,
                            ":"sv,
                            ":::"sv,
                            "1"sv,
                            "1:2:3:4:5:6:7"sv,
                            "1:2:3:4:5:6:7:"sv,
                            ":2:3:4:5:6:7:8"sv,
                            "1:2:3:4:5:6:7:8:9"sv,
                            "1:2:3:4::5:6:7:8"sv,
                            "1::2::3"sv,
                            "1:::2"sv,
                            "12345::"sv,
                            "g::"sv,
                            "-1::"sv,
                            "+1::"sv,
                            "0x1::"sv,
                            " ::1"sv,
                            "::1 "sv,
                            "::1\0"sv,
                            "::1/64"sv,
                            "fe80::1%eth0"sv,
                            "[::1]"sv,
                            "1.2.3.4"sv,
                            "1.2.3.4::"sv,
                            "::1.2.3"sv,
                            "::1.2.3.256"sv,
                            "::1.2.3.4:5"sv,
                            "1:2:3:4:5:6:7:1.2.3.4"sv,
                            "::1:"sv}) {
        EXPECT_FALSE(Ipv6Address::parse(text)) << '"' << text << '"';
    }
}

TEST(Ipv6AddressTest, PrintsAsRfc5952Has) {
    struct Row {
        std::string_view text, printed;
    };
    for (const auto& [text, printed] : {
             Row{"::", "::"},
             Row{"0:0:0:0:0:0:0:1", "::1"},
             Row{"1:0:0:0:0:0:0:0", "1::"},
             Row{"2001:0DB8::0001", "2001:db8::1"},
             Row{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // one group of zeros stays
             Row{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},           // the longest run
             Row{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},     // the first of equals
             Row{"2001:db8:aaaa:bbbb:cccc:dddd:eeee:AAAA", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"},
             Row{"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
             Row{"::ffff:c000:0201", "::ffff:192.0.2.1"},
             Row{"::c000:0201", "::c000:201"},
         }) {
        EXPECT_EQ(ipv6(text).to_string(), printed) << text;
        EXPECT_EQ(Ipv6Address::parse(printed), ipv6(text)) << printed;
    }
}

TEST(Ipv6AddressTest, KnowsWhatAnAddressIsFor) {
    struct Row {
        std::string_view text;
        bool multicast, link_local, host, beyond_link;
    };
    for (const auto& [text, multicast, link_local, host, beyond_link] : {
             Row{"::", false, false, false, false},
             Row{"::1", false, false, false, false},
             Row{"::ffff:10.0.0.1", false, false, false, false},
             Row{"ff02::1", true, false, false, false},
             Row{"fe7f::1", false, false, true, true},
             Row{"fe80::1", false, true, true, false},
             Row{"febf::1", false, true, true, false},
             Row{"fec0::1", false, false, true, true},
             Row{"fd00::1", false, false, true, true},
             Row{"2001:db8::1", false, false, true, true},
         }) {
        const auto address = ipv6(text);
        EXPECT_EQ(address.is_multicast(), multicast) << text;
        EXPECT_EQ(address.is_link_local(), link_local) << text;
        EXPECT_EQ(address.is_host(), host) << text;
        EXPECT_EQ(address.is_beyond_link(), beyond_link) << text;
    }
    EXPECT_TRUE(ipv6("::").is_unspecified());
    EXPECT_TRUE(ipv6("::1").is_loopback());
}

TEST(Ipv6AddressTest, MakesALinkLocalAddressOfAMac) {
    EXPECT_EQ(link_local_of(MacAddress::parse("52:54:00:12:34:56").value()).to_string(), "fe80::5054:ff:fe12:3456");
}

}  // namespace
}  // namespace nlinit
