// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/configurator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>

#include "nlinit/net/route_plan.hpp"
#include "nlinit/netlink/addresses.hpp"
#include "nlinit/netlink/links.hpp"
#include "support/cable.hpp"
#include "support/kernel_view.hpp"
#include "support/result.hpp"

namespace nlinit::netlink {
namespace {

using namespace std::chrono_literals;
using test::is_ok;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr Ipv4Address kRouter(192, 0, 2, 1);

// As a lease would have it: address, its subnet, and the way out.
NetworkPlan plan_with(Ipv4Address address, std::uint8_t length, Ipv4Address router) {
    NetworkPlan plan;
    InterfaceAddress own{.local = address, .prefix_length = length};
    if (const Prefix subnet(address, length); subnet.has_broadcast()) own.broadcast = subnet.broadcast();
    plan.addresses = {own};
    const Route way_out{Prefix{}, router, std::nullopt, 0};
    plan.routes = complete_routes(own, {&way_out, 1}, 0);
    return plan;
}

NetworkPlan usual_plan() {
    return plan_with({192, 0, 2, 50}, 24, kRouter);
}

class ConfiguratorTest : public ::testing::Test {
  protected:
    ConfiguratorTest() : socket_(open_socket()), configurator_(socket_) { test::set_link_up("eth0", cable_.client); }

    Socket open_socket() const {
        const auto inside = cable_.client.enter();
        auto socket = Socket::open();
        EXPECT_TRUE(is_ok(socket));
        return *std::move(socket);
    }
    Link link() { return *find_link(socket_, "eth0"); }
    std::vector<Error> apply(const NetworkPlan& current, const NetworkPlan& wanted) {
        return configurator_.apply(link(), current, wanted, RouteOrigin::dhcp);
    }
    [[nodiscard]] std::vector<std::string> addresses() const { return test::addresses_of("eth0", cable_.client); }
    [[nodiscard]] std::vector<std::string> routes() const { return test::routes_of("eth0", cable_.client); }

