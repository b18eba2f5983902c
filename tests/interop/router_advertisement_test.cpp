// SPDX-License-Identifier: Apache-2.0
// IPv6 by routers that others have written: radvd, and dnsmasq as one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "interop_fixture.hpp"
#include "nlinit/sys/file/file.hpp"

namespace nlinit::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class Radvd : public Server {
  public:
    using Server::Server;
    void start(const Terms& /*of DHCP*/) override { start_with({}); }
    // options: of srv0; of_prefix: of 2001:db8:1::/64.
    void start_with(const std::string& options, const std::string& of_prefix = {}) {
        write("radvd.conf",
              "interface srv0 { AdvSendAdvert on; prefix 2001:db8:1::/64 { " + of_prefix + " }; " + options + " };\n");
        launch({"/usr/sbin/radvd", "-n", "-d", "1", "-m", "stderr", "-C", file("radvd.conf"), "-p", file("pid")},
               "next iface is srv0");
    }
};

class DnsmasqAsRouter : public Server {
  public:
    using Server::Server;
    void start(const Terms& /*of DHCP*/) override {
        launch({"/usr/sbin/dnsmasq", "--conf-file=/dev/null", "--no-daemon", "--port=0", "--interface=srv0",
                "--bind-interfaces", "--user=root", "--pid-file=", "--no-hosts", "--no-resolv",
                "--dhcp-leasefile=" + file("leases"), "--enable-ra", "--dhcp-range=2001:db8:1::,ra-only,64",
                "--dhcp-option=option6:dns-server,[2001:db8:1::53]"},
               "IPv6 router advertisement enabled");
    }
};

class RouterAdvertisementTest : public InteropFixture {
  protected:
    RouterAdvertisementTest() {
        set_mac("02:00:00:00:00:42", "eth0", lan_.client);
        const auto inside = lan_.server.enter();
        std::ofstream("/proc/sys/net/ipv6/conf/srv0/accept_dad") << "0";
        std::ofstream("/proc/sys/net/ipv6/conf/all/forwarding") << "1";
        set_link_down("srv0", lan_.server);
        set_link_up("srv0", lan_.server);
        add_address("2001:db8:1::1/64", "srv0", lan_.server);
        await_ipv6("srv0", lan_.server);
    }
    [[nodiscard]] std::string resolv_conf() const {
        const auto text = sys::read_file(path(), 4096);
        return text.ok() ? *text : "";
    }
    [[nodiscard]] std::string path() const { return directory_ / "resolv.conf"; }
    [[nodiscard]] std::vector<std::string> ipv6_addresses() const {
        return addresses_of("eth0", lan_.client, Family::kIpv6);
    }
    void expect_ipv6(const Finished& finished) const {
        EXPECT_EQ(finished.exit_code, 0) << finished.errors;
        EXPECT_THAT(ipv6_addresses(), ElementsAre(StartsWith("2001:db8:1::ff:fe00:42/64")));
        EXPECT_THAT(routes_of("eth0", lan_.client, Family::kIpv6),
                    ::testing::Contains(StartsWith("default via fe80::")));
    }
};

