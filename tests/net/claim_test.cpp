// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/claim.hpp"

#include <gtest/gtest.h>

#include "net/printers.hpp"
#include "nlinit/net/route_plan.hpp"

namespace nlinit {
namespace {

// 10.0.2.15/24 with a gateway in it, one name server beside it and one far away.
Claim uplink(std::span<const NameServer> more = {}) {
    NetworkPlan plan;
    plan.addresses.push_back({.local = Ipv4Address(10, 0, 2, 15), .prefix_length = 24});
    const Route routes[] = {{.gateway = Ipv4Address(10, 0, 2, 2)}};
    plan.routes = complete_routes(plan.addresses.front(), routes, 0);
    plan.name_servers = {Ipv4Address(10, 0, 2, 3), Ipv4Address(8, 8, 8, 8)};
    return claim_of("eth0", plan, more);
}

std::string by_route(std::string_view destination, const Claim& claim = uplink()) {
    return taken_by_route({&claim, 1}, IpPrefix::parse(destination).value());
}
std::string by_subnet(std::string_view subnet, const Claim& claim = uplink()) {
    return taken_by_subnet({&claim, 1}, IpPrefix::parse(subnet).value());
}
std::string by_address(std::string_view address, const Claim& claim = uplink()) {
    return taken_by_address({&claim, 1}, IpAddress::parse(address).value());
}

TEST(ClaimTest, WhatIsBesideTakesNothing) {
    EXPECT_EQ(by_route("10.1.0.0/24"), "");
    EXPECT_EQ(by_subnet("10.0.3.0/24"), "");
    EXPECT_EQ(by_address("10.0.2.60"), "") << "one host of the subnet's own";
    EXPECT_EQ(taken_by_route({}, IpPrefix::parse("10.0.2.0/24").value()), "");
}

TEST(ClaimTest, ASubnetAndWhatIsInItIsTaken) {
    EXPECT_EQ(by_route("10.0.2.0/24"), "eth0's gateway 10.0.2.2");
    EXPECT_EQ(by_route("10.0.2.3/32"), "eth0's name server 10.0.2.3");
    EXPECT_EQ(by_route("10.0.2.128/25"), "eth0's subnet 10.0.2.0/24");
    EXPECT_EQ(by_route("10.0.2.77/32"), "eth0's subnet 10.0.2.0/24");
}

// The longest prefix decides: eth0's own network stays where it is.
TEST(ClaimTest, WhatIsWiderTakesOnlyWhatIsReachedByLess) {
    EXPECT_EQ(by_route("10.0.0.0/16"), "");
    EXPECT_EQ(by_route("10.0.0.0/8"), "");
    EXPECT_EQ(by_route("8.0.0.0/8"), "eth0's name server 8.8.8.8");
    EXPECT_EQ(by_route("8.8.8.8/32"), "eth0's name server 8.8.8.8");
    EXPECT_EQ(by_route("9.0.0.0/8"), "");
}

TEST(ClaimTest, AGatewayOutsideTheSubnetIsTakenByItsOwnRouteAlone) {
    NetworkPlan plan;
    plan.addresses.push_back({.local = Ipv4Address(198, 51, 100, 9), .prefix_length = 32});
    const Route routes[] = {{.gateway = Ipv4Address(169, 254, 1, 1)}};
    plan.routes = complete_routes(plan.addresses.front(), routes, 0);
    const auto claim = claim_of("eth0", plan, {});
    EXPECT_EQ(by_route("169.254.0.0/16", claim), "");
    EXPECT_EQ(by_route("169.254.1.1/32", claim), "eth0's gateway 169.254.1.1");
    EXPECT_EQ(by_subnet("169.254.1.0/30", claim), "") << "a host of it";
    EXPECT_EQ(by_subnet("169.254.1.0/31", claim), "") << "RFC 3021: it has no broadcast address";
}

// The kernel's own table comes before every route, and has a subnet's first and last address.
TEST(ClaimTest, NetworkAndBroadcastAddressesAreTheKernels) {
    NetworkPlan plan;
    plan.addresses.push_back({.local = Ipv4Address(198, 51, 100, 9), .prefix_length = 32});
    const Route routes[] = {{.gateway = Ipv4Address(10, 3, 0, 3)}};
    plan.routes = complete_routes(plan.addresses.front(), routes, 0);
    const auto claim = claim_of("eth0", plan, {});
    EXPECT_EQ(by_subnet("10.3.0.0/30", claim), "eth0's gateway 10.3.0.3");
    EXPECT_EQ(by_route("10.3.0.0/30", claim), "");
    EXPECT_EQ(by_subnet("10.3.0.0/29", claim), "");
}

TEST(ClaimTest, AnAddressTakesThatHost) {
    EXPECT_EQ(by_address("10.0.2.2"), "eth0's gateway 10.0.2.2");
    EXPECT_EQ(by_address("8.8.8.8"), "eth0's name server 8.8.8.8");
    EXPECT_EQ(by_address("10.0.2.15"), "eth0's address 10.0.2.15");
}

TEST(ClaimTest, NameServersOfTheMachineAreOfWhoLeadsThere) {
    const std::vector<NameServer> configured{Ipv4Address(9, 9, 9, 9)};
    EXPECT_EQ(by_route("9.0.0.0/8", uplink(configured)), "eth0's name server 9.9.9.9");
    NetworkPlan no_way_out;
    no_way_out.addresses.push_back({.local = Ipv4Address(10, 1, 0, 9), .prefix_length = 24});
    no_way_out.routes = complete_routes(no_way_out.addresses.front(), {}, 0);
    EXPECT_TRUE(claim_of("eth1", no_way_out, configured).name_servers.empty());
}

TEST(ClaimTest, TheOtherFamilyIsNotMeant) {
    NetworkPlan plan;
    plan.addresses.push_back({.local = *IpAddress::parse("2001:db8::2"), .prefix_length = 64});
    plan.routes = complete_routes(plan.addresses.front(), {}, 0);
    const auto claim = claim_of("eth0", plan, {});
    EXPECT_EQ(by_route("10.0.0.0/8", claim), "");
    EXPECT_EQ(by_route("2001:db8::/65", claim), "eth0's subnet 2001:db8::/64");
}

// Of IPv6 on eth0: 2001:db8:1::/64 with a default route, and a name server beyond it.
TEST(ClaimTest, ARoutersWordIsTakenForANetworkOfItsOwn) {
    NetworkPlan plan;
    plan.addresses.push_back({.local = *Ipv6Address::parse("2001:db8:1::2"), .prefix_length = 64});
    plan.routes = {{.destination = *IpPrefix::parse("2001:db8:1::/64")},
                   {.destination = *IpPrefix::parse("::/0"), .gateway = *Ipv6Address::parse("fe80::1")}};
    plan.name_servers.emplace_back(*Ipv6Address::parse("2001:db8:53::53"));
    const auto claim = claim_of("eth0", plan, {});
    const auto refusal = [&](std::string_view network, std::size_t number = 0) {
        return refusal_of_network({&claim, 1}, *IpPrefix::parse(network), number);
    };
    EXPECT_EQ(refusal("2001:db8:2::/64"), "");
    EXPECT_EQ(refusal("2001:db8:2::8/128", 15), "");
    EXPECT_EQ(refusal("2001:db8:2::/64", 16), "is one more than 16");
    EXPECT_EQ(refusal("2001:db8:2::/63"), "is wider than a /64");
    EXPECT_EQ(refusal("::/0"), "is wider than a /64");
    EXPECT_EQ(refusal("2001:db8:1::/64"), "would take over eth0's subnet 2001:db8:1::/64");
    EXPECT_EQ(refusal("2001:db8:1:0:8000::/65"), "would take over eth0's subnet 2001:db8:1::/64");
    EXPECT_EQ(refusal("2001:db8:53::/64"), "would take over eth0's name server 2001:db8:53::53");
}

}  // namespace
}  // namespace nlinit
