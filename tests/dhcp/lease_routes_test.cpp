// SPDX-License-Identifier: Apache-2.0
// Which routes a lease holds, and what a link looks like under it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "dhcp/acks.hpp"
#include "dhcp/printers.hpp"
#include "net/printers.hpp"
#include "nlinit/dhcp/lease.hpp"
#include "nlinit/net/route_plan.hpp"

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;
using test::ack;
using test::kRequestedAt;
using test::kRouter;
using test::lease_of;
using test::without_option;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

ClasslessRoute via(std::string_view destination, std::string_view gateway) {
    return {Prefix::parse(destination).value(), Ipv4Address::parse(gateway).value()};
}

const Bytes kTenEight{8, 10, 10, 0, 2, 8};    // 10.0.0.0/8 via 10.0.2.8
const Bytes kDefaultViaNine{0, 10, 0, 2, 9};  // 0.0.0.0/0 via 10.0.2.9
constexpr auto kClassless = OptionCode::classless_static_route;
constexpr auto kMsClassless = OptionCode::ms_classless_static_route;

TEST(LeaseRoutesTest, TheFirstUsableRouterIsTheDefaultGateway) {
    auto message = ack();
    message.options.set(OptionCode::router, Bytes{0, 0, 0, 0, 255, 255, 255, 255, 10, 0, 2, 7, 10, 0, 2, 8});
    const auto lease = lease_of(message);
    EXPECT_EQ(lease.default_gateway(), Ipv4Address(10, 0, 2, 7));
    EXPECT_THAT(lease.routes, ElementsAre(via("0.0.0.0/0", "10.0.2.7")));
}

TEST(LeaseRoutesTest, RoutesOfMicrosoftsThatAreNotObeyedAreSpokenOf) {
    auto message = ack();
    message.options.set(kMsClassless, kTenEight);
    EXPECT_THAT(lease_of(message).remarks,
                ElementsAre("DHCP option 249 (Microsoft's classless routes) is not obeyed: that takes --ms-routes, or "
                            "ms_routes = true in the config"));
    EXPECT_THAT(lease_of(message, {.fallback_duration = {}, .ms_routes = true}).remarks, IsEmpty());
    message.options.set(kClassless, kTenEight);
    EXPECT_THAT(lease_of(message).remarks, IsEmpty()) << "121 is the same and counts before it";
}

TEST(LeaseRoutesTest, ALeaseMayHaveNoRouter) {
    const auto lease = lease_of(without_option(ack(), OptionCode::router));
    EXPECT_FALSE(lease.default_gateway());
    EXPECT_THAT(lease.routes, IsEmpty());
}

TEST(LeaseRoutesTest, ARouterListWithoutAWholeAddressIsIgnored) {
    auto message = ack();
    for (const auto& value : {Bytes{}, Bytes{10, 0, 2}}) {
        message.options.set(OptionCode::router, value);
        EXPECT_FALSE(lease_of(message).default_gateway());
    }
    message.options.set(OptionCode::router, Bytes{10, 0, 2, 7, 1});
    EXPECT_EQ(lease_of(message).default_gateway(), Ipv4Address(10, 0, 2, 7));
}

// The client's own address for a router: all is on link.
TEST(LeaseRoutesTest, ARouteByWayOfOneselfIsOnLink) {
    auto message = ack();
    message.options.set_address(OptionCode::router, message.yiaddr);
    EXPECT_THAT(lease_of(message).routes, ElementsAre(via("0.0.0.0/0", "0.0.0.0")));
    EXPECT_THAT(plan_for(lease_of(message), {}, kRequestedAt).routes.back().gateway, ::testing::Eq(std::nullopt));
    message.options.set(kClassless, Bytes{8, 10, 10, 0, 2, 15, 0, 10, 0, 2, 1});
    EXPECT_THAT(lease_of(message).routes, ElementsAre(via("10.0.0.0/8", "0.0.0.0"), via("0.0.0.0/0", "10.0.2.1")));
    message.options = without_option(message, kClassless).options;
    message.options.set(OptionCode::static_route, Bytes{172, 16, 0, 0, 10, 0, 2, 15});
    EXPECT_THAT(lease_of(message).routes, ElementsAre(via("172.16.0.0/16", "0.0.0.0"), via("0.0.0.0/0", "0.0.0.0")));
    EXPECT_THAT(lease_of(message).remarks, IsEmpty());
}

