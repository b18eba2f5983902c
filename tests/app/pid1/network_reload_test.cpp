// SPDX-License-Identifier: Apache-2.0
// SIGHUP: the config's network as it is by now.
#include <gmock/gmock.h>

#include <cstdio>
#include <fstream>
#include <map>

#include "boot_network_fixture.hpp"
#include "net/router_options.hpp"
#include "support/router.hpp"
#include "support/tcp_connection.hpp"

namespace nlinit::app {
namespace {

using dhcp::MessageType;
using test::Port;
using test::row;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::Value;

// Ends in [network], so that what follows may be keys of that.
const std::string kBase =
    "[system]\ncgroup = false\n[payload]\nstop_timeout = \"200ms\"\n[network]\nlink_timeout = \"20ms\"\n";
const std::string kRelease = "[network.interface.dhcp]\nrelease = true\n";

class NetworkReloadTest : public test::BootNetworkFixture {
  protected:
    NetworkReloadTest() { guest_.parameters = "nlinit.config=/config.toml"; }

    // The root is the guest's own from the start on: it sees what is written here.
    void write_config(const std::string& rows) const { std::ofstream(guest_.path("config.toml")) << kBase + rows; }
    [[nodiscard]] bool boots_with(const std::string& rows) {
        write_config(rows);
        return boots();
    }
    [[nodiscard]] bool reload_says(const std::string& sentence) {
        guest_.signal(SIGHUP);
        return logs(sentence, ++said_[sentence]);
    }
    [[nodiscard]] bool reloads(const std::string& rows, const std::string& sentence) {
        std::ofstream(guest_.inside("/config.toml")) << kBase + rows;
        return reload_says(sentence);
    }
    std::map<std::string, std::size_t> said_;
};

TEST_F(NetworkReloadTest, IPv6ThatComesWithTheNewConfigIsFollowed) {
    test::Router router(loop_, cable_.server, "srv0");
    router.says.prefixes = {{*Ipv6Address::parse("2001:db8:1::")}};
    router.says.more_options = test::rdnss(600, {"2001:db8::53"});
    ASSERT_TRUE(boots_with(row("eth0", "ipv6 = \"none\""))) << guest_.log();
    ASSERT_TRUE(resolv_conf_becomes("nameserver 192.0.2.53\n"));
    ASSERT_TRUE(reloads(row("eth0", "ipv6 = \"auto\""), "interfaces: 0 added, 1 changed, 0 removed")) << guest_.log();
    EXPECT_TRUE(resolv_conf_becomes("nameserver 192.0.2.53\nnameserver 2001:db8::53\n")) << guest_.log();
    ASSERT_TRUE(reloads(row("eth0", "ipv6 = \"none\""), "interfaces: 0 added, 1 changed, 0 removed")) << guest_.log();
    EXPECT_TRUE(resolv_conf_becomes("nameserver 192.0.2.53\n")) << guest_.log();
    EXPECT_EQ(end(), SIGINT);
}

// Without that they would last as long as the router has said, and lead wherever it said.
TEST_F(NetworkReloadTest, WhatRoutersHaveMadeGoesWhereTheyAreNotObeyedAnyMore) {
    test::Router router(loop_, cable_.server, "srv0");
    router.says.prefixes = {{*Ipv6Address::parse("2001:db8:1::")}};
    router.says.more_options = test::rdnss(600, {"2001:db8::53"});
    const auto addresses = [&] { return test::addresses_of("eth0", cable_.client, Family::kIpv6); };
    const auto routes = [&] { return test::routes_of("eth0", cable_.client, Family::kIpv6); };
    const auto is_obeyed = [&] {
        return addresses().size() == 1 && Value(routes(), Contains(HasSubstr("default via fe80::1")));
    };
    const auto row_with = [](const std::string& ipv6) { return row("eth0", "method = \"none\"\nipv6 = " + ipv6); };
    const std::string own = "\"static\"\naddress = \"2001:db8:2::2/64\"";
    ASSERT_TRUE(boots_with(row_with("\"auto\""))) << guest_.log();
    ASSERT_TRUE(resolv_conf_becomes("nameserver 2001:db8::53\n")) << guest_.log();
    ASSERT_TRUE(is_obeyed());
    ASSERT_TRUE(reloads(row_with(own), "interfaces: 0 added, 1 changed, 0 removed")) << guest_.log();
    EXPECT_THAT(addresses(), ElementsAre("2001:db8:2::2/64 nodad"));
    EXPECT_THAT(routes(), ElementsAre(HasSubstr("2001:db8:2::/64 proto static")));
    EXPECT_TRUE(resolv_conf_becomes("")) << "of a network that is left";
    router.advertise();

    ASSERT_TRUE(reloads(row_with("\"auto\""), "interfaces: 0 added, 1 changed, 0 removed")) << guest_.log();
    EXPECT_TRUE(guest_.comes_to(is_obeyed)) << "routers are asked anew";
    EXPECT_TRUE(resolv_conf_becomes("nameserver 2001:db8::53\n")) << guest_.log();
    ASSERT_TRUE(reloads(row_with("\"none\""), "interfaces: 0 added, 1 changed, 0 removed")) << guest_.log();
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(routes(), IsEmpty());
    ASSERT_TRUE(reloads(row_with("\"auto\""), "interfaces: 0 added, 1 changed, 0 removed")) << guest_.log();
    EXPECT_TRUE(guest_.comes_to(is_obeyed));
    ASSERT_TRUE(reloads("interface = []\n", "1 removed")) << guest_.log();
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(routes(), IsEmpty());
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(NetworkReloadTest, AWayOutByARouterGoesAndComesWithTheRow) {
    test::Router router(loop_, cable_.server, "srv0");
    router.says.prefixes = {{*Ipv6Address::parse("2001:db8:1::")}};
    const auto routes = [&] { return test::routes_of("eth0", cable_.client, Family::kIpv6); };
    const auto leads_out = [&] { return Value(routes(), Contains(HasSubstr("default via fe80::1"))); };
    const std::string automatic = "method = \"none\"\nipv6 = \"auto\"\n";
    ASSERT_TRUE(boots_with(row("eth0", automatic))) << guest_.log();
    ASSERT_TRUE(leads_out());
    ASSERT_TRUE(reloads(row("eth0", automatic + "default_route = false"), "1 changed")) << guest_.log();
    EXPECT_FALSE(leads_out());
    EXPECT_THAT(test::addresses_of("eth0", cable_.client, Family::kIpv6), SizeIs(1)) << "which stays";
    ASSERT_TRUE(reloads(row("eth0", automatic), "1 changed")) << guest_.log();
    EXPECT_TRUE(guest_.comes_to(leads_out));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(NetworkReloadTest, WhatIsTheSameIsNotTouched) {
    Port second(loop_, cable_, "eth1", 1);
    ASSERT_TRUE(boots_with(row("eth0") + row("eth1", "method = \"static\"\naddress = \"10.1.0.9/24\"")))
        << guest_.log();
    test::TcpConnection connection(cable_.client, cable_.server, test::Cable::kServerAddress);
    static_cast<void>(server_.heard());
    static_cast<void>(events_.take());
    ASSERT_TRUE(reload_says("no interface is to be changed")) << guest_.log();
    ASSERT_TRUE(reload_says("no interface is to be changed"));
    EXPECT_THAT(server_.heard(), IsEmpty());
    EXPECT_THAT(events_.take(), IsEmpty());
    EXPECT_TRUE(connection.carries("still here", loop_));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(NetworkReloadTest, RowsComeGoAndChangeBesideOneThatGoesOn) {
    Port second(loop_, cable_, "eth1", 1), third(loop_, cable_, "eth2", 2), fourth(loop_, cable_, "eth3", 3);
    ASSERT_TRUE(boots_with(row("eth0") + row("eth1", kRelease) + row("eth2"))) << guest_.log();
    test::TcpConnection connection(cable_.client, cable_.server, test::Cable::kServerAddress);
    static_cast<void>(server_.heard());
    ASSERT_TRUE(reloads(row("eth0") + row("eth2", "method = \"static\"\naddress = \"10.2.0.9/24\"") + row("eth3"),
                        "1 added, 1 changed, 1 removed"))
        << guest_.log();
    EXPECT_TRUE(comes_to_addresses("eth1", {}));
    EXPECT_THAT(routes("eth1"), IsEmpty());
    EXPECT_TRUE(guest_.comes_to([&] { return second.server.count(MessageType::release) == 1; }));
    EXPECT_TRUE(comes_to_addresses("eth2", {"10.2.0.9/24 brd 10.2.0.255"}));
    EXPECT_EQ(third.server.count(MessageType::release), 0U) << "it was not asked for";
    EXPECT_TRUE(comes_to_addresses("eth3", {"10.3.0.50/24 brd 10.3.0.255"}));
    EXPECT_THAT(server_.heard(), IsEmpty());
    EXPECT_TRUE(connection.carries("still here", loop_));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(NetworkReloadTest, ALinkWhoseRowIsGoneHasIpv6Again) {
    Port second(loop_, cable_, "eth1", 1);
    const auto is_off = [&] {
        const auto inside = cable_.client.enter();
        char digit = '?';
        std::ifstream("/proc/sys/net/ipv6/conf/eth1/disable_ipv6").get(digit);
        return digit;
    };
    ASSERT_TRUE(boots_with(row("eth0") + row("eth1", "ipv6 = \"none\""))) << guest_.log();
    ASSERT_EQ(is_off(), '1');
    ASSERT_TRUE(reloads(row("eth0"), "1 removed")) << guest_.log();
    EXPECT_EQ(is_off(), '0');
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(NetworkReloadTest, SeveralGoAtOnceFromBetweenThoseThatStay) {
    Port second(loop_, cable_, "eth1", 1), third(loop_, cable_, "eth2", 2), fourth(loop_, cable_, "eth3", 3);
    ASSERT_TRUE(boots_with(row("eth0") + row("eth1") + row("eth2") + row("eth3"))) << guest_.log();
    ASSERT_TRUE(reloads(row("eth1"), "0 added, 0 changed, 3 removed")) << guest_.log();
    for (const auto* gone : {"eth0", "eth2", "eth3"}) EXPECT_TRUE(comes_to_addresses(gone, {})) << gone;
    EXPECT_THAT(addresses("eth1"), ElementsAre("10.1.0.50/24 brd 10.1.0.255"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(NetworkReloadTest, AFixedAddressChangesByDifference) {
    ASSERT_TRUE(boots_with(row("eth0", "method = \"static\"\naddress = \"192.0.2.9/24\"\ngateway = \"192.0.2.1\"")))
        << guest_.log();
    test::TcpConnection connection(cable_.client, cable_.server, test::Cable::kServerAddress);
    ASSERT_TRUE(reloads(row("eth0",
                            "method = \"static\"\naddress = [\"192.0.2.9/24\", \"10.1.0.9/16\"]\n"
                            "sysctl = { proxy_arp = 1 }"),
                        "0 added, 1 changed, 0 removed"))
        << guest_.log();
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.9/24 brd 192.0.2.255", "10.1.0.9/16 brd 10.1.255.255"));
    EXPECT_THAT(routes(), Not(Contains(HasSubstr("default"))));
    EXPECT_EQ(sysctl("eth0", "proxy_arp"), "1");
    EXPECT_TRUE(connection.carries("still here", loop_));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(NetworkReloadTest, ALeaseOutlivesWhatChangesAroundIt) {
    ASSERT_TRUE(boots_with(row("eth0"))) << guest_.log();
    test::TcpConnection connection(cable_.client, cable_.server, test::Cable::kServerAddress);
    static_cast<void>(server_.heard());
    ASSERT_TRUE(reloads(row("eth0", "default_route = false\nmtu = 1400"), "1 changed")) << guest_.log();
    EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 src 192.0.2.50 proto dhcp scope link"));
    EXPECT_EQ(test::link_of("eth0", cable_.client)->mtu, 1400U);
    EXPECT_THAT(server_.heard(), IsEmpty());
    EXPECT_TRUE(connection.carries("still here", loop_));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(NetworkReloadTest, ALeaseOutlivesANewHostNameAndAMoreExactRow) {
    ASSERT_TRUE(boots_with(row("primary"))) << guest_.log();
    test::TcpConnection connection(cable_.client, cable_.server, test::Cable::kServerAddress);
    ASSERT_TRUE(reloads("[network.dhcp]\nhostname = \"guest\"\nrelease = true\n" + row("eth0"),
                        "1 added, 0 changed, 1 removed"))
        << guest_.log();
    ASSERT_TRUE(guest_.comes_to([&] { return server_.count(MessageType::request) == 2; })) << guest_.log();
    EXPECT_EQ(server_.count(MessageType::discover), 1U);
    EXPECT_EQ(server_.count(MessageType::release), 0U);
    EXPECT_TRUE(server_.requests().back().message.options.has(dhcp::OptionCode::host_name));
    EXPECT_TRUE(connection.carries("still here", loop_));
    EXPECT_EQ(end(), SIGINT);
    EXPECT_EQ(server_.count(MessageType::release), 1U);
}

TEST_F(NetworkReloadTest, AnotherClientAsksForALeaseOfItsOwn) {
    ASSERT_TRUE(boots_with(row("eth0"))) << guest_.log();
    ASSERT_TRUE(reloads("[network.dhcp]\nuser_class = \"lab\"\n" + row("eth0"), "1 changed")) << guest_.log();
    ASSERT_TRUE(guest_.comes_to([&] { return server_.count(MessageType::discover) == 2; }));
    EXPECT_TRUE(server_.requests().back().message.options.has(dhcp::OptionCode::user_class));
    EXPECT_TRUE(comes_to_addresses("eth0", {"192.0.2.50/24 brd 192.0.2.255"}));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(NetworkReloadTest, AMoreExactRowTakesTheInterfaceOver) {
    ASSERT_TRUE(boots_with(row("primary"))) << guest_.log();
    ASSERT_TRUE(
        reloads(row("primary", "optional = true") + row("eth0", "method = \"static\"\naddress = \"192.0.2.9/24\""),
                "1 added, 1 changed"))
        << guest_.log();
    EXPECT_TRUE(comes_to_addresses("eth0", {"192.0.2.9/24 brd 192.0.2.255"}));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(NetworkReloadTest, AConfigWithAMistakeChangesNothing) {
    ASSERT_TRUE(boots_with(row("eth0"))) << guest_.log();
    static_cast<void>(server_.heard());
    static_cast<void>(events_.take());
    ASSERT_TRUE(reloads("[network.interface", "; the network stays as it is")) << guest_.log();
    EXPECT_THAT(guest_.log(), HasSubstr("/config.toml:7:"));
    ASSERT_TRUE(reloads(row("eth0", "method = \"bootp\""), "/config.toml:9:10: 'method'")) << guest_.log();
    ASSERT_TRUE(logs("; the network stays as it is", 2));
    std::remove(guest_.inside("/config.toml").c_str());
    guest_.signal(SIGHUP);
    ASSERT_TRUE(logs("; the network stays as it is", 3));
    EXPECT_THAT(guest_.log(), HasSubstr("read /config.toml: No such file or directory; the network stays as it is"));
    EXPECT_THAT(server_.heard(), IsEmpty());
    EXPECT_THAT(events_.take(), IsEmpty());
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(NetworkReloadTest, ANetworkMayBeginAndEndSo) {
    ASSERT_TRUE(boots_with("interface = []\n")) << guest_.log();
    EXPECT_FALSE(test::link_of("eth0", cable_.client)->up);
    ASSERT_TRUE(reloads(row("eth0"), "1 added")) << guest_.log();
    ASSERT_TRUE(has_lease());
    ASSERT_TRUE(reloads("interface = []\n", "1 removed")) << guest_.log();
    EXPECT_TRUE(comes_to_addresses("eth0", {}));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(NetworkReloadTest, NameServersOfTheConfigAreWrittenAnew) {
    ASSERT_TRUE(boots_with("dns = \"10.0.0.1\"\n")) << guest_.log();
    ASSERT_TRUE(resolv_conf_becomes("nameserver 10.0.0.1\n"));
    ASSERT_TRUE(reloads("dns = \"10.0.0.2\"\n", "no interface is to be changed"));
    EXPECT_TRUE(resolv_conf_becomes("nameserver 10.0.0.2\n"));
    ASSERT_TRUE(reloads("dns = \"lease\"\n", "no interface is to be changed"));
    EXPECT_TRUE(resolv_conf_becomes("nameserver 192.0.2.53\n"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(NetworkReloadTest, NameServersThatTheConfigHasNoMoreGo) {
    const auto interface = row("eth0", "method = \"static\"\naddress = \"192.0.2.9/24\"");
    ASSERT_TRUE(boots_with("dns = \"192.0.2.99\"\n" + interface)) << guest_.log();
    ASSERT_TRUE(resolv_conf_becomes("nameserver 192.0.2.99\n"));
    ASSERT_TRUE(reloads("dns = []\n" + interface, "no interface is to be changed")) << guest_.log();
    EXPECT_TRUE(resolv_conf_becomes("")) << guest_.log();
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(NetworkReloadTest, AnMtuWithoutAnyAddressGoesWithItsWord) {
    const auto mtu = [&] { return test::link_of("eth0", cable_.client).value_or(test::LinkView{}).mtu; };
    const auto before = mtu();
    const std::string none = "method = \"none\"\n";
    ASSERT_TRUE(boots_with(row("eth0", none + "mtu = 1400"))) << guest_.log();
    ASSERT_EQ(mtu(), 1400U);
    ASSERT_TRUE(reloads(row("eth0", none + "mtu = 1450"), "1 changed")) << guest_.log();
    EXPECT_EQ(mtu(), 1450U);
    ASSERT_TRUE(reloads(row("eth0", none), "1 changed")) << guest_.log();
    EXPECT_EQ(mtu(), before);
    EXPECT_EQ(end(), SIGINT);
}

}  // namespace
}  // namespace nlinit::app
