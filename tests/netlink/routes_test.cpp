// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <cerrno>

#include "nlinit/netlink/links.hpp"
#include "support/cable.hpp"
#include "support/kernel_view.hpp"
#include "support/result.hpp"

namespace nlinit::netlink {
namespace {

using test::is_ok;
using test::sentence;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Ipv4Address kOwn(192, 0, 2, 50), kGateway(192, 0, 2, 1), kOtherGateway(192, 0, 2, 254);
constexpr Prefix kSubnet({192, 0, 2, 0}, 24), kDefault;

class RoutesTest : public ::testing::Test {
  protected:
    RoutesTest() : socket_(open_socket()), link_(find_link(socket_, "eth0")->index) {
        test::set_link_up("eth0", cable_.client);
        test::add_address("192.0.2.50/32", "eth0", cable_.client);  // so that no route comes with it
    }

    Socket open_socket() const {
        const auto inside = cable_.client.enter();
        auto socket = Socket::open();
        EXPECT_TRUE(is_ok(socket));
        return *std::move(socket);
    }
    Result<> add(const Route& route, RouteOrigin origin = RouteOrigin::dhcp) {
        return socket_.transact(make_add_route(link_, route, origin));
    }
    Result<> remove(const Route& route) { return socket_.transact(make_remove_route(link_, route)); }
    [[nodiscard]] std::vector<std::string> routes() const { return test::routes_of("eth0", cable_.client); }

