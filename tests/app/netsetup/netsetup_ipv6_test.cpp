// SPDX-License-Identifier: Apache-2.0
// `nlinit netsetup --ipv6`, -4 and -6, with a router at the other end of the cable.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "net/router_options.hpp"
#include "netsetup_fixture.hpp"
#include "nlinit/sys/file/file.hpp"
#include "support/json.hpp"
#include "support/router.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using dhcp::OptionCode;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kAddressWithMac = "2001:db8:1::ff:fe00:42/64";

class NetsetupIpv6Test : public test::NetsetupFixture {
  protected:
    NetsetupIpv6Test() {
        test::set_mac("02:00:00:00:00:42", "eth0", cable_.client);
        router_.says.prefixes = {{*Ipv6Address::parse("2001:db8:1::")}};
        router_.says.more_options = test::rdnss(600, {"2001:db8::53", "fe80::53"});
    }
    [[nodiscard]] std::string resolv_conf() const {
        const auto text = sys::read_file(path(), 4096);
        return text.ok() ? *text : "";
    }
    [[nodiscard]] std::string path() const { return directory_ / "resolv.conf"; }

    test::TemporaryDirectory directory_;
    test::Router router_{loop_, cable_.server, "srv0"};
};

TEST_F(NetsetupIpv6Test, WhatIsRequiredIsWaitedForBesideALease) {
    server_.grant.options.set(OptionCode::name_server, Bytes{192, 0, 2, 53});
    const auto finished = netsetup({"eth0", "--ipv6", "required", "--resolv-conf", path(), "--json"});
    ASSERT_EQ(finished.exit_code, 0) << finished.errors;
    const auto json = test::Json::parse(finished.output);
    ASSERT_TRUE(json) << finished.output;
    EXPECT_THAT((*json)["addresses"].texts(), ElementsAre("192.0.2.50/24", kAddressWithMac));
    EXPECT_THAT((*json)["summary"].text(), AllOf(StartsWith("eth0: 192.0.2.50/24, default via 192.0.2.1, 2001:db8:1:"),
                                                 HasSubstr("/64, default via fe80::1")));
    EXPECT_TRUE((*json)["ipv6"]["usable"].flag());
    EXPECT_FALSE((*json)["ipv6"]["managed"].flag());
    EXPECT_GT((*json)["timing_ms"]["ipv6"].number().value_or(0), 0);
    EXPECT_THAT((*json)["name_servers"].texts(), ElementsAre("192.0.2.53", "2001:db8::53", "fe80::53%eth0"));
    EXPECT_EQ(resolv_conf(), "nameserver 192.0.2.53\nnameserver 2001:db8::53\nnameserver fe80::53%eth0\n");
}

TEST_F(NetsetupIpv6Test, Ipv6AloneAsksNoDhcpServer) {
    const auto finished = netsetup({"eth0", "-6", "-v", "--resolv-conf", path()});
    ASSERT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_THAT(finished.errors, HasSubstr("/64, default via fe80::1"));
    EXPECT_THAT(ipv6_addresses(), ElementsAre(StartsWith(kAddressWithMac)));
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_EQ(resolv_conf(), "nameserver 2001:db8::53\nnameserver fe80::53%eth0\n");
    loop_.poll();
    EXPECT_THAT(server_.requests(), IsEmpty());
    EXPECT_LT(finished.took, 900ms) << "a second before the kernel would ask";
}

TEST_F(NetsetupIpv6Test, WhatIsRequiredAndDoesNotComeIsExit5AndNamed) {
    router_.answers = false;
    const auto finished = netsetup({"eth0", "--ipv6", "required", "--timeout", "1500ms", "--json"});
    EXPECT_EQ(finished.exit_code, 5) << finished.errors;
    EXPECT_THAT(finished.errors, HasSubstr("eth0: no IPv6: no router has answered"));
    const auto json = test::Json::parse(finished.output);
    ASSERT_TRUE(json) << finished.output;
    EXPECT_EQ((*json)["progress"].text(), "no_ipv6");
    EXPECT_EQ((*json)["ipv6"]["missing"].text(), "router");
    EXPECT_THAT((*json)["addresses"].texts(), ElementsAre("192.0.2.50/24")) << "the lease is there all the same";
}