TEST(LeaseRoutesTest, AnotherRouterBeatsOneself) {
    for (const auto& routers : {Bytes{10, 0, 2, 15, 10, 0, 2, 1}, Bytes{10, 0, 2, 1, 10, 0, 2, 15}}) {
        auto message = ack();
        message.options.set(OptionCode::router, routers);
        EXPECT_EQ(lease_of(message).default_gateway(), kRouter);
    }
}

TEST(LeaseRoutesTest, ARouterThatNoHostOfTheSubnetCanBeIsPassedOver) {
    auto message = ack();
    message.options.set(OptionCode::router, Bytes{10, 0, 2, 255, 10, 0, 2, 0, 10, 0, 2, 1});
    EXPECT_EQ(lease_of(message).default_gateway(), kRouter);
    EXPECT_THAT(lease_of(message).remarks,
                ElementsAre("DHCP option 3 (router) names 10.0.2.255, which is the network or broadcast address of "
                            "10.0.2.0/24: left out",
                            "DHCP option 3 (router) names 10.0.2.0, which is the network or broadcast address of "
                            "10.0.2.0/24: left out"));
}

TEST(LeaseRoutesTest, RoutesThatCannotBeReadOrUsedAreSpokenOf) {
    auto message = ack();
    for (const auto& [value, fault] :
         {std::pair(Bytes{33, 10, 0, 0, 0, 0, 10, 0, 2, 1}, "has a prefix length of 33, above 32"),
          std::pair(Bytes{8, 10, 10, 0, 2}, "is cut short"), std::pair(Bytes{}, "is empty")}) {
        message.options.set(kClassless, value);
        EXPECT_THAT(lease_of(message).remarks,
                    ElementsAre("DHCP option 121 (classless routes) " + std::string(fault) + ": all of it is ignored"));
    }
    message.options.set(kClassless, Bytes{0, 10, 0, 2, 1, 8, 127, 10, 0, 2, 1});
    EXPECT_THAT(lease_of(message).remarks,
                ElementsAre("DHCP option 121 (classless routes) has 1 that cannot be used: left out"));
    message.options = without_option(message, kClassless).options;
    message.options.set(OptionCode::static_route, Bytes{10, 0, 0, 0, 10, 0, 2, 1, 0, 0, 0, 0, 10, 0, 2, 1, 7});
    EXPECT_THAT(lease_of(message).remarks,
                ElementsAre("DHCP option 33 (static routes) has 17 bytes, not a multiple of 8: the last 1 byte is "
                            "ignored",
                            "DHCP option 33 (static routes) has 1 that cannot be used: left out"));
}

TEST(LeaseRoutesTest, Option121Beats33And3) {
    auto message = ack();
    message.options.set(OptionCode::static_route, Bytes{172, 16, 0, 0, 10, 0, 2, 7});
    message.options.set(kClassless, kTenEight);
    const auto lease = lease_of(message);
    EXPECT_THAT(lease.routes, ElementsAre(via("10.0.0.0/8", "10.0.2.8")));
    EXPECT_FALSE(lease.default_gateway()) << "RFC 3442: the router option is ignored";
}

// RFC 3442 leaves such a machine without a way out, and somebody will want to know why.
TEST(LeaseRoutesTest, ARouterThat121BeatsIsSpokenOfWhereNothingElseLeadsOut) {
    auto message = ack();
    message.options.set(kClassless, kTenEight);
    EXPECT_THAT(remarks_on(lease_of(message), {}),
                ElementsAre("DHCP option 3 (router) is not obeyed beside classless routes (RFC 3442), which have no "
                            "default route"));
    EXPECT_THAT(remarks_on(lease_of(message), {.default_route = false, .accept_routes = {Prefix({10, 0, 0, 0}, 8)}}),
                IsEmpty());
    EXPECT_THAT(remarks_on(lease_of(message), {.routes = {{.gateway = kRouter}}}), IsEmpty());
    message.options.set(kClassless, kDefaultViaNine);
    EXPECT_THAT(remarks_on(lease_of(message), {}), IsEmpty());
    message.options.set(kClassless, Bytes{1, 0, 10, 0, 2, 1, 1, 128, 10, 0, 2, 1});
    EXPECT_THAT(remarks_on(lease_of(message), {}), IsEmpty());
}

