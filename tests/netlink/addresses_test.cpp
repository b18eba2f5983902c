// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/addresses.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "nlinit/netlink/links.hpp"
#include "support/cable.hpp"
#include "support/kernel_view.hpp"
#include "support/result.hpp"
#include "support/run_until.hpp"

namespace nlinit::netlink {
namespace {

using namespace std::chrono_literals;
using test::is_ok;
using test::sentence;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

constexpr InterfaceAddress kAddress{
    .local = Ipv4Address(192, 0, 2, 50), .prefix_length = 24, .broadcast = Ipv4Address(192, 0, 2, 255)};

class AddressesTest : public ::testing::Test {
  protected:
    AddressesTest() : socket_(open_socket()), link_(find_link(socket_, "eth0")->index) {}

    Socket open_socket() const {
        const auto inside = cable_.client.enter();
        auto socket = Socket::open();
        EXPECT_TRUE(is_ok(socket));
        return *std::move(socket);
    }
    Result<> add(const InterfaceAddress& address) { return socket_.transact(make_add_address(link_, address)); }
    Result<> remove(const InterfaceAddress& address) { return socket_.transact(make_remove_address(link_, address)); }
    [[nodiscard]] std::vector<std::string> addresses() const { return test::addresses_of("eth0", cable_.client); }
    [[nodiscard]] auto lifetime() const { return test::lifetime_of("192.0.2.50/24", "eth0", cable_.client); }

    static InterfaceAddress lasting(std::chrono::seconds time) {
        auto address = kAddress;
        address.valid_for = time;
        return address;
    }