TEST_F(NetsetupIpv6Test, NobodyWaitsForWhatIsNotRequired) {
    router_.answers = false;
    const auto finished = netsetup({"eth0", "--ipv6", "auto"});
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_LT(finished.took, 900ms);
    EXPECT_EQ(netsetup({"eth0", "-4"}).exit_code, 0);
}

TEST_F(NetsetupIpv6Test, ANetworkThatWantsNoIpv4IsUsedWithIpv6) {
    server_.grant.options.set_u32(OptionCode::ipv6_only_preferred, 1800);
    const auto finished = netsetup({"eth0", "--ipv6-only", "--ipv6", "auto", "--resolv-conf", path()});
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(ipv6_addresses(), ElementsAre(StartsWith(kAddressWithMac)));
    EXPECT_EQ(resolv_conf(), "nameserver 2001:db8::53\nnameserver fe80::53%eth0\n");
    router_.answers = false;
    test::set_link_down("eth0", cable_.client);
    const auto without = netsetup({"eth0", "--ipv6-only", "--ipv6", "auto", "--timeout", "1500ms"});
    EXPECT_EQ(without.exit_code, 5);
    EXPECT_THAT(without.errors, HasSubstr("the network wants no IPv4 (DHCP option 108): no router has answered"));
}

TEST_F(NetsetupIpv6Test, KeptItFollowsWhatRoutersSay) {
    test::Program program(loop_, command({"eth0", "-6", "--keep", "--resolv-conf", path()}),
                          {.network = &cable_.client});
    ASSERT_TRUE(test::run_until(loop_, [&] { return resolv_conf().starts_with("nameserver 2001:db8::53\n"); }));
    router_.advertise(
        {.more_options = test::joined({test::rdnss(600, {"2001:db8::54"}), test::rdnss(0, {"2001:db8::53"})})});
    const auto ticker = loop_.add_timer([] {});
    EXPECT_TRUE(test::run_until(loop_, [&] {
        loop_.arm(ticker, BootClock::now() + 10ms);
        return resolv_conf() == "nameserver fe80::53%eth0\nnameserver 2001:db8::54\n";
    })) << resolv_conf();
    router_.advertise({.more_options = test::rdnss(0, {"2001:db8::54", "fe80::53"})});
    EXPECT_TRUE(test::run_until(loop_, [&] {
        loop_.arm(ticker, BootClock::now() + 10ms);
        return resolv_conf().empty();
    })) << resolv_conf();
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait().exit_code, 0);
}

TEST_F(NetsetupIpv6Test, KeptItUsesIpv4WithoutTheIpv6ThatIsRequired) {
    router_.answers = false;
    server_.grant.options.set(OptionCode::name_server, Bytes{192, 0, 2, 53});
    test::Program program(loop_, command({"eth0", "--ipv6", "required", "--keep", "--resolv-conf", path()}),
                          {.network = &cable_.client});
    const auto ticker = loop_.add_timer([] {});
    EXPECT_TRUE(test::run_until(loop_, [&] {
        loop_.arm(ticker, BootClock::now() + 10ms);
        return resolv_conf() == "nameserver 192.0.2.53\n";
    })) << resolv_conf();
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait().exit_code, 0);
}

TEST_F(NetsetupIpv6Test, OptionsThatContradictEachOtherAreSaid) {
    const std::vector<std::vector<std::string>> cases{{"-4", "-6"},
                                                      {"-4", "--ipv6", "auto"},
                                                      {"-6", "--ipv6", "none"},
                                                      {"-6", "--static", "192.0.2.9/24"},
                                                      {"-4", "--static", "2001:db8::9/64"}};
    for (const auto& arguments : cases) {
        const auto finished = netsetup(arguments);
        EXPECT_EQ(finished.exit_code, 2) << arguments.back();
        EXPECT_THAT(finished.errors, HasSubstr("choose one")) << arguments.back();
    }
    EXPECT_THAT(netsetup({"eth0", "-6", "--dry-run"}).output,
                AllOf(HasSubstr("wait for an address and a default route"), Not(HasSubstr("lease"))));
}

}  // namespace
}  // namespace nlinit::app