TEST(LeaseRoutesTest, AGatewayThatNoHostOfTheSubnetCanBeIsPassedOverInEachOption) {
    const std::string why = " names 10.0.2.255, which is the network or broadcast address of 10.0.2.0/24: left out";
    auto message = ack();
    message.options.set(kClassless, Bytes{0, 10, 0, 2, 255});
    EXPECT_THAT(lease_of(message).routes, ElementsAre(via("0.0.0.0/0", "10.0.2.1"))) << "of option 3";
    EXPECT_THAT(lease_of(message).remarks, ElementsAre("DHCP option 121 (classless routes)" + why));
    message.options.set(kClassless, Bytes{0, 10, 0, 2, 255, 0, 10, 0, 2, 9});
    EXPECT_THAT(lease_of(message).routes, ElementsAre(via("0.0.0.0/0", "10.0.2.9")));
    message.options = without_option(message, kClassless).options;
    message.options.set(OptionCode::static_route, Bytes{172, 16, 0, 0, 10, 0, 2, 255});
    EXPECT_THAT(lease_of(message).routes, ElementsAre(via("0.0.0.0/0", "10.0.2.1")));
    EXPECT_THAT(lease_of(message).remarks, ElementsAre("DHCP option 33 (static routes)" + why));
}

TEST(LeaseRoutesTest, A121WithoutAUsableRouteIsAsAbsent) {
    auto message = ack();
    message.options.set(kClassless, Bytes{8, 10, 127, 0, 0, 1});
    EXPECT_EQ(lease_of(message).default_gateway(), kRouter);
    message.options.set(kMsClassless, kDefaultViaNine);
    EXPECT_EQ(lease_of(message, {.fallback_duration = {}, .ms_routes = true}).default_gateway(),
              Ipv4Address(10, 0, 2, 9));
}

TEST(LeaseRoutesTest, TheDefaultGatewayMayComeFrom121) {
    auto message = ack();
    message.options.set(kClassless, kDefaultViaNine);
    EXPECT_EQ(lease_of(message).default_gateway(), Ipv4Address(10, 0, 2, 9));
}

TEST(LeaseRoutesTest, ABrokenOrEmpty121IsAsAbsent) {
    for (const auto& value : {Bytes{}, Bytes{33, 10, 10, 10, 10, 10, 10, 10, 10, 10}, Bytes{8, 10, 10, 0, 2}}) {
        auto message = ack();
        message.options.set(kClassless, value);
        EXPECT_EQ(lease_of(message).default_gateway(), kRouter) << value.size();
    }
}

TEST(LeaseRoutesTest, Option249CountsOnlyWhenAskedForAndAfter121) {
    auto message = ack();
    message.options.set(kMsClassless, kDefaultViaNine);
    LeaseRules rules;
    EXPECT_EQ(lease_of(message, rules).default_gateway(), kRouter);
    rules.ms_routes = true;
    EXPECT_EQ(lease_of(message, rules).default_gateway(), Ipv4Address(10, 0, 2, 9));
    message.options.set(kClassless, kTenEight);
    EXPECT_THAT(lease_of(message, rules).routes, ElementsAre(via("10.0.0.0/8", "10.0.2.8")));
}

TEST(LeaseRoutesTest, Option33AddsToTheRouterButMayNotBeADefaultRoute) {
    auto message = ack();
    message.options.set(OptionCode::static_route, Bytes{0, 0, 0, 0, 10, 0, 2, 7, 172, 16, 0, 9, 10, 0, 2, 7});
    const auto lease = lease_of(message);
    EXPECT_EQ(lease.default_gateway(), kRouter);
    EXPECT_THAT(lease.routes, SizeIs(2));
    EXPECT_TRUE(std::ranges::any_of(lease.routes, [](const ClasslessRoute& route) {
        return route.gateway == Ipv4Address(10, 0, 2, 7) && route.destination.contains({172, 16, 0, 9});
    }));
}

// RFC 2132 5.8 has no masks: a network goes by its class, everything else is a host.
TEST(LeaseRoutesTest, Option33NamesNetworksByClassAndHosts) {
    struct Row {
        Bytes destination;
        const char* prefix;
    };
    for (const auto& [destination, prefix] :
         {Row{{11, 0, 0, 0}, "11.0.0.0/8"}, Row{{126, 0, 0, 0}, "126.0.0.0/8"}, Row{{128, 1, 0, 0}, "128.1.0.0/16"},
          Row{{191, 255, 0, 0}, "191.255.0.0/16"}, Row{{192, 0, 1, 0}, "192.0.1.0/24"},
          Row{{223, 255, 255, 0}, "223.255.255.0/24"}, Row{{11, 0, 0, 9}, "11.0.0.9/32"},
          Row{{172, 16, 7, 0}, "172.16.7.0/32"}, Row{{192, 168, 7, 9}, "192.168.7.9/32"}}) {
        auto message = without_option(ack(), OptionCode::router);
        Bytes value = destination;
        value.insert(value.end(), {10, 0, 2, 7});
        message.options.set(OptionCode::static_route, value);
        EXPECT_THAT(lease_of(message).routes, ElementsAre(via(prefix, "10.0.2.7")));
    }
}

