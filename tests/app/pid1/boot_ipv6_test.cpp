// SPDX-License-Identifier: Apache-2.0
// IPv6 of a boot: fixed addresses beside and without IPv4, and what the kernel is told before a link goes up.
#include <gmock/gmock.h>

#include "boot_network_fixture.hpp"
#include "net/router_options.hpp"
#include "support/json.hpp"
#include "support/router.hpp"

namespace nlinit::app {
namespace {

using dhcp::MessageType;
using dhcp::OptionCode;
using test::joined;
using test::kQuick;
using test::rdnss;
using test::row;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kWithMac = "2001:db8:1::ff:fe00:42/64";

class BootIpv6Test : public test::BootNetworkFixture {
  protected:
    BootIpv6Test() { test::set_mac("02:00:00:00:00:42", "eth0", cable_.client); }

    // A router that says what it has to only after this.
    void route() {
        router_.emplace(loop_, cable_.server, "srv0");
        router_->says.prefixes = {{*Ipv6Address::parse("2001:db8:1::")}};
        router_->says.more_options = rdnss(600, {"2001:db8::53", "fe80::53"});
    }
    [[nodiscard]] std::vector<std::string> ipv6_addresses() const {
        return test::addresses_of("eth0", cable_.client, Family::kIpv6);
    }
    [[nodiscard]] std::vector<std::string> ipv6_routes() const {
        return test::routes_of("eth0", cable_.client, Family::kIpv6);
    }
    [[nodiscard]] std::string ipv6_sysctl(const std::string& key) const {
        const auto inside = cable_.client.enter();
        std::ifstream file("/proc/sys/net/ipv6/conf/eth0/" + key);
        std::string value;
        file >> value;
        return value;
    }

