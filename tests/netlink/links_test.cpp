// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/links.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <array>
#include <cerrno>
#include <memory>

#include "support/cable.hpp"
#include "support/kernel_view.hpp"
#include "support/result.hpp"

namespace nlinit::netlink {
namespace {

using test::is_ok;
using test::sentence;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LinksTest : public ::testing::Test {
  protected:
    static Socket open_socket(const test::NetworkNamespace& ns) {
        const auto inside = ns.enter();
        auto socket = Socket::open();
        EXPECT_TRUE(is_ok(socket));
        return *std::move(socket);
    }
    [[nodiscard]] LinkIndex index_of(const std::string& name) const {
        return LinkIndex{test::link_of(name, cable_.client).value_or(test::LinkView{}).index};
    }

    test::Cable cable_;
    Socket socket_ = open_socket(cable_.client);
};

TEST_F(LinksTest, OneSendBringsLoopbackAndTheInterfaceUpAndReadsTheInterface) {
    const std::array indexes{kLoopback, index_of("eth0")};
    const auto result = bring_up(socket_, indexes);
    EXPECT_THAT(result.failures, IsEmpty());
    EXPECT_THAT(result.links, ElementsAre(AllOf(Field(&Link::name, "eth0"), Field(&Link::admin_up, true))));
    EXPECT_TRUE(test::link_of("lo", cable_.client)->up);
    EXPECT_TRUE(test::link_of("eth0", cable_.client)->up);
}

TEST_F(LinksTest, AnInterfaceWhosePeerIsUpHasItsCarrierAtOnce) {
    const std::array indexes{index_of("eth0")};
    const auto result = bring_up(socket_, indexes);
    ASSERT_THAT(result.links, SizeIs(1));
    EXPECT_TRUE(result.links[0].carrier);
}

TEST_F(LinksTest, AnInterfaceWhosePeerIsDownIsUpWithoutCarrier) {
    cable_.unplug();
    const std::array indexes{index_of("eth0")};
    const auto result = bring_up(socket_, indexes);
    ASSERT_THAT(result.links, SizeIs(1));
    EXPECT_TRUE(result.links[0].admin_up);
    EXPECT_FALSE(result.links[0].carrier);
}

TEST_F(LinksTest, AnInterfaceThatIsNotThereDoesNotKeepTheOthersDown) {
    const std::array indexes{LinkIndex{4242}, index_of("eth0")};
    const auto result = bring_up(socket_, indexes);
    ASSERT_THAT(result.failures, SizeIs(2));  // it can be neither brought up nor read
    EXPECT_EQ(result.failures[0].code, ENODEV);
    EXPECT_THAT(result.failures[0].what, HasSubstr("bring interface 4242 up"));
    EXPECT_THAT(result.links, ElementsAre(Field(&Link::name, "eth0")));
    EXPECT_TRUE(test::link_of("eth0", cable_.client)->up);
}

TEST_F(LinksTest, AFailureNamesTheInterface) {
    const std::array indexes{LinkIndex{4242}};
    const auto result = bring_up(socket_, indexes, [](LinkIndex) { return std::string("lan0"); });
    ASSERT_FALSE(result.failures.empty());
    EXPECT_THAT(result.failures[0].what, HasSubstr("bring lan0 up"));
}

TEST_F(LinksTest, ALinkThatIsDownIsRenamed) {
    ASSERT_TRUE(is_ok(socket_.transact(make_set_name(index_of("eth0"), "eth0", "lan0"))));
    EXPECT_TRUE(find_link(socket_, "lan0").ok());
    const auto taken = socket_.transact(make_set_name(find_link(socket_, "lan0")->index, "lan0", "lo"));
    EXPECT_EQ(taken.error().code, EEXIST);
    EXPECT_THAT(taken.error().what, HasSubstr("rename lan0 to lo"));
}

TEST_F(LinksTest, AVethTellsItsKindAndItsPeer) {
    test::make_veth("here0", cable_.client, "here1", cable_.client);
    const auto elsewhere = *find_link(socket_, "eth0");
    EXPECT_EQ(elsewhere.kind, "veth");
    EXPECT_TRUE(elsewhere.lower_is_elsewhere);
    const auto here = *find_link(socket_, "here0");
    EXPECT_FALSE(here.lower_is_elsewhere);
    EXPECT_EQ(here.lower, index_of("here1"));
}

// Not every kernel has them; each says which it is.
TEST_F(LinksTest, AVlanIsMadeWhereTheKernelHasThem) {
    const auto made = socket_.transact(make_add_vlan("eth0.5", *find_link(socket_, "eth0"), 5));
    if (!made.ok()) {
        EXPECT_EQ(made.error().code, EOPNOTSUPP);
        EXPECT_THAT(made.error().what, HasSubstr("make VLAN 5 on eth0 as eth0.5"));
        return;
    }
    const auto vlan = *find_link(socket_, "eth0.5");
    EXPECT_EQ(vlan.kind, kVlanKind);
    EXPECT_EQ(vlan.vlan_id, 5);
    EXPECT_EQ(vlan.lower, index_of("eth0"));
}

TEST_F(LinksTest, BringingUpNothingSendsNothing) {
    const auto result = bring_up(socket_, {});
    EXPECT_THAT(result.links, IsEmpty());
    EXPECT_THAT(result.failures, IsEmpty());
}

TEST_F(LinksTest, ALinkIsReadAsTheKernelHasIt) {
    test::set_mac("02:00:00:00:00:07", "eth0", cable_.client);
    test::set_mtu(1400, "eth0", cable_.client);
    const auto link = find_link(socket_, "eth0");
    ASSERT_TRUE(is_ok(link));
    EXPECT_EQ(link->index, index_of("eth0"));
    EXPECT_EQ(link->mac.to_string(), "02:00:00:00:00:07");
    EXPECT_EQ(link->mtu, 1400U);
    EXPECT_EQ(link->min_mtu, 68U);
    EXPECT_GE(link->max_mtu, 1500U);
    EXPECT_TRUE(link->ethernet);
    EXPECT_FALSE(link->has_device) << "a veth has no hardware";
    EXPECT_FALSE(link->admin_up);
    EXPECT_FALSE(link->carrier);
}

// A tunnel's is 4 bytes long, InfiniBand's 20: the message ends behind the first, and the second is no MAC address.
TEST(ParseLinkTest, AHardwareAddressOfAnotherSizeIsNoMacAddress) {
    for (const int size : {0, 4, 5, 7, 20}) {
        const std::unique_ptr<nl_msg, decltype(&nlmsg_free)> message(nlmsg_alloc_simple(RTM_NEWLINK, 0), nlmsg_free);
        ifinfomsg header{};
        header.ifi_index = 7;
        nlmsg_append(message.get(), &header, sizeof header, NLMSG_ALIGNTO);
        nla_put_string(message.get(), IFLA_IFNAME, "tun7");
        const std::array<char, 20> address{2, 2, 2, 2, 2, 2, 2};
        nla_put(message.get(), IFLA_ADDRESS, size, address.data());
        const auto link = parse_link(nlmsg_hdr(message.get()));
        ASSERT_TRUE(link) << size;
        EXPECT_EQ(link->mac, MacAddress()) << size;
    }
}

TEST_F(LinksTest, LoopbackIsNoEthernet) {
    const auto link = read_link(socket_, kLoopback);
    ASSERT_TRUE(is_ok(link));
    EXPECT_EQ(link->name, "lo");
    EXPECT_FALSE(link->ethernet);
}

TEST_F(LinksTest, AllLinksAreListed) {
    const auto links = list_links(socket_);
    ASSERT_TRUE(is_ok(links));
    EXPECT_THAT(*links, Contains(Field(&Link::name, "lo")));
    EXPECT_THAT(*links, Contains(Field(&Link::name, "eth0")));
}

TEST_F(LinksTest, MoreLinksThanOneDumpMessageHoldsAreListed) {
    for (int i = 0; i < 100; ++i)
        test::make_veth("a" + std::to_string(i), cable_.client, "b" + std::to_string(i), cable_.server);
    const auto links = list_links(socket_);
    ASSERT_TRUE(is_ok(links));
    EXPECT_THAT(*links, SizeIs(102));
}

TEST_F(LinksTest, ANameThatIsNotThereIsNoSuchDevice) {
    const auto link = find_link(socket_, "eth7");
    ASSERT_FALSE(link.ok());
    EXPECT_EQ(link.error().code, ENODEV);
    EXPECT_EQ(sentence(link), "find interface eth7: No such device");
}

TEST_F(LinksTest, ANameTooLongForTheKernelIsNoSuchDevice) {
    for (const auto* name : {"", "a-name-of-sixteen", "sixteen-letters-"})
        EXPECT_EQ(find_link(socket_, name).error().code, ENODEV) << name;
}

TEST_F(LinksTest, AnMtuBeyondTheDevicesIsRefusedInTheKernelsWords) {
    const auto done = socket_.transact(make_set_mtu(index_of("eth0"), 1000000));
    EXPECT_EQ(sentence(done), "set the MTU to 1000000 (mtu greater than device maximum): Invalid argument");
    EXPECT_EQ(test::link_of("eth0", cable_.client)->mtu, 1500U);
}

}  // namespace
}  // namespace nlinit::netlink