TEST(LeaseRoutesTest, Option33IsCutAtTheLimitToo) {
    Bytes value;
    for (std::uint8_t i = 1; i <= 200; ++i) value.insert(value.end(), {172, 16, 7, i, 10, 0, 2, 7});
    auto message = without_option(ack(), OptionCode::router);
    message.options.set(OptionCode::static_route, value);
    EXPECT_THAT(lease_of(message).routes, SizeIs(kMaxRoutes));
}

TEST(LeaseRoutesTest, NoRouteLeadsIntoLoopback) {
    auto message = ack();
    message.options.set(OptionCode::static_route, Bytes{127, 0, 0, 1, 10, 0, 2, 7});
    EXPECT_THAT(lease_of(message).routes, ElementsAre(via("0.0.0.0/0", "10.0.2.1")));
    message.options.set(kClassless, Bytes{8, 127, 10, 0, 2, 7, 0, 10, 0, 2, 1});
    EXPECT_THAT(lease_of(message).routes, ElementsAre(via("0.0.0.0/0", "10.0.2.1")));
}

NetworkPlan plan_of(const Message& message, RoutePreferences preferences = {}, Duration later = 0s) {
    return plan_for(lease_of(message), preferences, kRequestedAt + later);
}

// What the kernel asks of a route: its gateway is on link by something that came before it.
void expect_reachable_gateways(const NetworkPlan& plan) {
    std::vector<IpPrefix> on_link;
    for (const auto& route : plan.routes) {
        if (!route.gateway) {
            on_link.push_back(route.destination);
            continue;
        }
        EXPECT_TRUE(std::ranges::any_of(on_link, [&](const IpPrefix& prefix) {
            return prefix.contains(*route.gateway);
        })) << to_string(route);
    }
}

TEST(PlanForTest, AnOrdinaryLeaseIsAnAddressItsSubnetAndADefaultRoute) {
    const auto plan = plan_of(ack(), {}, 10s);
    ASSERT_THAT(plan.addresses, SizeIs(1));
    EXPECT_EQ(to_string(plan.addresses[0]), "10.0.2.15/24");
    EXPECT_EQ(plan.addresses[0].broadcast, Ipv4Address(10, 0, 2, 255));
    EXPECT_EQ(plan.addresses[0].valid_for, 3590s) << "what is left of the lease";
    ASSERT_THAT(plan.routes, SizeIs(2));
    EXPECT_EQ(plan.routes[0].destination, Prefix::parse("10.0.2.0/24"));
    EXPECT_FALSE(plan.routes[0].gateway);
    EXPECT_EQ(to_string(plan.routes[1]), "default via 10.0.2.1");
    for (const auto& route : plan.routes) EXPECT_EQ(route.source, Ipv4Address(10, 0, 2, 15)) << to_string(route);
    EXPECT_FALSE(plan.mtu);
}

TEST(PlanForTest, WhatIsLeftNeverGoesBelowNothing) {
    EXPECT_GE(plan_of(ack(), {}, 2h).addresses.at(0).valid_for.value(), 0s);
    EXPECT_LE(plan_of(ack(), {}, 2h).addresses.at(0).valid_for.value(), 1s);
}

TEST(PlanForTest, AnInfiniteLeaseStays) {
    auto message = ack();
    message.options.set_u32(OptionCode::lease_time, 0xffffffff);
    EXPECT_FALSE(plan_of(message).addresses.at(0).valid_for);
}

TEST(PlanForTest, ACallerWhoWillNotRenewGetsAnAddressThatStays) {
    EXPECT_FALSE(plan_of(ack(), {.default_route = true, .metric = 0, .forever = true}).addresses.at(0).valid_for);
}

