// SPDX-License-Identifier: Apache-2.0
// Several interfaces of one boot: which row is whose, what each is to have, and those that come, go and change names.
#include <gmock/gmock.h>

#include <deque>
#include <map>
#include <memory>

#include "boot_network_fixture.hpp"
#include "support/tcp_connection.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using dhcp::MessageType;
using test::kQuick;
using test::kStay;
using test::Port;
using test::row;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Lines = std::vector<std::string>;

class BootInterfacesTest : public test::BootNetworkFixture {};

// One after another would never come to the answers: nobody is answered before everybody has asked.
TEST_F(BootInterfacesTest, EveryServerIsAskedBeforeAnyHasAnswered) {
    constexpr std::size_t kCount = 8;
    std::deque<Port> ports;
    std::map<test::DhcpServer*, test::DhcpServer::Request> waiting;
    bool all_have_asked = false;
    const auto script = [&](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        if (all_have_asked) return server.answer(request);
        waiting.insert_or_assign(&server, request);
        all_have_asked = waiting.size() == kCount;
        if (!all_have_asked) return;
        for (const auto& [each, discover] : waiting) each->answer(discover);
    };
    for (std::uint8_t i = 1; i <= kCount; ++i)
        ports.emplace_back(loop_, cable_, "lan" + std::to_string(i), i).server.script = script;
    guest_.config = kQuick + row("lan*");
    ASSERT_TRUE(boots()) << guest_.log();
    for (const auto& port : ports) {
        EXPECT_EQ(addresses(port.link).size(), 1U) << port.link;
    }
    EXPECT_THAT(guest_.log(), Not(HasSubstr("the boot goes on")));
    EXPECT_FALSE(test::link_of("eth0", cable_.client)->up) << "no row is for it";
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, InterfacesAreRenamedBeforeTheyGoUpAndMayChangeNames) {
    Port second(loop_, cable_, "eth1", 1);
    const auto mac_of = [&](const char* name) { return test::link_of(name, cable_.client)->mac; };
    guest_.parameters =
        "ifname=eth1:" + mac_of("eth0") + " ifname=eth0:" + mac_of("eth1") + " ip=eth1:dhcp ip=eth0:dhcp bootdev=eth0";
    guest_.config = kQuick;
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(addresses("eth1"), Contains(HasSubstr("192.0.2.50/24")));
    EXPECT_THAT(addresses("eth0"), Contains(HasSubstr("10.1.0.50/24")));
    EXPECT_THAT(routes("eth0"), Contains("default via 10.1.0.1 src 10.1.0.50 proto dhcp")) << "of metric 0";
    EXPECT_THAT(guest_.log(), HasSubstr("is now called eth0"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, AVlanThatTheKernelCannotMakeIsOneSentence) {
    guest_.parameters = "vlan=vlan5:eth0 ip=eth0:dhcp";
    guest_.config = kQuick;
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(guest_.log(), ::testing::AnyOf(HasSubstr("vlan5 cannot be made: the kernel has no VLANs"),
                                               HasSubstr("vlan5 is VLAN 5 on eth0")));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, NamesAndVlansThatWaitForALinkAreSaid) {
    guest_.parameters = "vlan=vlan6:eth9 ifname=lan0:02:00:00:00:00:99 ip=eth0:dhcp";
    guest_.config = kQuick;
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(guest_.log(), HasSubstr("vlan6 is not made: there is no interface eth9"));
    EXPECT_THAT(guest_.log(), HasSubstr("no interface with the MAC address 02:00:00:00:00:99 to be called lan0"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, EachHasADefaultRouteWithAMetricOfItsOwnInTheOrderOfTheRows) {
    Port second(loop_, cable_, "eth1", 1), third(loop_, cable_, "eth2", 2);
    guest_.config = kQuick + row("eth1") + row("primary") + row("eth*", "metric = 50");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(routes("eth1"), Contains("default via 10.1.0.1 src 10.1.0.50 proto dhcp"));
    EXPECT_THAT(routes("eth0"), Contains("default via 192.0.2.1 src 192.0.2.50 proto dhcp metric 100"));
    EXPECT_THAT(routes("eth2"), Contains("default via 10.2.0.1 src 10.2.0.50 proto dhcp metric 50"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, NoTwoDefaultRoutesHaveOneMetricWhateverTheRowsSay) {
    Port second(loop_, cable_, "eth1", 1), third(loop_, cable_, "eth2", 2);
    guest_.config = kQuick + row("eth0") + row("eth1") + row("eth2", "metric = 100");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(routes("eth1"), Contains("default via 10.1.0.1 src 10.1.0.50 proto dhcp metric 200"));
    EXPECT_THAT(routes("eth2"), Contains("default via 10.2.0.1 src 10.2.0.50 proto dhcp metric 100"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, FurtherLinksOfAGlobHaveMetricsBeyondTheRows) {
    Port second(loop_, cable_, "eth1", 1), third(loop_, cable_, "eth2", 2);
    guest_.config = kQuick + row("eth*", "metric = 5");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(routes("eth0"), Contains("default via 192.0.2.1 src 192.0.2.50 proto dhcp metric 5"));
    EXPECT_THAT(routes("eth1"), Contains("default via 10.1.0.1 src 10.1.0.50 proto dhcp metric 105"));
    EXPECT_THAT(routes("eth2"), Contains("default via 10.2.0.1 src 10.2.0.50 proto dhcp metric 205"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, FixedAndLeasedAddressesStandSideBySide) {
    Port second(loop_, cable_, "eth1", 1);
    guest_.config =
        kQuick + row("primary") +
        row("eth1",
            "method = \"static\"\naddress = \"10.1.0.9/32\"\ngateway = \"10.1.0.1\"\nmetric = 700\n"
            "mtu = 1400\nsysctl = { proxy_arp = 1 }\nroutes = [{ to = \"10.7.0.0/16\", via = \"10.1.0.1\" }]");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_THAT(addresses("eth1"), ElementsAre("10.1.0.9/32"));
    EXPECT_THAT(routes("eth1"), ElementsAre("10.1.0.1 src 10.1.0.9 proto static scope link metric 700",
                                            "10.7.0.0/16 via 10.1.0.1 src 10.1.0.9 proto static metric 700",
                                            "default via 10.1.0.1 src 10.1.0.9 proto static metric 700"));
    EXPECT_EQ(test::link_of("eth1", cable_.client)->mtu, 1400U);
    EXPECT_EQ(sysctl("eth1", "proxy_arp"), "1");
    EXPECT_EQ(sysctl("eth0", "proxy_arp"), "0");
    EXPECT_THAT(second.server.requests(), IsEmpty());
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, WhatTheRowSaysOfALeaseCountsBesideIt) {
    server_.grant.options.set_u16(dhcp::OptionCode::interface_mtu, 1450);
    guest_.config = kQuick + row("primary",
                                 "mtu = 1400\nmac = \"02:00:00:00:00:42\"\nmetric = 20\n"
                                 "routes = [{ to = \"10.7.0.0/16\", via = \"192.0.2.9\" }]");
    ASSERT_TRUE(boots()) << guest_.log();
    const auto link = test::link_of("eth0", cable_.client);
    EXPECT_EQ(link->mac, "02:00:00:00:00:42");
    EXPECT_EQ(link->mtu, 1400U);
    EXPECT_EQ(server_.requests().front().message.chaddr.to_string(), "02:00:00:00:00:42");
    EXPECT_THAT(routes(), ElementsAre("10.7.0.0/16 via 192.0.2.9 src 192.0.2.50 proto dhcp metric 20",
                                      "192.0.2.0/24 src 192.0.2.50 proto dhcp scope link metric 20",
                                      "default via 192.0.2.1 src 192.0.2.50 proto dhcp metric 20"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, ALinkWhoseNewHardwareAddressIsAGroupsGoesOnWithItsOwn) {
    const auto before = test::link_of("eth0", cable_.client)->mac;
    guest_.config = kQuick + row("primary", "mac = \"01:00:00:00:00:42\"");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_EQ(test::link_of("eth0", cable_.client)->mac, before);
    EXPECT_THAT(guest_.log(), HasSubstr("'mac' in [[network.interface]] must be the MAC address of one host"));
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, ARowMayNameItsInterfaceByHardwareAddress) {
    Port second(loop_, cable_, "eth1", 1);
    test::set_mac("02:00:00:00:00:07", "eth1", cable_.client);
    guest_.config = kQuick + row("02:00:00:00:00:07");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(addresses("eth1"), ElementsAre("10.1.0.50/24 brd 10.1.0.255"));
    EXPECT_THAT(server_.requests(), IsEmpty());
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, AnOptionalOneNeitherHoldsUpTheBootNorIsAFailure) {
    Port second(loop_, cable_, "eth1", 1);
    second.server.silent = true;
    guest_.config = kQuick + row("primary") + row("eth1", "optional = true") + row("eth7", "optional = true");
    const auto before = BootClock::now();
    ASSERT_TRUE(boots());
    EXPECT_LT(BootClock::now() - before, 5s) << "the network's own limit is 6 s";
    EXPECT_THAT(guest_.log(), Not(HasSubstr("the boot goes on")));
    second.server.silent = false;
    EXPECT_TRUE(comes_to_addresses("eth1", {"10.1.0.50/24 brd 10.1.0.255"}));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, WhatIsNotThereIsGivenUpBeforeWhatIsOnlySlow) {
    server_.silent = true;
    guest_.config = kQuick + row("eth7") + row("eth0");  // link_timeout is 20 ms, timeout 6 s
    boot("echo > /out/started; " + kStay);
    ASSERT_TRUE(guest_.comes_to([&] { return server_.count(MessageType::discover) >= 2; }));  // after 300 ms
    EXPECT_THAT(guest_.output("started"), IsEmpty());
    server_.silent = false;
    ASSERT_TRUE(payload_makes("started"));
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_THAT(guest_.log(), HasSubstr("there is no interface eth7; the boot goes on"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, WhatAppearsWhileThePayloadRunsGetsAllThatItsRowSays) {
    guest_.config = kQuick + row("primary") +
                    row("eth1",
                        "method = \"static\"\naddress = \"10.1.0.9/24\"\noptional = true\nmtu = 1400\n"
                        "mac = \"02:00:00:00:00:42\"\nsysctl = { proxy_arp = 1 }") +
                    row("lan*", "default_route = false\noptional = true\nsysctl = { rp_filter = 2 }");
    ASSERT_TRUE(boots()) << guest_.log();
    const Port second(loop_, cable_, "eth1", 1), third(loop_, cable_, "lan3", 3), fourth(loop_, cable_, "lan4", 4);
    ASSERT_TRUE(comes_to_addresses("eth1", {"10.1.0.9/24 brd 10.1.0.255"}));
    EXPECT_EQ(sysctl("eth1", "proxy_arp"), "1");
    EXPECT_EQ(test::link_of("eth1", cable_.client)->mtu, 1400U);
    EXPECT_EQ(test::link_of("eth1", cable_.client)->mac, "02:00:00:00:00:42");
    ASSERT_TRUE(comes_to_addresses("lan3", {"10.3.0.50/24 brd 10.3.0.255"}));
    ASSERT_TRUE(comes_to_addresses("lan4", {"10.4.0.50/24 brd 10.4.0.255"}));
    EXPECT_EQ(sysctl("lan4", "rp_filter"), "2");
    for (const auto& route : routes("lan4")) EXPECT_THAT(route, Not(HasSubstr("default")));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, WhatIsUnpluggedAndPluggedInAgainAsksForWhatItHad) {
    guest_.config = kQuick + row("eth0") + row("lan*", "optional = true");
    auto port = std::make_unique<Port>(loop_, cable_, "lan1", 1);
    test::set_mac("02:00:00:00:00:01", "lan1", cable_.client);
    ASSERT_TRUE(boots()) << guest_.log();
    ASSERT_TRUE(comes_to_addresses("lan1", {"10.1.0.50/24 brd 10.1.0.255"}));
    port.reset();
    test::delete_link("lan1", cable_.client);
    ASSERT_TRUE(logs("lan1: the interface is gone"));
    port = std::make_unique<Port>(loop_, cable_, "lan1", 1);
    test::set_mac("02:00:00:00:00:01", "lan1", cable_.client);
    ASSERT_TRUE(comes_to_addresses("lan1", {"10.1.0.50/24 brd 10.1.0.255"}));
    EXPECT_THAT(port->server.heard(), Contains("broadcast REQUEST requested=10.1.0.50"));
    EXPECT_EQ(end(), SIGINT);
}

// Its server knows another client by that address.
TEST_F(BootInterfacesTest, AnotherNicInItsPlaceDoesNotAskForWhatTheFirstHad) {
    guest_.config = kQuick + row("eth0") + row("lan*", "optional = true");
    auto port = std::make_unique<Port>(loop_, cable_, "lan1", 1);
    ASSERT_TRUE(boots()) << guest_.log();
    ASSERT_TRUE(comes_to_addresses("lan1", {"10.1.0.50/24 brd 10.1.0.255"}));
    port.reset();
    test::delete_link("lan1", cable_.client);
    ASSERT_TRUE(logs("lan1: the interface is gone"));
    port = std::make_unique<Port>(loop_, cable_, "lan1", 1);
    ASSERT_TRUE(comes_to_addresses("lan1", {"10.1.0.50/24 brd 10.1.0.255"}));
    const auto heard = port->server.heard();
    EXPECT_THAT(heard, Contains(HasSubstr("broadcast DISCOVER")));
    EXPECT_THAT(heard, Not(Contains("broadcast REQUEST requested=10.1.0.50")));
    EXPECT_EQ(end(), SIGINT);
}

// Kernels before 6.2 rename no interface that is up.
void rename_any_way(const std::string& name, const std::string& to, const test::NetworkNamespace& ns) {
    try {
        test::rename_link(name, to, ns);
    } catch (const std::runtime_error&) {
        test::set_link_down(name, ns);
        test::rename_link(name, to, ns);
        test::set_link_up(to, ns);
    }
}

TEST_F(BootInterfacesTest, ARenamedInterfaceKeepsItsLeaseAndItsConnections) {
    guest_.config = kQuick + row("eth0");
    ASSERT_TRUE(boots()) << guest_.log();
    test::TcpConnection connection(cable_.client, cable_.server, test::Cable::kServerAddress);
    rename_any_way("eth0", "out0", cable_.client);
    ASSERT_TRUE(logs("eth0 is now called out0"));
    EXPECT_TRUE(connection.carries("still here", loop_));
    EXPECT_THAT(addresses("out0"), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_EQ(server_.count(MessageType::discover), 1U);
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, ANameThatARowKnowsBringsTheInterfaceToIt) {
    guest_.config =
        kQuick + row("primary") + row("lan0", "method = \"static\"\naddress = \"192.0.2.9/24\"\noptional = true");
    ASSERT_TRUE(boots()) << guest_.log();
    rename_any_way("eth0", "lan0", cable_.client);
    ASSERT_TRUE(comes_to_addresses("lan0", {"192.0.2.9/24 brd 192.0.2.255"})) << guest_.log();
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, TwoThatExchangeTheirNamesExchangeTheirRows) {
    Port second(loop_, cable_, "eth1", 1);
    guest_.config = kQuick + row("eth0", "method = \"static\"\naddress = \"10.8.0.1/24\"") +
                    row("eth1", "method = \"static\"\naddress = \"10.9.0.1/24\"");
    ASSERT_TRUE(boots()) << guest_.log();
    const auto first_index = test::link_of("eth0", cable_.client)->index;
    rename_any_way("eth0", "swap", cable_.client);
    rename_any_way("eth1", "eth0", cable_.client);
    rename_any_way("swap", "eth1", cable_.client);
    ASSERT_TRUE(comes_to_addresses("eth1", {"10.9.0.1/24 brd 10.9.0.255"})) << guest_.log();
    ASSERT_TRUE(comes_to_addresses("eth0", {"10.8.0.1/24 brd 10.8.0.255"})) << guest_.log();
    EXPECT_EQ(test::link_of("eth1", cable_.client)->index, first_index);
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootInterfacesTest, ASecondBootOfTheSameNetworkChangesNothing) {
    guest_.config = kQuick + row("eth0",
                                 "method = \"static\"\naddress = [\"192.0.2.9/24\", \"10.1.0.9/32\"]\n"
                                 "gateway = \"192.0.2.1\"\nroutes = [{ to = \"10.7.0.0/16\" }]");
    ASSERT_EQ(guest_.run(test::sh("exit 0")), SIGINT);
    const auto addresses_before = addresses(), routes_before = routes();
    ASSERT_EQ(addresses_before.size(), 2U);
    ASSERT_EQ(routes_before.size(), 3U);
    EXPECT_EQ(guest_.run(test::sh("exit 0")), SIGINT);
    EXPECT_EQ(addresses(), addresses_before);
    EXPECT_EQ(routes(), routes_before);
    EXPECT_THAT(guest_.log(), Not(HasSubstr("add ")));
}

}  // namespace
}  // namespace nlinit::app