TEST_F(RouterAdvertisementTest, RadvdGivesAnAddressAWayOutAndNameServers) {
    Radvd radvd(place());
    radvd.start_with("RDNSS 2001:db8:1::53 fe80::53 { }; DNSSL example.org sub.example.org { };");
    expect_ipv6(netsetup({"-6", "--resolv-conf", path()}));
    EXPECT_EQ(resolv_conf(),
              "search example.org sub.example.org\nnameserver 2001:db8:1::53\nnameserver fe80::53%eth0\n");
    EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(RouterAdvertisementTest, ARadvdThatEndsIsNoWayOutAnyMore) {
    Radvd radvd(place());
    radvd.start_with("RDNSS 2001:db8:1::53 { };");
    client_.emplace(loop_, command({"-6", "--keep", "--resolv-conf", path()}), Surroundings{.network = &lan_.client});
    ASSERT_TRUE(has([this] { return resolv_conf() == "nameserver 2001:db8:1::53\n"; }));
    radvd.stop();
    EXPECT_TRUE(has([this] {
        const auto routes = routes_of("eth0", lan_.client, Family::kIpv6);
        return std::ranges::none_of(routes, [](const auto& route) { return route.starts_with("default"); });
    }));
    EXPECT_EQ(end_client(), 0);
}

TEST_F(RouterAdvertisementTest, ARadvdThatMakesNoAddressesIsNamed) {
    Radvd radvd(place());
    radvd.start_with("AdvManagedFlag on;", "AdvAutonomous off;");
    const auto finished = netsetup({"-6", "--timeout", "1500ms"});
    EXPECT_EQ(finished.exit_code, 5);
    EXPECT_THAT(finished.errors, AllOf(HasSubstr("it advertises no prefix to make one of"), HasSubstr("DHCPv6")));
}

TEST_F(RouterAdvertisementTest, DnsmasqAsARouterDoesTheSame) {
    DnsmasqAsRouter dnsmasq(place());
    dnsmasq.start({});
    expect_ipv6(netsetup({"-6", "--resolv-conf", path()}));
    EXPECT_EQ(resolv_conf(), "nameserver 2001:db8:1::53\n");
}

// DHCPv6 as the router says: an address from the server, and its name servers before the router's.
TEST_F(RouterAdvertisementTest, DnsmasqLeasesAnAddressWhereItSaysManaged) {
    Dnsmasq dnsmasq(place());
    dnsmasq.start_with({"--enable-ra", "--dhcp-range=2001:db8:1::50,2001:db8:1::50,64,1h",
                        "--dhcp-option=option6:dns-server,[2001:db8:1::54]"});
    const auto finished = netsetup({"-6", "--json", "--resolv-conf", path()});
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_THAT(ipv6_addresses(), ElementsAre("2001:db8:1::50/128"));
    EXPECT_THAT(routes_of("eth0", lan_.client, Family::kIpv6), ::testing::Contains(StartsWith("default via fe80::")));
    EXPECT_THAT(resolv_conf(), HasSubstr("nameserver 2001:db8:1::54\n"));
    EXPECT_TRUE(wire_.heard(" REPLY 2001:db8:1::50 rapid"));
}

TEST_F(RouterAdvertisementTest, DnsmasqTellsNameServersWhereItSaysOther) {
    Dnsmasq dnsmasq(place());
    dnsmasq.start_with({"--dhcp-range=::,constructor:srv0,ra-stateless",
                        "--dhcp-option=option6:domain-search,example.org",
                        "--dhcp-option=option6:dns-server,[2001:db8:1::54]"});
    expect_ipv6(netsetup({"-6", "--resolv-conf", path()}));
    EXPECT_THAT(resolv_conf(), HasSubstr("nameserver 2001:db8:1::54\n"));
    EXPECT_THAT(resolv_conf(), HasSubstr("search example.org"));
    EXPECT_TRUE(wire_.heard("INFORMATION-REQUEST"));
}

TEST_F(RouterAdvertisementTest, ALeaseIsGivenBackAtTheEnd) {
    Dnsmasq dnsmasq(place());
    dnsmasq.start_with({"--enable-ra", "--dhcp-range=2001:db8:1::50,2001:db8:1::50,64,1h"});
    client_.emplace(loop_, command({"-6", "--keep", "--release"}), Surroundings{.network = &lan_.client});
    ASSERT_TRUE(has([this] { return ipv6_addresses() == std::vector<std::string>{"2001:db8:1::50/128"}; }));
    EXPECT_EQ(end_client(), 0);
    EXPECT_THAT(ipv6_addresses(), IsEmpty());
    EXPECT_TRUE(wire_.heard(" RELEASE 2001:db8:1::50"));
    EXPECT_THAT(client_->errors(), ::testing::Not(HasSubstr("--release"))) << "is about a lease of either family";
}

}  // namespace
}  // namespace nlinit::test