TEST(PlanForTest, PreferencesChooseMetricAndDefaultRoute) {
    for (const auto& route : plan_of(ack(), {.default_route = true, .metric = 700, .forever = false}).routes) {
        EXPECT_EQ(route.metric, 700U) << to_string(route);
    }
    const auto plan = plan_of(ack(), {.default_route = false, .metric = 0, .forever = false});
    EXPECT_TRUE(std::ranges::none_of(plan.routes, [](const Route& route) { return route.destination.is_default(); }));
    EXPECT_THAT(plan.routes, SizeIs(1));
}

// 10.0.0.0/8 and 10.7.0.0/16, by the subnet's router.
const Bytes kTens{8, 10, 10, 0, 2, 1, 16, 10, 7, 10, 0, 2, 1};

TEST(PlanForTest, TheDefaultRouteIsNeededAndOtherRoutesOfTheLeaseAreAdvice) {
    auto message = ack();
    message.options.set(kClassless, Bytes{8, 10, 10, 0, 2, 1, 0, 10, 0, 2, 1, 1, 128, 10, 0, 2, 1});
    RoutePreferences preferences;
    Route own;
    own.destination = Prefix({172, 16, 0, 0}, 12);
    own.gateway = kRouter;
    preferences.routes = {own};
    std::vector<std::string> advised;
    for (const auto& route : plan_of(message, preferences).routes) {
        if (route.is_advice) advised.push_back(to_string(route));
    }
    EXPECT_THAT(advised, ElementsAre("10.0.0.0/8 via 10.0.2.1", "128.0.0.0/1 via 10.0.2.1"));
}

TEST(PlanForTest, AnInterfaceThatIsNoWayOutTakesNoRouteOfItsServer) {
    const Bytes kCovers[] = {
        {0, 10, 0, 2, 1},                                                                   // all
        {1, 0, 10, 0, 2, 1, 1, 128, 10, 0, 2, 1},                                           // its halves
        {2, 0, 10, 0, 2, 1, 2, 64, 10, 0, 2, 1, 2, 128, 10, 0, 2, 1, 2, 192, 10, 0, 2, 1},  // its quarters
        {24, 192, 168, 64, 10, 0, 2, 1, 32, 192, 168, 64, 1, 10, 0, 2, 1},                  // another's subnet
        {32, 169, 254, 169, 254, 10, 0, 2, 1, 32, 169, 254, 169, 254, 0, 0, 0, 0, 8, 10, 0, 0, 0, 0},
    };
    for (const auto& cover : kCovers) {
        auto message = ack();
        message.options.set(kClassless, cover);
        EXPECT_THAT(plan_of(message, {.default_route = false}).routes, SizeIs(1));
    }
    auto by_other_names = without_option(ack(), OptionCode::router);
    by_other_names.options.set(OptionCode::static_route, Bytes{64, 0, 0, 0, 10, 0, 2, 1, 128, 1, 0, 0, 10, 0, 2, 1});
    EXPECT_THAT(plan_of(by_other_names, {.default_route = false}).routes, SizeIs(1));
}

TEST(PlanForTest, AnInterfaceThatIsNoWayOutTakesTheRoutesThatItMayHave) {
    auto message = ack();
    message.options.set(kClassless, kTens);
    const auto destinations = [&](std::vector<Prefix> accepted) {
        std::vector<std::string> texts;
        for (const auto& route : plan_of(message, {.default_route = false, .accept_routes = accepted}).routes)
            texts.push_back(route.destination.to_string());
        return texts;
    };
    EXPECT_THAT(destinations({}), ElementsAre("10.0.2.0/24"));
    EXPECT_THAT(destinations({Prefix({10, 0, 0, 0}, 8)}), ElementsAre("10.0.2.0/24", "10.0.0.0/8", "10.7.0.0/16"));
    EXPECT_THAT(destinations({Prefix({10, 7, 0, 0}, 16)}), ElementsAre("10.0.2.0/24", "10.7.0.0/16"));
    EXPECT_THAT(destinations({Prefix({10, 7, 7, 0}, 24)}), ElementsAre("10.0.2.0/24")) << "a part of it is not enough";
}

// The way to it would be a route as well, and by it what another interface has to reach.
TEST(PlanForTest, AnAcceptedRouteBringsNoWayToAGatewayElsewhere) {
    auto message = ack();
    message.options.set(kClassless,
                        Bytes{24, 10, 5, 1, 8, 8, 8, 8, 24, 10, 5, 2, 10, 5, 0, 1, 24, 10, 5, 3, 0, 0, 0, 0});
    std::vector<std::string> texts;
    for (const auto& route :
         plan_of(message, {.default_route = false, .accept_routes = {Prefix({10, 5, 0, 0}, 16)}}).routes)
        texts.push_back(route.destination.to_string());
    EXPECT_THAT(texts, ::testing::UnorderedElementsAre("10.0.2.0/24", "10.5.0.1/32", "10.5.2.0/24", "10.5.3.0/24"));
}

