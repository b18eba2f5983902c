#include "nlinit/net/route_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/printers.hpp"

namespace nlinit {
namespace {

using ::testing::ElementsAre;

constexpr Ipv4Address kLocal{10, 0, 2, 15};

InterfaceAddress local(std::uint8_t prefix_length) {
    return {.local = kLocal, .prefix_length = prefix_length, .broadcast = std::nullopt, .valid_for = std::nullopt};
}

Route wanted(std::string_view destination, std::string_view gateway = {}) {
    Route route{.destination = Prefix::parse(destination).value(), .gateway = {}, .source = {}, .metric = 0};
    if (!gateway.empty()) route.gateway = Ipv4Address::parse(gateway);
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
    EXPECT_TRUE(leads_to(routes, {10, 0, 2, 77}));
    EXPECT_TRUE(leads_to(routes, {10, 1, 9, 9}));
    EXPECT_FALSE(leads_to(routes, {66, 66, 66, 66}));
    EXPECT_TRUE(leads_to(completed(24, {wanted("0.0.0.0/0", "10.0.2.1")}), {66, 66, 66, 66}));
    EXPECT_FALSE(leads_to({}, {10, 0, 2, 1}));
}

}  // namespace
}  // namespace nlinit
