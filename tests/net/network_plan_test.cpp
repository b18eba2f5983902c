// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/network_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/printers.hpp"

namespace nlinit {
namespace {

TEST(LinkTest, CarrierChangesAreCountedThroughTheWrap) {
    Link before, after;
    before.carrier_changes = 0xffffffff;
    after.carrier_changes = 1;
    EXPECT_EQ(carrier_changes_between(before, after), 2);
    EXPECT_EQ(carrier_changes_between(after, before), -2);
    EXPECT_EQ(carrier_changes_between(after, after), 0);
}

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

IpAddress host(std::string_view text) {
    return IpAddress::parse(text).value();
}

InterfaceAddress address(std::string_view local, std::uint8_t length,
                         std::optional<std::chrono::seconds> valid_for = std::nullopt) {
    return {.local = host(local), .prefix_length = length, .valid_for = valid_for};
}

Route route(std::string_view destination, std::string_view gateway = {}, std::string_view source = {}) {
    Route made{.destination = IpPrefix::parse(destination).value()};
    if (!gateway.empty()) made.gateway = host(gateway);
    if (!source.empty()) made.source = host(source);
    return made;
}

NetworkPlan plan(std::vector<InterfaceAddress> addresses, std::vector<Route> routes = {}) {
    NetworkPlan made;
    made.addresses = std::move(addresses);
    made.routes = std::move(routes);
    return made;
}

TEST(NetworkPlanTest, AddressesAndRoutesPrintAsPeopleWriteThem) {
    EXPECT_EQ(to_string(address("10.0.2.15", 24)), "10.0.2.15/24");
    EXPECT_EQ(to_string(route("0.0.0.0/0", "10.0.2.2")), "default via 10.0.2.2");
}

TEST(NetworkPlanTest, SamePlaceLooksAtAddressAndLengthOnly) {
    auto with_lifetime = address("10.0.2.15", 24, 60s);
    with_lifetime.broadcast = Ipv4Address(10, 0, 2, 255);
    EXPECT_TRUE(address("10.0.2.15", 24).same_place(with_lifetime));
    EXPECT_FALSE(address("10.0.2.15", 24).same_place(address("10.0.2.15", 25)));
    EXPECT_FALSE(address("10.0.2.15", 24).same_place(address("10.0.2.16", 24)));
}

TEST(NetworkPlanDiffTest, OnAnEmptyLinkEverythingIsAddedInOrder) {
    const auto wanted = plan({address("10.0.2.15", 32, 60s)}, {route("10.0.2.2/32"), route("0.0.0.0/0", "10.0.2.2")});
    const auto changes = diff(NetworkPlan{}, wanted);
    EXPECT_EQ(changes.addresses_to_add, wanted.addresses);
    EXPECT_EQ(changes.routes_to_add, wanted.routes);
    EXPECT_THAT(changes.addresses_in_the_way, IsEmpty());
    EXPECT_THAT(changes.addresses_to_remove, IsEmpty());
    EXPECT_THAT(changes.routes_to_remove, IsEmpty());
}

TEST(NetworkPlanDiffTest, ToAnEmptyPlanEverythingIsRemovedAndNothingElse) {
    const auto current = plan({address("10.0.2.15", 24)}, {route("0.0.0.0/0", "10.0.2.2")});
    const auto changes = diff(current, NetworkPlan{});
    EXPECT_EQ(changes.addresses_to_remove, current.addresses);
    EXPECT_EQ(changes.routes_to_remove, current.routes);
    EXPECT_THAT(changes.addresses_in_the_way, IsEmpty());
    EXPECT_THAT(changes.addresses_to_add, IsEmpty());
    EXPECT_THAT(changes.routes_to_add, IsEmpty());
}

TEST(NetworkPlanDiffTest, APermanentPlanThatIsAlreadyThereChangesNothing) {
    const auto same = plan({address("10.0.2.15", 24)}, {route("10.0.2.0/24"), route("0.0.0.0/0", "10.0.2.2")});
    EXPECT_EQ(diff(same, same), NetworkChanges{});
}

TEST(NetworkPlanDiffTest, ANewLifetimeIsAddedInPlace) {
    const auto changes = diff(plan({address("10.0.2.15", 24, 1800s)}, {route("0.0.0.0/0", "10.0.2.2")}),
                              plan({address("10.0.2.15", 24, 3600s)}, {route("0.0.0.0/0", "10.0.2.2")}));
    EXPECT_THAT(changes.addresses_to_add, ElementsAre(address("10.0.2.15", 24, 3600s)));
    EXPECT_THAT(changes.addresses_to_remove, IsEmpty());
    EXPECT_THAT(changes.addresses_in_the_way, IsEmpty());
    EXPECT_THAT(changes.routes_to_add, IsEmpty());
    EXPECT_THAT(changes.routes_to_remove, IsEmpty());
}

// What is left of a lease counts from the moment it is said to the kernel: the same number later is a longer life.
TEST(NetworkPlanDiffTest, TheSameLifetimeIsSaidAgain) {
    const auto renewed = plan({address("10.0.2.15", 24, 3600s)});
    EXPECT_THAT(diff(renewed, renewed).addresses_to_add, ElementsAre(address("10.0.2.15", 24, 3600s)));
    auto preferred = address("2001:db8::1", 128);
    preferred.preferred_for = 600s;
    const auto endless = plan({preferred});
    EXPECT_THAT(diff(endless, endless).addresses_to_add, ElementsAre(preferred));
}

TEST(NetworkPlanDiffTest, AnOldAddressOfTheSameSubnetIsInTheWay) {
    const auto changes = diff(plan({address("10.0.2.15", 24)}), plan({address("10.0.2.16", 24)}));
    EXPECT_THAT(changes.addresses_in_the_way, ElementsAre(address("10.0.2.15", 24)));
    EXPECT_THAT(changes.addresses_to_add, ElementsAre(address("10.0.2.16", 24)));
    EXPECT_THAT(changes.addresses_to_remove, IsEmpty());
}

// Removing the last address of a link makes the kernel flush every route on it.
TEST(NetworkPlanDiffTest, RoutesThatFallWithAnAddressInTheWayAreAddedAgain) {
    const auto kept = route("0.0.0.0/0", "10.0.2.2");
    const auto changes = diff(plan({address("10.0.2.15", 24)}, {kept}), plan({address("10.0.2.16", 24)}, {kept}));
    EXPECT_THAT(changes.routes_to_add, Contains(kept));
    EXPECT_THAT(changes.routes_to_remove, Not(Contains(kept)));
}

TEST(NetworkPlanDiffTest, AnOldAddressOfAnotherSubnetGoesLast) {
    const auto changes = diff(plan({address("10.0.2.15", 24)}, {route("0.0.0.0/0", "10.0.2.2", "10.0.2.15")}),
                              plan({address("10.0.3.15", 24)}, {route("0.0.0.0/0", "10.0.3.2", "10.0.3.15")}));
    EXPECT_THAT(changes.addresses_in_the_way, IsEmpty());
    EXPECT_THAT(changes.addresses_to_add, ElementsAre(address("10.0.3.15", 24)));
    EXPECT_THAT(changes.addresses_to_remove, ElementsAre(address("10.0.2.15", 24)));
    EXPECT_THAT(changes.routes_to_add, ElementsAre(route("0.0.0.0/0", "10.0.3.2", "10.0.3.15")));
}

// The kernel holds the same address with another prefix length to be a second address: there need be no gap.
TEST(NetworkPlanDiffTest, AChangedPrefixLengthIsAddedBeforeTheOldOneGoes) {
    const auto changes = diff(plan({address("10.0.2.15", 24)}), plan({address("10.0.2.15", 25)}));
    EXPECT_THAT(changes.addresses_to_add, ElementsAre(address("10.0.2.15", 25)));
    EXPECT_THAT(changes.addresses_in_the_way, IsEmpty());
    EXPECT_THAT(changes.addresses_to_remove, ElementsAre(address("10.0.2.15", 24)));
}

TEST(NetworkPlanDiffTest, AWantedNeighbourInTheSameSubnetIsNotInTheWay) {
    const auto both = plan({address("10.0.2.15", 24), address("10.0.2.16", 24)});
    const auto changes = diff(plan({address("10.0.2.15", 24)}), both);
    EXPECT_THAT(changes.addresses_in_the_way, IsEmpty());
    EXPECT_THAT(changes.addresses_to_add, Contains(address("10.0.2.16", 24)));
    EXPECT_THAT(changes.addresses_to_remove, IsEmpty());
}

TEST(NetworkPlanDiffTest, RoutesChangeOneByOne) {
    const auto stays = route("10.0.2.0/24");
    const auto goes = route("10.8.0.0/16", "10.0.2.2");
    const auto comes = route("10.9.0.0/16", "10.0.2.2");
    const auto changes =
        diff(plan({address("10.0.2.15", 24)}, {stays, goes}), plan({address("10.0.2.15", 24)}, {stays, comes}));
    EXPECT_THAT(changes.routes_to_add, ElementsAre(comes));
    EXPECT_THAT(changes.routes_to_remove, ElementsAre(goes));
    EXPECT_THAT(changes.addresses_to_remove, IsEmpty());
}

TEST(NetworkPlanDiffTest, ARouteWithAnotherMetricOrSourceIsAnotherRoute) {
    auto metric = route("10.9.0.0/16", "10.0.2.2");
    metric.metric = 100;
    const auto before = plan({address("10.0.2.15", 24)}, {route("10.9.0.0/16", "10.0.2.2")});
    EXPECT_THAT(diff(before, plan({address("10.0.2.15", 24)}, {metric})).routes_to_add, ElementsAre(metric));
    const auto source = route("10.9.0.0/16", "10.0.2.2", "10.0.2.15");
    EXPECT_THAT(diff(before, plan({address("10.0.2.15", 24)}, {source})).routes_to_add, ElementsAre(source));
}

TEST(NetworkPlanDiffTest, SeveralStaleAddressesAllGo) {
    const auto current = plan({address("10.0.2.99", 24), address("192.168.7.7", 16), address("172.16.0.9", 12)});
    const auto changes = diff(current, plan({address("10.0.2.15", 24)}));
    EXPECT_THAT(changes.addresses_in_the_way, ElementsAre(address("10.0.2.99", 24)));
    EXPECT_THAT(changes.addresses_to_remove,
                UnorderedElementsAre(address("192.168.7.7", 16), address("172.16.0.9", 12)));
}

TEST(Ipv6PlanDiffTest, AnOldAddressIsNeverInTheWayOfANewOne) {
    const auto changes = diff(plan({address("2001:db8::2", 64)}, {route("2001:db8::/64")}),
                              plan({address("2001:db8::3", 64)}, {route("2001:db8::/64")}));
    EXPECT_THAT(changes.addresses_in_the_way, IsEmpty());
    EXPECT_THAT(changes.addresses_to_remove, ElementsAre(address("2001:db8::2", 64)));
    EXPECT_THAT(changes.routes_to_add, IsEmpty());
}

TEST(Ipv6PlanDiffTest, AnIpv4AddressInTheWayLeavesIpv6RoutesAlone) {
    const std::vector routes{route("0.0.0.0/0", "10.0.2.2"), route("::/0", "fe80::1")};
    const auto changes = diff(plan({address("10.0.2.15", 24)}, routes), plan({address("10.0.2.16", 24)}, routes));
    EXPECT_THAT(changes.routes_to_add, ElementsAre(route("0.0.0.0/0", "10.0.2.2")));
}

TEST(Ipv6PlanDiffTest, TheKernelsOwnMetricIsNoMetric) {
    auto from_the_kernel = route("::/0", "fe80::1");
    from_the_kernel.metric = kIpv6DefaultMetric;
    const auto changes = diff(plan({}, {from_the_kernel}), plan({}, {route("::/0", "fe80::1")}));
    EXPECT_EQ(changes, NetworkChanges{});
    auto other = route("::/0", "fe80::2");
    EXPECT_TRUE(same_slot(from_the_kernel, other));
    other.metric = 100;
    EXPECT_FALSE(same_slot(from_the_kernel, other));
    auto of_ipv4 = route("0.0.0.0/0");
    of_ipv4.metric = kIpv6DefaultMetric;
    EXPECT_FALSE(same_slot(of_ipv4, route("0.0.0.0/0")));
}

TEST(Ipv6PlanDiffTest, AnotherGatewayTakesThePlaceOfTheFirst) {
    const auto changes = diff(plan({}, {route("::/0", "fe80::1")}), plan({}, {route("::/0", "fe80::2")}));
    EXPECT_THAT(changes.routes_to_add, ElementsAre(route("::/0", "fe80::2")));
    EXPECT_THAT(changes.routes_to_remove, IsEmpty());
}

TEST(Ipv6PlanDiffTest, ARouteThatIsOnLinkNowLeavesTheOneWithAGatewayToBeRemoved) {
    const auto changes = diff(plan({}, {route("fd00::/8", "fe80::1")}), plan({}, {route("fd00::/8")}));
    EXPECT_THAT(changes.routes_to_remove, ElementsAre(route("fd00::/8", "fe80::1")));
    const auto back = diff(plan({}, {route("fd00::/8")}), plan({}, {route("fd00::/8", "fe80::1")}));
    EXPECT_THAT(back.routes_to_remove, IsEmpty());
    const auto of_ipv4 = diff(plan({}, {route("10.0.0.0/8", "10.9.9.9")}), plan({}, {route("10.0.0.0/8")}));
    EXPECT_THAT(of_ipv4.routes_to_remove, IsEmpty());
}

TEST(Ipv6PlanDiffTest, AnAddressThatIsToBeProbedIsAnotherThanOneThatIsNot) {
    auto unprobed = address("2001:db8::2", 64);
    unprobed.unprobed = true;
    const auto changes = diff(plan({address("2001:db8::2", 64)}), plan({unprobed}));
    EXPECT_THAT(changes.addresses_to_add, ElementsAre(unprobed));
    EXPECT_THAT(changes.addresses_to_remove, IsEmpty());
}

}  // namespace
}  // namespace nlinit