TEST(PlanForTest, AMaskThatIsTooWidePutsNoGatewayWithinReach) {
    auto message = ack();
    message.options.set_address(OptionCode::subnet_mask, {240, 0, 0, 0});
    message.options.set(kClassless, Bytes{24, 10, 5, 1, 8, 8, 8, 8});
    EXPECT_THAT(plan_of(message, {.default_route = false, .accept_routes = {Prefix({10, 5, 0, 0}, 16)}}).routes,
                IsEmpty());
}

TEST(PlanForTest, WhereAllIsAcceptedNothingWideIs) {
    auto message = ack();
    message.options.set(kClassless,
                        Bytes{2, 64, 10, 0, 2, 1, 7, 16, 10, 0, 2, 1, 8, 10, 10, 0, 2, 1, 1, 0, 10, 0, 2, 1});
    std::vector<std::string> texts;
    for (const auto& route : plan_of(message, {.default_route = false, .accept_routes = {Prefix{}}}).routes)
        texts.push_back(route.destination.to_string());
    EXPECT_THAT(texts, ElementsAre("10.0.2.0/24", "10.0.0.0/8"));
}

TEST(PlanForTest, WhatIsLeftOutThereIsSpokenOf) {
    auto message = ack();
    message.options.set(kClassless, Bytes{0, 10, 0, 2, 1, 1, 128, 10, 0, 2, 1, 16, 10, 7, 10, 0, 2, 1});
    const std::string why =
        " is left out: this interface is no way out (default_route = false), and accept_routes does not have that";
    EXPECT_THAT(
        remarks_on(lease_of(message), {.default_route = false}),
        ElementsAre("the DHCP server's route to 128.0.0.0/1" + why, "the DHCP server's route to 10.7.0.0/16" + why));
    EXPECT_THAT(remarks_on(lease_of(message), {.default_route = false, .accept_routes = {Prefix({10, 0, 0, 0}, 8)}}),
                ElementsAre("the DHCP server's route to 128.0.0.0/1" + why));
    EXPECT_THAT(remarks_on(lease_of(message), {}), IsEmpty());
}

TEST(PlanForTest, AMaskMakesNoWayOutEither) {
    for (const auto& [mask, routes] :
         {std::pair(Ipv4Address(128, 0, 0, 0), 0U), {Ipv4Address(254, 0, 0, 0), 0U}, {Ipv4Address(255, 0, 0, 0), 1U}}) {
        auto message = without_option(ack(), OptionCode::router);
        message.options.set_address(OptionCode::subnet_mask, mask);
        const auto plan = plan_of(message, {.default_route = false});
        EXPECT_THAT(plan.routes, SizeIs(routes)) << mask.to_string();
        EXPECT_EQ(plan.addresses.at(0).prefix_length, routes == 0 ? 32 : 8);
        EXPECT_THAT(remarks_on(lease_of(message), {.default_route = false}), SizeIs(1 - routes));
        EXPECT_THAT(plan_of(message).routes, SizeIs(1)) << "where it may lead out it does";
    }
}

// eth0: 10.0.2.15 is in none of its networks, 10.0.0.0/9 has its name server in it.
RoutePreferences beside_an_uplink(std::vector<Prefix> accepted = {}) {
    NetworkPlan plan;
    plan.addresses.push_back({.local = Ipv4Address(192, 168, 7, 2), .prefix_length = 24});
    const Route routes[] = {{.gateway = Ipv4Address(192, 168, 7, 1)}};
    plan.routes = complete_routes(plan.addresses.front(), routes, 0);
    plan.name_servers = {Ipv4Address(10, 0, 2, 53), Ipv4Address(10, 99, 0, 53)};
    return {.default_route = false, .accept_routes = std::move(accepted), .claims = {claim_of("eth0", plan, {})}};
}

