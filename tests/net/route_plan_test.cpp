// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/route_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/printers.hpp"

namespace nlinit {
namespace {

using ::testing::ElementsAre;

constexpr Ipv4Address kLocal{10, 0, 2, 15};

InterfaceAddress local(std::uint8_t prefix_length) {
    return {.local = kLocal, .prefix_length = prefix_length};
}

Route wanted(std::string_view destination, std::string_view gateway = {}) {
    Route route{.destination = IpPrefix::parse(destination).value()};
    if (!gateway.empty()) route.gateway = IpAddress::parse(gateway);
    return route;
}

Route complete(std::string_view destination, std::string_view gateway = {}) {
    auto route = wanted(destination, gateway);
    route.source = kLocal;
    route.metric = 7;
    return route;
}

std::vector<Route> completed(std::uint8_t prefix_length, const std::vector<Route>& routes) {
    return complete_routes(local(prefix_length), routes, 7);
}

TEST(RoutePlanTest, TheSubnetsOwnRouteComesFirst) {
    EXPECT_THAT(completed(24, {}), ElementsAre(complete("10.0.2.0/24")));
    EXPECT_THAT(completed(24, {wanted("0.0.0.0/0", "10.0.2.2")}),
                ElementsAre(complete("10.0.2.0/24"), complete("0.0.0.0/0", "10.0.2.2")));
}

TEST(RoutePlanTest, WhatIsOnLinkComesBeforeWhatGoesThroughIt) {
    EXPECT_THAT(completed(24, {wanted("0.0.0.0/0", "10.9.0.1"), wanted("10.9.0.0/16")}),
                ElementsAre(complete("10.0.2.0/24"), complete("10.9.0.0/16"), complete("0.0.0.0/0", "10.9.0.1")));
}

TEST(RoutePlanTest, AGatewayOutsideTheSubnetGetsAHostRoute) {
    EXPECT_THAT(completed(24, {wanted("0.0.0.0/0", "192.168.7.1")}),
                ElementsAre(complete("10.0.2.0/24"), complete("192.168.7.1/32"), complete("0.0.0.0/0", "192.168.7.1")));
}

TEST(RoutePlanTest, TwoRoutesOverOneGatewayShareItsHostRoute) {
    EXPECT_THAT(completed(24, {wanted("172.16.0.0/16", "192.168.7.1"), wanted("172.17.0.0/16", "192.168.7.1")}),
                ElementsAre(complete("10.0.2.0/24"), complete("192.168.7.1/32"),
                            complete("172.16.0.0/16", "192.168.7.1"), complete("172.17.0.0/16", "192.168.7.1")));
}

TEST(RoutePlanTest, AThirtyOneBitSubnetHoldsItsGateway) {
    EXPECT_THAT(completed(31, {wanted("0.0.0.0/0", "10.0.2.14")}),
                ElementsAre(complete("10.0.2.14/31"), complete("0.0.0.0/0", "10.0.2.14")));
}

TEST(RoutePlanTest, AMetricOfARoutesOwnCounts) {
    auto own = wanted("10.1.0.0/16", "10.0.2.2");
    own.metric = 50;
    auto expected = complete("10.1.0.0/16", "10.0.2.2");
    expected.metric = 50;
    EXPECT_THAT(completed(24, {own, wanted("10.1.0.0/16", "10.0.2.3")}),
                ElementsAre(complete("10.0.2.0/24"), expected, complete("10.1.0.0/16", "10.0.2.3")));
}

TEST(RoutePlanTest, ADestinationThatComesTwiceCountsOnce) {
    EXPECT_THAT(
        completed(24, {wanted("0.0.0.0/0", "10.0.2.2"), wanted("0.0.0.0/0", "10.0.2.3"), wanted("10.0.2.0/24")}),
        ElementsAre(complete("10.0.2.0/24"), complete("0.0.0.0/0", "10.0.2.2")));
}

Route advice(Route route) {
    route.is_advice = true;
    return route;
}

std::vector<std::string> needed(const std::vector<Route>& routes) {
    std::vector<std::string> texts;
    for (const auto& route : routes) {
        if (!route.is_advice) texts.push_back(to_string(route));
    }
    return texts;
}

TEST(RoutePlanTest, TheWayToAGatewayIsNeededWhereWhatGoesThroughItIs) {
    const auto beyond = advice(wanted("10.1.0.0/16", "10.9.0.1"));
    EXPECT_THAT(needed(completed(24, {beyond})), ElementsAre("10.0.2.0/24 metric 7"));
    EXPECT_THAT(needed(completed(24, {beyond, wanted("0.0.0.0/0", "10.9.0.1")})),
                ElementsAre("10.0.2.0/24 metric 7", "10.9.0.1/32 metric 7", "default via 10.9.0.1 metric 7"));
    EXPECT_THAT(needed(completed(24, {advice(wanted("10.9.0.0/16")), wanted("0.0.0.0/0", "10.9.0.1")})),
                ElementsAre("10.0.2.0/24 metric 7", "10.9.0.0/16 metric 7", "default via 10.9.0.1 metric 7"));
    EXPECT_THAT(needed(completed(24, {advice(wanted("10.0.2.1")), wanted("0.0.0.0/0", "10.0.2.1")})),
                ElementsAre("10.0.2.0/24 metric 7", "default via 10.0.2.1 metric 7"))
        << "the subnet leads there anyway";
}

TEST(RoutePlanTest, ARouteLeadsToWhatItsDestinationHolds) {
    const std::vector<Route> routes = completed(24, {wanted("10.1.0.0/16", "10.0.2.1")});
    EXPECT_TRUE(leads_to(routes, Ipv4Address(10, 0, 2, 77)));
    EXPECT_TRUE(leads_to(routes, Ipv4Address(10, 1, 9, 9)));
    EXPECT_FALSE(leads_to(routes, Ipv4Address(66, 66, 66, 66)));
    EXPECT_TRUE(leads_to(completed(24, {wanted("0.0.0.0/0", "10.0.2.1")}), Ipv4Address(66, 66, 66, 66)));
    EXPECT_FALSE(leads_to({}, Ipv4Address(10, 0, 2, 1)));
}

InterfaceAddress ipv6(std::string_view local, std::uint8_t prefix_length) {
    return {.local = IpAddress::parse(local).value(), .prefix_length = prefix_length};
}

// Without a source: see complete_routes().
Route ipv6_route(std::string_view destination, std::string_view gateway = {}, std::uint32_t metric = 7) {
    auto route = wanted(destination, gateway);
    route.metric = metric;
    return route;
}

TEST(Ipv6RoutePlanTest, TheSubnetComesFirstAndNoRouteNamesASource) {
    EXPECT_THAT(complete_routes(ipv6("2001:db8::2", 64), std::vector{wanted("::/0", "2001:db8::1")}, 7),
                ElementsAre(ipv6_route("2001:db8::/64"), ipv6_route("::/0", "2001:db8::1")));
}

TEST(Ipv6RoutePlanTest, AGatewayOutsideGetsAHostRouteUnlessItIsLinkLocal) {
    EXPECT_THAT(complete_routes(ipv6("2001:db8::2", 128), std::vector{wanted("::/0", "2001:db8:1::1")}, 7),
                ElementsAre(ipv6_route("2001:db8:1::1/128"), ipv6_route("::/0", "2001:db8:1::1")));
    EXPECT_THAT(complete_routes(ipv6("2001:db8::2", 128), std::vector{wanted("::/0", "fe80::1")}, 7),
                ElementsAre(ipv6_route("::/0", "fe80::1")));
}

TEST(Ipv6RoutePlanTest, RoutesGoToTheFirstAddressOfTheirFamily) {
    const std::vector addresses{ipv6("2001:db8::2", 64), local(24), ipv6("fd00::2", 64)};
    const std::vector routes{wanted("0.0.0.0/0", "10.0.2.1"), wanted("::/0", "2001:db8::1")};
    EXPECT_THAT(complete_routes(addresses, routes, {.configured = 7}),
                ElementsAre(ipv6_route("2001:db8::/64"), ipv6_route("::/0", "2001:db8::1"), complete("10.0.2.0/24"),
                            complete("0.0.0.0/0", "10.0.2.1"), ipv6_route("fd00::/64")));
    EXPECT_THAT(complete_routes(std::vector{local(24)}, routes, {.configured = 7}),
                ElementsAre(complete("10.0.2.0/24"), complete("0.0.0.0/0", "10.0.2.1")));
}

TEST(Ipv6RoutePlanTest, ARankCountsFromTheKernelsMetricAndAConfiguredOneAsItIs) {
    EXPECT_EQ((RouteMetric{.rank = 100}).of(Family::kIpv4), 100U);
    EXPECT_EQ((RouteMetric{.rank = 100}).of(Family::kIpv6), 1124U);
    EXPECT_EQ((RouteMetric{.rank = 0}).of(Family::kIpv6), 0U);
    EXPECT_EQ((RouteMetric{.configured = 50, .rank = 100}).of(Family::kIpv6), 50U);
}

TEST(Ipv6RoutePlanTest, AnAddressOfOneFamilyIsNotReachedByTheOther) {
    const std::vector routes{wanted("0.0.0.0/0", "10.0.2.1")};
    EXPECT_FALSE(leads_to(routes, IpAddress::parse("2001:db8::1").value()));
    EXPECT_TRUE(leads_to(std::vector{wanted("::/0", "fe80::1")}, IpAddress::parse("2001:db8::1").value()));
}

TEST(Ipv6RoutePlanTest, RoutesOfAFamilyKeepTheirOrder) {
    const std::vector routes{wanted("::/0"), wanted("0.0.0.0/0"), wanted("fd00::/8")};
    EXPECT_THAT(routes_of(Family::kIpv6, routes), ElementsAre(wanted("::/0"), wanted("fd00::/8")));
    EXPECT_THAT(routes_of(Family::kIpv4, routes), ElementsAre(wanted("0.0.0.0/0")));
}

}  // namespace
}  // namespace nlinit