    std::optional<test::Router> router_;
};

const std::string kImpatient =
    "[system]\ncgroup = false\n[payload]\nstop_timeout = \"200ms\"\n[network]\ntimeout = \"1500ms\"\n";

TEST_F(BootIpv6Test, AFixedAddressStandsBesideALease) {
    guest_.config = kQuick + row("eth0", "address = \"2001:db8::2/64\"\ngateway = \"2001:db8::1\"");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(addresses(), Contains(HasSubstr("192.0.2.50/24")));
    EXPECT_THAT(ipv6_addresses(), ElementsAre("2001:db8::2/64 nodad"));
    EXPECT_THAT(ipv6_routes(), ElementsAre("2001:db8::/64 proto static metric 1024",
                                           "default via 2001:db8::1 proto static metric 1024"));
    EXPECT_EQ(ipv6_sysctl("accept_ra"), "0") << "nothing but what is written";
    EXPECT_THAT(guest_.log(), AllOf(HasSubstr("192.0.2.50/24"), HasSubstr("2001:db8::2/64 via")));
    EXPECT_THAT(guest_.log(), Not(HasSubstr("the boot goes on")));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, AnAddressOfTheCommandLineNeedsNoIpv4) {
    guest_.parameters = "ip=[2001:db8::2]::[fe80::1]:64::eth0:none nameserver=2001:db8::53 nameserver=fe80::53%eth0";
    guest_.config = kQuick;
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(ipv6_addresses(), ElementsAre("2001:db8::2/64 nodad"));
    EXPECT_THAT(ipv6_routes(), Contains("default via fe80::1 proto static metric 1024"));
    EXPECT_EQ(guest_.file("/etc/resolv.conf"), "nameserver 2001:db8::53\nnameserver fe80::53%eth0\n");
    EXPECT_THAT(server_.requests(), IsEmpty());
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, AnAddressThatIsToBeProbedIsProbed) {
    guest_.config = kQuick + row("eth0", "method = \"none\"\naddress = \"2001:db8::2/64\"\ndhcp = { acd = \"probe\" }");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(ipv6_addresses(), ElementsAre("2001:db8::2/64"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, TheKernelsRouterSolicitationLeavesAtOnceUnlessTheUserSaysOtherwise) {
    guest_.config = kQuick + row("eth0", "sysctl = { \"ipv6.use_tempaddr\" = 2, \"ipv6.accept_ra\" = 1 }");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_EQ(ipv6_sysctl("router_solicitation_delay"), "0");
    EXPECT_EQ(ipv6_sysctl("use_tempaddr"), "2");
    EXPECT_EQ(ipv6_sysctl("accept_ra"), "1") << "the user's, and not the 2 of ipv6 = \"auto\"";
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, ALinkMayHaveNone) {
    guest_.config = kQuick + row("eth0", "ipv6 = \"none\"");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_EQ(ipv6_sysctl("disable_ipv6"), "1");
    EXPECT_THAT(addresses(), Contains(HasSubstr("192.0.2.50/24")));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, WithoutWordsForItTheKernelObeysRouters) {
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_EQ(ipv6_sysctl("accept_ra"), "2") << "in a guest that forwards, too";
    EXPECT_EQ(ipv6_sysctl("disable_ipv6"), "0");
    EXPECT_THAT(guest_.log(), Not(HasSubstr("no IPv6")));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, WhereItIsDisabledThatIsSaidAndStaysSo) {
    {
        const auto inside = cable_.client.enter();
        std::ofstream("/proc/sys/net/ipv6/conf/eth0/disable_ipv6") << "1";
    }
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_EQ(ipv6_sysctl("disable_ipv6"), "1");
    EXPECT_THAT(guest_.log(), HasSubstr("eth0: IPv6 is disabled there (sysctl disable_ipv6), and stays so: "
                                        "ipv6 = \"auto\" in its [[network.interface]] turns it on"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, ALinkThatIsTooNarrowIsNamed) {
    {
        const auto inside = cable_.client.enter();
        ASSERT_EQ(std::system("ip link set eth0 mtu 1000"), 0);
    }
    guest_.config = kQuick + row("eth0", "ipv6_required = true");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(guest_.log(),
                HasSubstr("eth0 has no IPv6: that takes an MTU of 1280 or more (RFC 8200 5), and it has 1000"));
    EXPECT_THAT(guest_.log(), Not(HasSubstr("this kernel has no IPv6")));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, WhatRoutersAdvertiseIsUsableBesideALease) {
    route();
    guest_.config = kQuick + row("eth0", "ipv6_required = true");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(ipv6_addresses(), ElementsAre(HasSubstr(kWithMac)));
    const auto line = std::string("eth0 192.0.2.50/24 via 192.0.2.1, ") + kWithMac +
                      " via fe80::1, dns 192.0.2.53, 2001:db8::53, fe80::53%eth0, ";
    EXPECT_THAT(guest_.log(), HasSubstr(line));
    EXPECT_TRUE(resolv_conf_becomes("nameserver 192.0.2.53\nnameserver 2001:db8::53\nnameserver fe80::53%eth0\n"));
    EXPECT_TRUE(logs("ready after"));
    const auto report = test::Json::parse(guest_.file("/run/nlinit/boot.json"));
    ASSERT_TRUE(report);
    const auto& interface = (*report)["network"]["interfaces"][0];
    EXPECT_THAT(interface["addresses"].texts(), ElementsAre("192.0.2.50/24", kWithMac));
    EXPECT_TRUE(interface["ipv6"]["usable"].flag());
    EXPECT_GT(interface["timing_ms"]["ipv6"].number().value_or(0), 0);
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, AGuestOfIpv6AloneHasTheNameServersOfItsRouter) {
    route();
    guest_.config = kQuick + row("eth0", "method = \"none\"\nipv6 = \"auto\"");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_EQ(guest_.file("/etc/resolv.conf"), "nameserver 2001:db8::53\nnameserver fe80::53%eth0\n");
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(guest_.log(), HasSubstr(std::string("eth0 ") + kWithMac + " via fe80::1, dns 2001:db8::53"));
    EXPECT_THAT(server_.requests(), IsEmpty());
    router_->advertise({.more_options = joined({rdnss(0, {"2001:db8::53"}), rdnss(600, {"2001:db8::54"})})});
    EXPECT_TRUE(resolv_conf_becomes("nameserver fe80::53%eth0\nnameserver 2001:db8::54\n"));
    router_->advertise({.more_options = rdnss(0, {"2001:db8::54", "fe80::53"})});
    EXPECT_TRUE(resolv_conf_becomes("")) << "withdrawn";
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, TheCommandLinesWordForItWaitsForIt) {
    route();
    guest_.parameters = "ip=eth0:auto6";
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(ipv6_addresses(), ElementsAre(HasSubstr(kWithMac)));
    EXPECT_EQ(guest_.file("/etc/resolv.conf"), "nameserver 2001:db8::53\nnameserver fe80::53%eth0\n");
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, WhatIsRequiredAndDoesNotComeIsNamedAndTheBootGoesOn) {
    guest_.config = kImpatient + row("eth0", "ipv6_required = true");
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(guest_.log(),
                HasSubstr("eth0: no IPv6: no router has answered; the boot goes on, and so does the network"));
    EXPECT_THAT(addresses(), Contains(HasSubstr("192.0.2.50/24")));
    EXPECT_TRUE(resolv_conf_becomes("nameserver 192.0.2.53\n")) << "IPv4 does without IPv6";
    EXPECT_THAT(guest_.log(), Not(HasSubstr("ready after")));
    route();
    router_->advertise();
    EXPECT_TRUE(logs("ready after")) << "it has come after all";
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, ANetworkWithoutARouterCostsNothing) {
    const auto before = BootClock::now();
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_LT(BootClock::now() - before, std::chrono::seconds(5)) << "the time limit of the network is 6 s";
    EXPECT_THAT(guest_.log(), Not(HasSubstr("IPv6")));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, ANetworkThatWantsNoIpv4HasIpv6) {
    route();
    guest_.config = kQuick + "[network.dhcp]\nipv6_only = true\n";
    server_.grant.options.set_u32(OptionCode::ipv6_only_preferred, 1800);
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(ipv6_addresses(), ElementsAre(HasSubstr(kWithMac)));
    EXPECT_EQ(guest_.file("/etc/resolv.conf"), "nameserver 2001:db8::53\nnameserver fe80::53%eth0\n");
    EXPECT_EQ(server_.count(MessageType::request), 0U);
    EXPECT_TRUE(logs("ready after"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, ANetworkThatWantsNoIpv4AndHasNoRouterIsNamed) {
    guest_.config = kImpatient + "[network.dhcp]\nipv6_only = true\n";
    server_.grant.options.set_u32(OptionCode::ipv6_only_preferred, 1800);
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(guest_.log(), HasSubstr("eth0: no IPv6, and the network wants no IPv4 (DHCP option 108): no router has "
                                        "answered; the boot goes on"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, ALinkWithoutIpv6DoesNotSayThatItDoesWithoutIpv4) {
    guest_.config = kQuick + row("eth0", "ipv6 = \"none\"\ndhcp = { ipv6_only = true }");
    server_.grant.options.set_u32(OptionCode::ipv6_only_preferred, 1800);
    ASSERT_TRUE(boots()) << guest_.log();
    EXPECT_THAT(addresses(), Contains(HasSubstr("192.0.2.50/24"))) << "the server has not been asked for option 108";
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootIpv6Test, WhatIsOverTheThreeThatGlibcReadsIsSaidOnce) {
    route();
    router_->says.more_options = rdnss(600, {"2001:db8::1", "2001:db8::2", "2001:db8::3"});
    guest_.config = kQuick + row("eth0", "ipv6_required = true");
    ASSERT_TRUE(boots()) << guest_.log();
    ASSERT_TRUE(
        resolv_conf_becomes("nameserver 192.0.2.53\nnameserver 2001:db8::1\nnameserver 2001:db8::2\n"
                            "nameserver 2001:db8::3\n"));
    EXPECT_TRUE(logs("and so not 2001:db8::3"));
    EXPECT_EQ(end(), SIGINT);
}

}  // namespace
}  // namespace nlinit::app