TEST(PlanForTest, AMaskTakesNothingFromAnotherInterface) {
    const auto message = without_option(ack(), OptionCode::router);
    const auto plan = plan_of(message, beside_an_uplink());
    EXPECT_EQ(to_string(plan.addresses.at(0)), "10.0.2.15/32");
    EXPECT_FALSE(plan.addresses.at(0).broadcast);
    EXPECT_THAT(plan.routes, IsEmpty());
    EXPECT_THAT(remarks_on(lease_of(message), beside_an_uplink()),
                ElementsAre("DHCP option 1 (subnet mask) gives 10.0.2.0/24, which would take over eth0's name server "
                            "10.0.2.53, and this interface is no way out (default_route = false): the address gets "
                            "/32"));
    auto as_way_out = beside_an_uplink();
    as_way_out.default_route = true;
    EXPECT_EQ(to_string(plan_of(message, as_way_out).addresses.at(0)), "10.0.2.15/24") << "it is trusted with all";
    EXPECT_THAT(remarks_on(lease_of(message), as_way_out), IsEmpty());
}

TEST(PlanForTest, AnAcceptedRouteTakesNothingFromAnotherInterface) {
    auto message = without_option(ack(), OptionCode::router);
    message.options.set_address(OptionCode::subnet_mask, {255, 255, 255, 224});
    // 10.99.0.0/16, 10.98.0.0/16 and 192.168.7.1 by the subnet; 10.97.0.0/16 by a gateway that is a name server.
    message.options.set(kClassless, Bytes{16,  10,  99, 10, 0,  2, 1, 16, 10, 98, 10, 0,  2,  1, 32,
                                          192, 168, 7,  1,  10, 0, 2, 1,  16, 10, 97, 10, 99, 0, 53});
    const auto preferences = beside_an_uplink({Prefix({10, 0, 0, 0}, 8), Prefix({192, 168, 0, 0}, 16)});
    std::vector<std::string> texts;
    for (const auto& route : plan_of(message, preferences).routes) texts.push_back(to_string(route));
    EXPECT_THAT(texts, ElementsAre("10.0.2.0/27", "10.98.0.0/16 via 10.0.2.1"));
    const std::string why =
        " is left out: this interface is no way out (default_route = false), and it would take over ";
    EXPECT_THAT(remarks_on(lease_of(message), preferences),
                ElementsAre("the DHCP server's route to 10.99.0.0/16" + why + "eth0's name server 10.99.0.53",
                            "the DHCP server's route to 192.168.7.1/32" + why + "eth0's gateway 192.168.7.1",
                            "the DHCP server's route to 10.97.0.0/16" + why + "eth0's name server 10.99.0.53"));
}

TEST(PlanForTest, AnAddressThatIsAnothersGatewayIsNotPutOnTheLink) {
    auto message = without_option(ack(), OptionCode::router);
    message.yiaddr = {192, 168, 7, 1};
    EXPECT_THAT(plan_of(message, beside_an_uplink()).addresses, IsEmpty());
    EXPECT_EQ(why_without_address(lease_of(message), beside_an_uplink()),
              "the leased address is eth0's gateway 192.168.7.1, and this interface is no way out (default_route = "
              "false): the lease is kept, and not put to use");
    message.yiaddr = {192, 168, 7, 9};
    EXPECT_EQ(why_without_address(lease_of(message), beside_an_uplink()), "");
    EXPECT_EQ(to_string(plan_of(message, beside_an_uplink()).addresses.at(0)), "192.168.7.9/32");
}

TEST(PlanForTest, RoutesOfTheConfigStayWhereALeaseMayHaveNone) {
    auto preferences = beside_an_uplink();
    Route own;
    own.destination = Prefix({10, 0, 2, 0}, 24);
    preferences.routes = {own};
    EXPECT_THAT(plan_of(without_option(ack(), OptionCode::router), preferences).routes, SizeIs(1));
}

TEST(PlanForTest, AThirtyTwoBitLeaseReachesItsGatewayByAHostRoute) {
    auto message = ack();
    message.options.set_address(OptionCode::subnet_mask, kBroadcastAddress);
    const auto plan = plan_of(message);
    EXPECT_EQ(to_string(plan.addresses.at(0)), "10.0.2.15/32");
    EXPECT_FALSE(plan.addresses.at(0).broadcast);
    expect_reachable_gateways(plan);
    EXPECT_TRUE(std::ranges::any_of(
        plan.routes, [](const Route& route) { return route.destination == Prefix(kRouter, 32) && !route.gateway; }));
    EXPECT_EQ(to_string(plan.routes.back()), "default via 10.0.2.1");
}

