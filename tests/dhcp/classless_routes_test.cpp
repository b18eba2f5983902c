// SPDX-License-Identifier: Apache-2.0
// Options 121 and 249 (RFC 3442).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "dhcp/printers.hpp"
#include "nlinit/dhcp/option.hpp"

namespace nlinit::dhcp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

ClasslessRoute route(std::string_view destination, std::string_view gateway) {
    return {Prefix::parse(destination).value(), Ipv4Address::parse(gateway).value()};
}

TEST(ClasslessRoutesTest, AnEntryHasOnlyTheSignificantOctets) {
    // The table of RFC 3442: the width of the subnet number and its octets.
    const Bytes value{0,  10, 0,   0,   1,                 //
                      8,  10, 10,  0,   0,   1,            //
                      24, 10, 0,   0,   10,  0,  0, 1,     //
                      16, 10, 17,  10,  0,   0,  1,        //
                      24, 10, 27,  129, 10,  0,  0, 1,     //
                      25, 10, 229, 0,   128, 10, 0, 0, 1,  //
                      32, 10, 198, 122, 47,  10, 0, 0, 1};
    EXPECT_THAT(parse_classless_routes(value),
                Optional(ElementsAre(route("0.0.0.0/0", "10.0.0.1"), route("10.0.0.0/8", "10.0.0.1"),
                                     route("10.0.0.0/24", "10.0.0.1"), route("10.17.0.0/16", "10.0.0.1"),
                                     route("10.27.129.0/24", "10.0.0.1"), route("10.229.0.128/25", "10.0.0.1"),
                                     route("10.198.122.47/32", "10.0.0.1"))));
}

TEST(ClasslessRoutesTest, AGatewayOfZeroStaysForOnLink) {
    EXPECT_THAT(parse_classless_routes(Bytes{32, 10, 128, 0, 1, 0, 0, 0, 0, 0, 10, 128, 0, 1}),
                Optional(ElementsAre(route("10.128.0.1/32", "0.0.0.0"), route("0.0.0.0/0", "10.128.0.1"))));
}

TEST(ClasslessRoutesTest, HostBitsAreMaskedAway) {
    EXPECT_THAT(parse_classless_routes(Bytes{20, 10, 1, 255, 10, 0, 0, 1, 1, 255, 10, 0, 0, 1}),
                Optional(ElementsAre(route("10.1.240.0/20", "10.0.0.1"), route("128.0.0.0/1", "10.0.0.1"))));
}

TEST(ClasslessRoutesTest, APrefixBeyondThirtyTwoSpoilsTheWholeOption) {
    for (int length = 33; length < 256; ++length) {
        Bytes value{8, 10, 10, 0, 0, 1, static_cast<std::uint8_t>(length)};
        value.insert(value.end(), 40, 10);
        EXPECT_FALSE(parse_classless_routes(value)) << length;
    }
}

TEST(ClasslessRoutesTest, ACutEntrySpoilsTheWholeOption) {
    const Bytes whole{8, 10, 10, 0, 0, 1, 24, 10, 1, 2, 10, 0, 0, 1};
    ASSERT_THAT(parse_classless_routes(whole), Optional(testing::SizeIs(2)));
    for (std::size_t size = 1; size < whole.size(); ++size) {
        if (size == 6) continue;  // one entry, whole
        EXPECT_FALSE(parse_classless_routes(ByteView(whole).first(size))) << size;
    }
}

TEST(ClasslessRoutesTest, NoRouteLeadsIntoLoopback) {
    EXPECT_THAT(parse_classless_routes(Bytes{8,  127, 10, 0,  0, 1,            //
                                             16, 127, 1,  10, 0, 0,  1,        //
                                             32, 127, 0,  0,  1, 10, 0, 0, 1,  //
                                             8,  10,  10, 0,  0, 1}),
                Optional(ElementsAre(route("10.0.0.0/8", "10.0.0.1"))));
}

TEST(ClasslessRoutesTest, RoutesBeyondTheLimitAreLeftOut) {
    Bytes value;
    for (int i = 0; i < 9000; ++i) {
        value.insert(value.end(),
                     {24, 10, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i), 10, 0, 0, 1});
    }
    const auto routes = parse_classless_routes(value);
    ASSERT_TRUE(routes);
    ASSERT_EQ(routes->size(), kMaxRoutes);
    EXPECT_EQ(routes->back(), route("10.0.63.0/24", "10.0.0.1"));
}

TEST(ClasslessRoutesTest, WhateverComesInTheRoutesThatComeOutAreClean) {
    for (const unsigned seed : {1U, 2U, 3U}) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(seed);
        for (int round = 0; round < 3000; ++round) {
            Bytes value(random() % 60);
            for (auto& byte : value) byte = static_cast<std::uint8_t>(random() % 2 == 0 ? random() % 40 : random());
            const auto routes = parse_classless_routes(value);
            if (!routes) continue;
            ASSERT_LE(routes->size(), value.size() / 5);
            for (const auto& entry : *routes) {
                ASSERT_LE(entry.destination.length(), 32);
                ASSERT_FALSE(entry.destination.network().is_loopback());
            }
        }
    }
}

}  // namespace
}  // namespace nlinit::dhcp