    test::Cable cable_;
    Socket socket_;
    LinkIndex link_;
};

TEST_F(AddressesTest, AnAddressIsThereWithItsBroadcastAddressAndStays) {
    ASSERT_TRUE(is_ok(add(kAddress)));
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_EQ(lifetime(), std::nullopt);
}

TEST_F(AddressesTest, TheSubnetsRouteIsLeftToThePlan) {
    test::set_link_up("eth0", cable_.client);
    ASSERT_TRUE(is_ok(add(kAddress)));
    EXPECT_THAT(test::routes_of("eth0", cable_.client), IsEmpty());
}

TEST_F(AddressesTest, ALifetimeRunsInTheKernel) {
    ASSERT_TRUE(is_ok(add(lasting(60s))));
    EXPECT_THAT(lifetime(), Optional(::testing::AllOf(::testing::Le(60U), ::testing::Ge(58U))));
}

TEST_F(AddressesTest, ALifetimeOfMoreThanTheKernelCountsIsCutAndNotTakenForForever) {
    ASSERT_TRUE(is_ok(add(lasting(0xffffffffs))));
    EXPECT_THAT(lifetime(), Optional(::testing::Ge(0xfffffff0U)));
}

TEST_F(AddressesTest, AnAddressEndsWithItsLifetime) {
    test::KernelEvents events(cable_.client);
    ASSERT_TRUE(is_ok(add(lasting(1s))));
    auto loop = sys::EventLoop::create();
    ASSERT_TRUE(is_ok(loop));
    std::vector<std::string> seen;
    ASSERT_TRUE(is_ok(loop->watch(events.fd(), [&] {
        for (auto& line : events.take()) seen.push_back(line);
    })));
    EXPECT_TRUE(test::run_until(*loop, [&] { return addresses().empty(); }));
    EXPECT_THAT(seen, ::testing::Contains("gone address 192.0.2.50/24"));
}

TEST_F(AddressesTest, ANewLifetimeIsSetInPlace) {
    ASSERT_TRUE(is_ok(add(lasting(60s))));
    test::KernelEvents events(cable_.client);
    ASSERT_TRUE(is_ok(add(lasting(600s))));
    EXPECT_THAT(events.take(), ElementsAre("new address 192.0.2.50/24"));
    EXPECT_THAT(lifetime(), Optional(::testing::Ge(590U)));
}

TEST_F(AddressesTest, AddressesOfPairsAndSingleHostsHaveNoBroadcastAddress) {
    ASSERT_TRUE(is_ok(add({.local = Ipv4Address(198, 51, 100, 2), .prefix_length = 31})));
    ASSERT_TRUE(is_ok(add({.local = Ipv4Address(203, 0, 113, 9), .prefix_length = 32})));
    EXPECT_THAT(addresses(), ElementsAre("198.51.100.2/31", "203.0.113.9/32"));
}

TEST_F(AddressesTest, AnAddressThatWasAddedCanBeRemoved) {
    ASSERT_TRUE(is_ok(add(kAddress)));
    ASSERT_TRUE(is_ok(remove(kAddress)));
    EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(AddressesTest, RemovingWhatIsNotThereSaysSo) {
    const auto removed = remove(kAddress);
    ASSERT_FALSE(removed.ok());
    EXPECT_EQ(removed.error().code, EADDRNOTAVAIL);
    EXPECT_EQ(sentence(removed),
              "remove address 192.0.2.50/24 (ipv4: Address not found): Cannot assign requested address");
}

TEST_F(AddressesTest, WhatTheKernelRefusesIsToldInItsWords) {
    EXPECT_EQ(sentence(add({.local = Ipv4Address(192, 0, 2, 50), .prefix_length = 33})),
              "add address 192.0.2.50/33 (ipv4: Invalid prefix length): Invalid argument");
}

TEST_F(AddressesTest, AllOfOneLinkAreListed) {
    test::make_veth("eth1", cable_.client, "srv1", cable_.server);
    test::add_address("203.0.113.1/24", "eth1", cable_.client);
    test::add_address("10.0.0.1/8", "eth0", cable_.client);
    ASSERT_TRUE(is_ok(add(lasting(600s))));
    const auto listed = list_addresses(socket_, link_, Family::kIpv4);
    ASSERT_TRUE(is_ok(listed));
    ASSERT_EQ(listed->size(), 2U);
    EXPECT_EQ(to_string(listed->at(0)), "10.0.0.1/8");
    EXPECT_EQ(listed->at(0).valid_for, std::nullopt);
    EXPECT_EQ(to_string(listed->at(1)), "192.0.2.50/24");
    EXPECT_EQ(listed->at(1).broadcast, kAddress.broadcast);
    EXPECT_THAT(listed->at(1).valid_for, Optional(::testing::Ge(590s)));
}

TEST_F(AddressesTest, ALinkWithoutAddressesHasNone) {
    const auto listed = list_addresses(socket_, link_, Family::kIpv4);
    ASSERT_TRUE(is_ok(listed));
    EXPECT_THAT(*listed, IsEmpty());
}

TEST_F(AddressesTest, OneWithAPeerIsListedWithItAndRemoved) {
    auto pointed = kAddress;
    pointed.prefix_length = 32;
    pointed.broadcast.reset();
    pointed.peer = Ipv4Address(192, 0, 2, 1);
    ASSERT_TRUE(is_ok(add(pointed)));
    const auto listed = list_addresses(socket_, link_, Family::kIpv4);
    ASSERT_TRUE(is_ok(listed));
    ASSERT_EQ(listed->size(), 1U);
    EXPECT_EQ(listed->at(0), pointed);
    ASSERT_TRUE(is_ok(remove(listed->at(0))));
    EXPECT_THAT(addresses(), IsEmpty());
}

class Ipv6AddressesTest : public AddressesTest {
  protected:
    static InterfaceAddress address(std::string_view local, std::uint8_t length = 64) {
        return {.local = IpAddress::parse(local).value(), .prefix_length = length, .unprobed = true};
    }
    [[nodiscard]] std::vector<std::string> addresses() const {
        return test::addresses_of("eth0", cable_.client, Family::kIpv6);
    }
    [[nodiscard]] std::vector<std::string> routes() const {
        return test::routes_of("eth0", cable_.client, Family::kIpv6);
    }
};

TEST_F(Ipv6AddressesTest, OneThatIsNotProbedCanBeUsedAtOnceAndBringsNoRoute) {
    test::set_link_up("eth0", cable_.client);
    ASSERT_TRUE(is_ok(add(address("2001:db8::2"))));
    EXPECT_THAT(addresses(), ElementsAre("2001:db8::2/64 nodad"));
    EXPECT_THAT(routes(), IsEmpty());
    ASSERT_TRUE(is_ok(remove(address("2001:db8::2"))));
    EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(Ipv6AddressesTest, LifetimesRunInTheKernelAndAreSetInPlace) {
    test::set_link_up("eth0", cable_.client);
    auto lasting = address("2001:db8::2");
    lasting.valid_for = 600s;
    lasting.preferred_for = 60s;
    ASSERT_TRUE(is_ok(add(lasting)));
    EXPECT_THAT(test::lifetime_of("2001:db8::2/64", "eth0", cable_.client), Optional(::testing::Ge(590U)));
    ASSERT_TRUE(is_ok(add(address("2001:db8::2"))));
    EXPECT_EQ(test::lifetime_of("2001:db8::2/64", "eth0", cable_.client), std::nullopt);
    EXPECT_THAT(addresses(), ElementsAre("2001:db8::2/64 nodad"));
}

TEST_F(Ipv6AddressesTest, WhatSomebodySetIsListedAndNotWhatTheKernelMade) {
    test::set_link_up("eth0", cable_.client);
    auto probed = address("2001:db8::3");
    probed.unprobed = false;
    auto lasting = address("2001:db8::4");
    lasting.valid_for = 600s;  // as one of SLAAC
    for (const auto& each : {address("2001:db8::2", 128), probed, lasting, address("fe80::2")})
        ASSERT_TRUE(is_ok(add(each)));
    const auto listed = list_addresses(socket_, link_, Family::kIpv6);
    ASSERT_TRUE(is_ok(listed));
    EXPECT_THAT(*listed, ::testing::UnorderedElementsAre(address("2001:db8::2", 128), probed));
}

TEST_F(Ipv6AddressesTest, WhatTheKernelRefusesIsToldInItsWords) {
    test::set_link_up("eth0", cable_.client);
    EXPECT_THAT(sentence(add(address("ff02::1"))), ::testing::StartsWith("add address ff02::1/64"));
    const auto removed = remove(address("2001:db8::2"));
    ASSERT_FALSE(removed.ok());
    EXPECT_EQ(removed.error().code, EADDRNOTAVAIL);
}

}  // namespace
}  // namespace nlinit::netlink