    test::Cable cable_;
    Socket socket_;
    Configurator configurator_;
};

TEST_F(ConfiguratorTest, AddressSubnetAndDefaultRouteAreThereAfterOneCall) {
    EXPECT_THAT(apply({}, usual_plan()), IsEmpty());
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 src 192.0.2.50 proto dhcp scope link",
                                      "default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
}

TEST_F(ConfiguratorTest, DoingItAgainChangesNothing) {
    EXPECT_THAT(apply({}, usual_plan()), IsEmpty());
    const auto before = routes();
    EXPECT_THAT(apply({}, usual_plan()), IsEmpty()) << "what is there already is no failure";
    EXPECT_EQ(routes(), before);
    EXPECT_THAT(addresses(), SizeIs(1));
}

TEST_F(ConfiguratorTest, FromAPlanToItselfNothingIsSent) {
    EXPECT_THAT(apply({}, usual_plan()), IsEmpty());
    test::KernelEvents events(cable_.client);
    EXPECT_THAT(apply(usual_plan(), usual_plan()), IsEmpty());
    EXPECT_THAT(events.take(), IsEmpty());
}

TEST_F(ConfiguratorTest, ANewLifetimeReplacesTheOldOneInPlace) {
    auto plan = usual_plan();
    plan.addresses[0].valid_for = 60s;
    EXPECT_THAT(apply({}, plan), IsEmpty());
    test::KernelEvents events(cable_.client);
    auto renewed = plan;
    renewed.addresses[0].valid_for = 600s;
    EXPECT_THAT(apply(plan, renewed), IsEmpty());
    EXPECT_THAT(events.take(), ElementsAre("new address 192.0.2.50/24"));
    EXPECT_GE(test::lifetime_of("192.0.2.50/24", "eth0", cable_.client).value_or(0), 590U);
}

// With promote_secondaries off, the kernel drops a secondary address together with the primary of its subnet.
TEST_F(ConfiguratorTest, AStaleAddressOfTheSameSubnetGoesFirstAndTheNewOneSurvives) {
    test::add_address("192.0.2.9/24", "eth0", cable_.client);
    const auto stale = configurator_.stale(link().index, std::array{Family::kIpv4});
    ASSERT_TRUE(is_ok(stale));
    EXPECT_THAT(apply(*stale, usual_plan()), IsEmpty());
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_THAT(routes(), Contains(HasSubstr("default via 192.0.2.1")));
}

TEST_F(ConfiguratorTest, AStaleAddressOfAnotherSubnetGoesAfterTheNewOneHasCome) {
    test::add_address("10.9.9.9/8", "eth0", cable_.client);
    const auto stale = configurator_.stale(link().index, std::array{Family::kIpv4});
    ASSERT_TRUE(is_ok(stale));
    test::KernelEvents events(cable_.client);
    EXPECT_THAT(apply(*stale, usual_plan()), IsEmpty());
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    const auto seen = events.take();
    const auto come = std::ranges::find(seen, "new address 192.0.2.50/24");
    EXPECT_NE(std::find(come, seen.end(), "gone address 10.9.9.9/8"), seen.end());
}

TEST_F(ConfiguratorTest, TheSameAddressWithAnotherLengthTakesTheOldOnesPlace) {
    EXPECT_THAT(apply({}, plan_with({192, 0, 2, 50}, 16, kRouter)), IsEmpty());
    EXPECT_THAT(apply(plan_with({192, 0, 2, 50}, 16, kRouter), usual_plan()), IsEmpty());
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 src 192.0.2.50 proto dhcp scope link",
                                      "default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
}

TEST_F(ConfiguratorTest, AStaleDefaultRouteIsReplacedAndOtherRoutesOfOthersStay) {
    EXPECT_THAT(apply({}, plan_with({192, 0, 2, 50}, 24, {192, 0, 2, 254})), IsEmpty());
    ASSERT_TRUE(is_ok(socket_.transact(
        make_add_route(link().index, {Prefix({10, 0, 0, 0}, 8), kRouter, std::nullopt, 0}, RouteOrigin::fixed))));
    const auto stale = configurator_.stale(link().index, std::array{Family::kIpv4});
    ASSERT_TRUE(is_ok(stale));
    EXPECT_THAT(apply(*stale, usual_plan()), IsEmpty());
    EXPECT_THAT(routes(), ElementsAre("10.0.0.0/8 via 192.0.2.1 proto static",
                                      "192.0.2.0/24 src 192.0.2.50 proto dhcp scope link",
                                      "default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
}

// Of a DHCP client that ran before: what its server does not say any more, and the network of a narrower mask.
TEST_F(ConfiguratorTest, RoutesOfAnotherRunOfDhcpGo) {
    auto before = plan_with({192, 0, 2, 50}, 16, kRouter);
    before.routes.push_back({Prefix({10, 0, 0, 0}, 8), kRouter, std::nullopt, 0});
    EXPECT_THAT(apply({}, before), IsEmpty());
    ASSERT_TRUE(is_ok(socket_.transact(
        make_add_route(link().index, {Prefix({172, 16, 0, 0}, 12), kRouter, std::nullopt, 0}, RouteOrigin::fixed))));
    const auto stale = configurator_.stale(link().index, std::array{Family::kIpv4});
    ASSERT_TRUE(is_ok(stale));
    EXPECT_THAT(apply(*stale, usual_plan()), IsEmpty());
    EXPECT_THAT(routes(), ElementsAre("172.16.0.0/12 via 192.0.2.1 proto static",
                                      "192.0.2.0/24 src 192.0.2.50 proto dhcp scope link",
                                      "default via 192.0.2.1 src 192.0.2.50 proto dhcp"))
        << "what somebody has made by hand stays";
}

TEST_F(ConfiguratorTest, AStaleDefaultRouteOfAnotherMetricGoes) {
    EXPECT_THAT(apply({}, usual_plan()), IsEmpty());
    ASSERT_TRUE(is_ok(
        socket_.transact(make_add_route(link().index, {Prefix{}, kRouter, std::nullopt, 100}, RouteOrigin::fixed))));
    const auto stale = configurator_.stale(link().index, std::array{Family::kIpv4});
    ASSERT_TRUE(is_ok(stale));
    EXPECT_THAT(apply(*stale, usual_plan()), IsEmpty());
    EXPECT_THAT(routes(), Not(Contains(HasSubstr("metric 100"))));
}

TEST_F(ConfiguratorTest, ASingleHostsAddressReachesAGatewayThatIsNotOnItsLink) {
    EXPECT_THAT(apply({}, plan_with({203, 0, 113, 9}, 32, kRouter)), IsEmpty());
    EXPECT_THAT(addresses(), ElementsAre("203.0.113.9/32"));
    EXPECT_THAT(routes(), ElementsAre("192.0.2.1 src 203.0.113.9 proto dhcp scope link",
                                      "default via 192.0.2.1 src 203.0.113.9 proto dhcp"));
}

TEST_F(ConfiguratorTest, APairOfTwoHostsCanRouteToTheOther) {
    EXPECT_THAT(apply({}, plan_with({192, 0, 2, 0}, 31, kRouter)), IsEmpty());
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.0/31"));
    EXPECT_THAT(routes(), Contains("default via 192.0.2.1 src 192.0.2.0 proto dhcp"));
}

TEST_F(ConfiguratorTest, WhatFailsIsToldOneByOneAndTheRestIsDone) {
    auto plan = usual_plan();
    plan.routes.push_back({Prefix({10, 0, 0, 0}, 8), Ipv4Address(203, 0, 113, 1), std::nullopt, 0});
    plan.routes.push_back({Prefix({172, 16, 0, 0}, 12), kRouter, std::nullopt, 0});
    plan.routes.push_back({Prefix({10, 1, 0, 0}, 16), std::nullopt, Ipv4Address(203, 0, 113, 2), 0});
    const auto failures = apply({}, plan);
    ASSERT_THAT(failures, SizeIs(2));
    EXPECT_EQ(to_string(failures[0]),
              "add route 10.0.0.0/8 via 203.0.113.1 (Nexthop has invalid gateway): Network is unreachable");
    EXPECT_THAT(to_string(failures[1]), HasSubstr("add route 10.1.0.0/16"));
    EXPECT_THAT(routes(), Contains("172.16.0.0/12 via 192.0.2.1 proto dhcp"));
}

TEST_F(ConfiguratorTest, ARouteBeforeTheWayToItsGatewayIsTriedAgainAndThere) {
    auto plan = usual_plan();
    std::ranges::reverse(plan.routes);
    EXPECT_THAT(apply({}, plan), IsEmpty());
    EXPECT_THAT(routes(), Contains("default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
}

TEST_F(ConfiguratorTest, TakingBackAPlanLeavesNothing) {
    EXPECT_THAT(apply({}, usual_plan()), IsEmpty());
    EXPECT_THAT(apply(usual_plan(), {}), IsEmpty());
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(routes(), IsEmpty());
}

TEST_F(ConfiguratorTest, TakingBackWhatIsGoneAlreadyIsNoFailure) {
    EXPECT_THAT(apply(usual_plan(), {}), IsEmpty());
}

// Some drivers drop the carrier when they are told the MTU that they have. Were it sent, the link would get it here.
TEST_F(ConfiguratorTest, AnMtuThatTheLinkIsSaidToHaveIsNotSetAgain) {
    auto claimed = link();
    claimed.mtu = 1400;
    auto plan = usual_plan();
    plan.mtu = 1400;
    EXPECT_THAT(configurator_.apply(claimed, {}, plan, RouteOrigin::dhcp), IsEmpty());
    EXPECT_EQ(test::link_of("eth0", cable_.client)->mtu, 1500U);
}

TEST_F(ConfiguratorTest, AnMtuIsSet) {
    auto plan = usual_plan();
    plan.mtu = 1400;
    EXPECT_THAT(apply({}, plan), IsEmpty());
    EXPECT_EQ(test::link_of("eth0", cable_.client)->mtu, 1400U);
    EXPECT_TRUE(test::link_of("eth0", cable_.client)->up);
}

TEST_F(ConfiguratorTest, AnMtuIsClampedToWhatTheDeviceCanDo) {
    auto narrow = link();
    narrow.max_mtu = 1450;  // a veth takes any
    auto plan = usual_plan();
    plan.mtu = 9000;
    EXPECT_THAT(configurator_.apply(narrow, {}, plan, RouteOrigin::dhcp), IsEmpty());
    EXPECT_EQ(test::link_of("eth0", cable_.client)->mtu, 1450U);
    EXPECT_EQ(clamping_of(narrow, plan), "an MTU of 9000 is more than the 1450 that eth0 can have: it gets 1450");
    plan.mtu = 60;
    EXPECT_EQ(clamping_of(narrow, plan), "an MTU of 60 is less than the 68 that eth0 can have: it gets 68");
    plan.mtu = 1450;
    EXPECT_EQ(clamping_of(narrow, plan), "");
    EXPECT_EQ(clamping_of(narrow, usual_plan()), "");
}

TEST_F(ConfiguratorTest, AnMtuThatTheDeviceRefusesKeepsNothingElseBack) {
    auto link_without_limits = link();
    link_without_limits.min_mtu = 0;
    auto plan = usual_plan();
    plan.mtu = 10;
    const auto failures = configurator_.apply(link_without_limits, {}, plan, RouteOrigin::dhcp);
    ASSERT_THAT(failures, SizeIs(1));
    EXPECT_THAT(failures[0].what, HasSubstr("set the MTU to 10 (mtu less than device minimum)"));
    EXPECT_THAT(routes(), Contains(HasSubstr("default via 192.0.2.1")));
    EXPECT_TRUE(test::link_of("eth0", cable_.client)->up);
}

TEST_F(ConfiguratorTest, AnMtuOfAServersThatTheDeviceRefusesIsNoFailure) {
    auto link_without_limits = link();
    link_without_limits.min_mtu = 0;
    auto plan = usual_plan();
    plan.mtu = 10;
    plan.mtu_is_advice = true;
    EXPECT_THAT(configurator_.apply(link_without_limits, {}, plan, RouteOrigin::dhcp), IsEmpty());
    ASSERT_TRUE(configurator_.refused_mtu());
    EXPECT_THAT(configurator_.refused_mtu()->what, HasSubstr("set the MTU to 10"));
    plan.mtu.reset();
    EXPECT_THAT(configurator_.apply(link(), plan, plan, RouteOrigin::dhcp), IsEmpty());
    EXPECT_FALSE(configurator_.refused_mtu());
}

TEST_F(ConfiguratorTest, ALinkWithoutAddressesHasNothingStale) {
    const auto stale = configurator_.stale(link().index, std::array{Family::kIpv4});
    ASSERT_TRUE(is_ok(stale));
    EXPECT_EQ(*stale, NetworkPlan{});
}

TEST_F(ConfiguratorTest, APlanForALinkThatIsGoneFailsWithEveryRequest) {
    auto gone = link();
    test::delete_link("eth0", cable_.client);
    const auto failures = configurator_.apply(gone, {}, usual_plan(), RouteOrigin::dhcp);
    ASSERT_THAT(failures, SizeIs(3));
    EXPECT_EQ(failures[0].code, ENODEV) << to_string(failures[0]);
    EXPECT_EQ(failures[1].code, ENODEV) << to_string(failures[1]);
}

// usual_plan() with one address of IPv6 beside it, whose gateway lies outside its network.
NetworkPlan plan_of_both_families() {
    auto plan = usual_plan();
    plan.addresses.push_back({.local = IpAddress::parse("2001:db8::2").value(), .prefix_length = 64, .unprobed = true});
    const Route way_out{.destination = IpPrefix::everything(Family::kIpv6),
                        .gateway = IpAddress::parse("2001:db8:1::1").value()};
    for (const auto& route : complete_routes(plan.addresses.back(), {&way_out, 1}, 0)) plan.routes.push_back(route);
    return plan;
}

class BothFamiliesTest : public ConfiguratorTest {
  protected:
    [[nodiscard]] std::vector<std::string> ipv6_addresses() const {
        return test::addresses_of("eth0", cable_.client, Family::kIpv6);
    }
    [[nodiscard]] std::vector<std::string> ipv6_routes() const {
        return test::routes_of("eth0", cable_.client, Family::kIpv6);
    }
    static constexpr std::array kBoth{Family::kIpv4, Family::kIpv6};
};

TEST_F(BothFamiliesTest, AreThereAfterOneCallAndGoneAfterAnother) {
    EXPECT_THAT(apply({}, plan_of_both_families()), IsEmpty());
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_THAT(routes(), SizeIs(2));
    EXPECT_THAT(ipv6_addresses(), ElementsAre("2001:db8::2/64 nodad"));
    EXPECT_THAT(ipv6_routes(),
                ElementsAre("2001:db8:1::1 proto dhcp metric 1024", "2001:db8::/64 proto dhcp metric 1024",
                            "default via 2001:db8:1::1 proto dhcp metric 1024"));
    EXPECT_THAT(apply(plan_of_both_families(), {}), IsEmpty());
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(ipv6_addresses(), IsEmpty());
    EXPECT_THAT(ipv6_routes(), IsEmpty());
}

TEST_F(BothFamiliesTest, OneRefusedRequestAmongManyIsNamedAndTheOthersHold) {
    auto plan = plan_of_both_families();
    plan.routes.push_back(
        {.destination = IpPrefix::parse("fd00::/8").value(), .gateway = IpAddress::parse("2001:db8:ffff::1").value()});
    const auto errors = apply({}, plan);
    ASSERT_THAT(errors, SizeIs(1));
    EXPECT_THAT(errors[0].what, ::testing::StartsWith("add route fd00::/8 via 2001:db8:ffff::1"));
    EXPECT_THAT(routes(), SizeIs(2));
    EXPECT_THAT(ipv6_routes(), SizeIs(3));
}

TEST_F(BothFamiliesTest, WhatIsStaleIsReadOfTheFamiliesThatAreAskedFor) {
    EXPECT_THAT(apply({}, plan_of_both_families()), IsEmpty());
    const auto both = configurator_.stale(link().index, kBoth);
    ASSERT_TRUE(is_ok(both));
    EXPECT_THAT(both->addresses, SizeIs(2));
    EXPECT_THAT(both->routes, SizeIs(3)) << "the default routes, and what DHCP has made of IPv4";
    const auto of_ipv6 = configurator_.stale(link().index, std::array{Family::kIpv6});
    ASSERT_TRUE(is_ok(of_ipv6));
    ASSERT_THAT(of_ipv6->addresses, SizeIs(1));
    EXPECT_EQ(to_string(of_ipv6->addresses[0]), "2001:db8::2/64");
    EXPECT_THAT(of_ipv6->routes, SizeIs(1));
}

TEST_F(BothFamiliesTest, AnAddressOfIpv6IsReplacedByItsNeighbourInOneSend) {
    EXPECT_THAT(apply({}, plan_of_both_families()), IsEmpty());
    auto next = plan_of_both_families();
    next.addresses.back().local = IpAddress::parse("2001:db8::3").value();
    EXPECT_THAT(apply(plan_of_both_families(), next), IsEmpty());
    EXPECT_THAT(ipv6_addresses(), ElementsAre("2001:db8::3/64 nodad"));
    EXPECT_THAT(ipv6_routes(), SizeIs(3)) << "routes stay where they are";
}

// Some kernels let the two stand beside one another.
TEST_F(BothFamiliesTest, ARouteThatIsOnLinkNowHasNoGatewayLeft) {
    NetworkPlan by_gateway, on_link;
    by_gateway.routes = {
        {.destination = IpPrefix::parse("fd00::/8").value(), .gateway = IpAddress::parse("fe80::1").value()}};
    on_link.routes = {{.destination = IpPrefix::parse("fd00::/8").value()}};
    EXPECT_THAT(apply({}, by_gateway), IsEmpty());
    EXPECT_THAT(apply(by_gateway, on_link), IsEmpty());
    EXPECT_THAT(ipv6_routes(), ElementsAre("fd00::/8 proto dhcp metric 1024"));
    EXPECT_THAT(apply(on_link, by_gateway), IsEmpty());
    EXPECT_THAT(ipv6_routes(), ElementsAre("fd00::/8 via fe80::1 proto dhcp metric 1024"));
}

}  // namespace
}  // namespace nlinit::netlink