    test::Cable cable_;
    Socket socket_;
    LinkIndex link_;
};

TEST_F(RoutesTest, TheSubnetAndTheWayOutNameSourceAndOrigin) {
    ASSERT_TRUE(is_ok(add({kSubnet, std::nullopt, kOwn, 0})));
    ASSERT_TRUE(is_ok(add({kDefault, kGateway, kOwn, 0})));
    EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 src 192.0.2.50 proto dhcp scope link",
                                      "default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
}

TEST_F(RoutesTest, ARouteFromTheConfigIsStatic) {
    ASSERT_TRUE(is_ok(add({kSubnet, std::nullopt, std::nullopt, 0}, RouteOrigin::fixed)));
    EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 proto static scope link"));
}

TEST_F(RoutesTest, AGatewayThatNoRouteLeadsToIsRefusedInTheKernelsWords) {
    const auto added = add({kDefault, kGateway, std::nullopt, 0});
    ASSERT_FALSE(added.ok());
    EXPECT_EQ(added.error().code, ENETUNREACH);
    EXPECT_EQ(sentence(added), "add route default via 192.0.2.1 (Nexthop has invalid gateway): Network is unreachable");
}

TEST_F(RoutesTest, ASourceThatIsNotOursIsRefused) {
    const auto added = add({kSubnet, std::nullopt, Ipv4Address(192, 0, 2, 99), 0});
    ASSERT_FALSE(added.ok());
    EXPECT_EQ(added.error().code, EINVAL);
}

TEST_F(RoutesTest, ARouteReplacesTheOneOfTheSameDestinationAndMetric) {
    ASSERT_TRUE(is_ok(add({kSubnet, std::nullopt, std::nullopt, 0})));
    ASSERT_TRUE(is_ok(add({kDefault, kGateway, std::nullopt, 0})));
    ASSERT_TRUE(is_ok(add({kDefault, kOtherGateway, std::nullopt, 0})));
    ASSERT_TRUE(is_ok(add({kDefault, kOtherGateway, std::nullopt, 0})));
    EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 proto dhcp scope link", "default via 192.0.2.254 proto dhcp"));
}

TEST_F(RoutesTest, RoutesOfDifferentMetricsStandBesideEachOther) {
    ASSERT_TRUE(is_ok(add({kSubnet, std::nullopt, std::nullopt, 0})));
    ASSERT_TRUE(is_ok(add({kDefault, kGateway, std::nullopt, 10})));
    ASSERT_TRUE(is_ok(add({kDefault, kOtherGateway, std::nullopt, 20})));
    EXPECT_THAT(routes(),
                ElementsAre("192.0.2.0/24 proto dhcp scope link", "default via 192.0.2.1 proto dhcp metric 10",
                            "default via 192.0.2.254 proto dhcp metric 20"));
}

TEST_F(RoutesTest, ARouteIsRemovedByDestinationGatewayAndMetric) {
    ASSERT_TRUE(is_ok(add({kSubnet, std::nullopt, kOwn, 0})));
    ASSERT_TRUE(is_ok(add({kDefault, kGateway, kOwn, 10})));
    ASSERT_TRUE(is_ok(remove({kDefault, kGateway, kOwn, 10})));
    ASSERT_TRUE(is_ok(remove({kSubnet, std::nullopt, kOwn, 0})));
    EXPECT_THAT(routes(), IsEmpty());
}

TEST_F(RoutesTest, ARouteOfSomebodyElsesCanBeRemovedToo) {
    ASSERT_TRUE(is_ok(add({kSubnet, std::nullopt, std::nullopt, 0}, RouteOrigin::fixed)));
    ASSERT_TRUE(is_ok(remove({kSubnet, std::nullopt, std::nullopt, 0})));
    EXPECT_THAT(routes(), IsEmpty());
}

TEST_F(RoutesTest, RemovingWhatIsNotThereSaysSo) {
    const auto removed = remove({kDefault, kGateway, std::nullopt, 0});
    ASSERT_FALSE(removed.ok());
    EXPECT_EQ(removed.error().code, ESRCH);
}

TEST_F(RoutesTest, RoutesAreListedAsTheyWereAdded) {
    const Route subnet{kSubnet, std::nullopt, kOwn, 0};
    const Route way_out{kDefault, kGateway, kOwn, 30};
    ASSERT_TRUE(is_ok(add(subnet)));
    ASSERT_TRUE(is_ok(add(way_out)));
    const auto listed = list_routes(socket_, link_, Family::kIpv4);
    ASSERT_TRUE(is_ok(listed));
    EXPECT_THAT(*listed, ::testing::UnorderedElementsAre(subnet, way_out));
}

TEST_F(RoutesTest, RoutesOfOtherLinksAreNotListed) {
    test::make_veth("eth1", cable_.client, "srv1", cable_.server);
    test::set_link_up("eth1", cable_.client);
    test::add_address("203.0.113.1/24", "eth1", cable_.client);  // the kernel adds the subnet's route
    const auto listed = list_routes(socket_, link_, Family::kIpv4);
    ASSERT_TRUE(is_ok(listed));
    EXPECT_THAT(*listed, IsEmpty());
}

TEST_F(RoutesTest, RoutesOfOtherTablesAreNotListed) {
    constexpr std::uint8_t kOtherTable = 100;
    auto request = make_add_route(link_, {kSubnet, std::nullopt, kOwn, 0}, RouteOrigin::fixed);
    static_cast<rtmsg*>(nlmsg_data(request.header()))->rtm_table = kOtherTable;
    if (auto* table = nlmsg_find_attr(request.header(), sizeof(rtmsg), RTA_TABLE))
        *static_cast<std::uint32_t*>(nla_data(table)) = kOtherTable;
    ASSERT_TRUE(is_ok(socket_.transact(std::move(request))));
    EXPECT_THAT(routes(), IsEmpty()) << "of the main table";
    EXPECT_THAT(*list_routes(socket_, link_, Family::kIpv4), IsEmpty());
}

TEST_F(RoutesTest, ANamespaceThatNeverHadARouteHasNone) {
    const test::NetworkNamespace empty;
    const auto inside = empty.enter();
    auto socket = Socket::open();
    ASSERT_TRUE(is_ok(socket));
    const auto listed = list_routes(*socket, kLoopback, Family::kIpv4);
    ASSERT_TRUE(is_ok(listed));
    EXPECT_THAT(*listed, IsEmpty());
}

class Ipv6RoutesTest : public RoutesTest {
  protected:
    static Route route(std::string_view destination, std::string_view gateway = {}, std::uint32_t metric = 0) {
        Route made{.destination = IpPrefix::parse(destination).value(), .metric = metric};
        if (!gateway.empty()) made.gateway = IpAddress::parse(gateway).value();
        return made;
    }
    [[nodiscard]] std::vector<std::string> routes() const {
        return test::routes_of("eth0", cable_.client, Family::kIpv6);
    }
};

TEST_F(Ipv6RoutesTest, ANetworkAndAWayOutOverALinkLocalGateway) {
    ASSERT_TRUE(is_ok(add(route("2001:db8::/64"))));
    ASSERT_TRUE(is_ok(add(route("::/0", "fe80::1"), RouteOrigin::fixed)));
    EXPECT_THAT(routes(),
                ElementsAre("2001:db8::/64 proto dhcp metric 1024", "default via fe80::1 proto static metric 1024"));
}

TEST_F(Ipv6RoutesTest, AnotherGatewayTakesItsPlaceAndMakesNoMultipath) {
    ASSERT_TRUE(is_ok(add(route("::/0", "fe80::1"))));
    ASSERT_TRUE(is_ok(add(route("::/0", "fe80::2"))));
    EXPECT_THAT(routes(), ElementsAre("default via fe80::2 proto dhcp metric 1024"));
    ASSERT_TRUE(is_ok(add(route("::/0", "fe80::3", 100))));
    EXPECT_THAT(routes(),
                ElementsAre("default via fe80::2 proto dhcp metric 1024", "default via fe80::3 proto dhcp metric 100"));
}

TEST_F(Ipv6RoutesTest, TheyAreListedAsTheyWereAddedAndRemoved) {
    const auto subnet = route("2001:db8::/64"), way_out = route("::/0", "fe80::1", 30);
    ASSERT_TRUE(is_ok(add(subnet)));
    ASSERT_TRUE(is_ok(add(way_out)));
    const auto listed = list_routes(socket_, link_, Family::kIpv6);
    ASSERT_TRUE(is_ok(listed));
    EXPECT_THAT(*listed, ::testing::UnorderedElementsAre(subnet, way_out)) << "and not the kernel's fe80::/64";
    for (const auto& each : *listed) ASSERT_TRUE(is_ok(remove(each)));
    EXPECT_THAT(routes(), IsEmpty());
}

TEST_F(Ipv6RoutesTest, AGatewayThatNoRouteLeadsToIsRefused) {
    const auto added = add(route("::/0", "2001:db8::1"));
    ASSERT_FALSE(added.ok());
    EXPECT_EQ(added.error().code, EHOSTUNREACH);
    EXPECT_THAT(sentence(added), ::testing::StartsWith("add route default via 2001:db8::1"));
}

}  // namespace
}  // namespace nlinit::netlink