TEST(PlanForTest, AMissingMaskReachesItsGatewayAllTheSame) {
    const auto plan = plan_of(without_option(ack(), OptionCode::subnet_mask));
    expect_reachable_gateways(plan);
    EXPECT_EQ(to_string(plan.routes.back()), "default via 10.0.2.1");
}

TEST(PlanForTest, AGatewayOutsideTheSubnetIsReachedByAHostRouteBeforeIt) {
    auto message = ack();
    message.options.set_address(OptionCode::router, {192, 168, 7, 1});
    const auto plan = plan_of(message);
    expect_reachable_gateways(plan);
    EXPECT_EQ(to_string(plan.routes.back()), "default via 192.168.7.1");
}

TEST(PlanForTest, TheGooglePatternGetsNoSecondHostRoute) {
    auto message = without_option(ack(), OptionCode::router);
    message.options.set_address(OptionCode::subnet_mask, kBroadcastAddress);
    message.options.set(kClassless, Bytes{32, 10, 0, 2, 1, 0, 0, 0, 0, 0, 10, 0, 2, 1});
    const auto plan = plan_of(message);
    expect_reachable_gateways(plan);
    EXPECT_EQ(
        std::ranges::count_if(plan.routes, [](const Route& route) { return route.destination == Prefix(kRouter, 32); }),
        1);
}

TEST(PlanForTest, AThirtyOneBitLeaseHasItsGatewayOnLinkAndNoBroadcastAddress) {
    auto message = ack();
    message.options.set_address(OptionCode::subnet_mask, {255, 255, 255, 254});
    message.options.set_address(OptionCode::router, {10, 0, 2, 14});
    const auto plan = plan_of(message);
    EXPECT_FALSE(plan.addresses.at(0).broadcast);
    expect_reachable_gateways(plan);
    EXPECT_THAT(plan.routes, SizeIs(2)) << "the subnet and the default route";
}

TEST(PlanForTest, AGatewayOfZeroIsAnOnLinkRoute) {
    auto message = ack();
    message.options.set(kClassless, Bytes{16, 172, 16, 0, 0, 0, 0});
    const auto plan = plan_of(message);
    EXPECT_EQ(plan.routes.back().destination, Prefix::parse("172.16.0.0/16"));
    EXPECT_FALSE(plan.routes.back().gateway);
}

TEST(PlanForTest, SeveralRoutesOverOneForeignGatewayNeedItsHostRouteOnce) {
    auto message = ack();
    message.options.set(kClassless, Bytes{16, 172, 16, 192, 168, 7, 1, 16, 172, 17, 192, 168, 7, 1});
    const auto plan = plan_of(message);
    expect_reachable_gateways(plan);
    EXPECT_THAT(plan.routes, SizeIs(4));
}

TEST(PlanForTest, WhatTheConfigSaysOfMtuAndRoutesComesFirst) {
    auto message = ack();
    message.options.set_u16(OptionCode::interface_mtu, 1400);
    message.options.set(kClassless, kTenEight);
    RoutePreferences preferences;
    preferences.mtu = 1300;
    preferences.routes = {
        {Prefix::parse("10.0.0.0/8").value(), Ipv4Address(10, 0, 2, 77), std::nullopt, 0},
        {Prefix::parse("172.16.0.0/12").value(), Ipv4Address(10, 0, 2, 78), std::nullopt, 5},
    };
    const auto plan = plan_of(message, preferences);
    EXPECT_EQ(plan.mtu, 1300);
    std::vector<std::string> routes;
    for (const auto& route : plan.routes) routes.push_back(to_string(route));
    EXPECT_THAT(routes, ElementsAre("10.0.2.0/24", "10.0.0.0/8 via 10.0.2.77", "172.16.0.0/12 via 10.0.2.78 metric 5"));
}

TEST(PlanForTest, NamesAndMtuComeAlong) {
    auto message = ack();
    message.options.set(OptionCode::name_server, Bytes{10, 0, 2, 3});
    message.options.set(OptionCode::domain_search, Bytes{1, 'a', 1, 'b', 0});
    message.options.set_u16(OptionCode::interface_mtu, 1400);
    const auto plan = plan_of(message);
    EXPECT_THAT(plan.name_servers, ElementsAre(Ipv4Address(10, 0, 2, 3)));
    EXPECT_THAT(plan.search_domains, ElementsAre("a.b"));
    EXPECT_EQ(plan.mtu, 1400);
}

}  // namespace
}  // namespace nlinit::dhcp
