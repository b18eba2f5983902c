// SPDX-License-Identifier: Apache-2.0
#include "nlinit/plan/config_remarks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/profile.hpp"
#include "nlinit/plan/plan_text.hpp"

namespace nlinit::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

config::Config minimal_with(std::string_view parameters) {
    auto config = *config::profile("minimal");
    config::Sources sources;
    EXPECT_THAT(config::apply(config::parse_kernel_command_line(parameters), config, sources), IsEmpty());
    return config;
}

TEST(ConfigRemarksTest, WithoutALeaseThereAreNoNameServersOfIt) {
    const auto config = minimal_with("ip=10.0.2.21::10.0.2.2:255.255.255.0::eth0:off");
    EXPECT_THAT(config_remarks(config), ElementsAre(HasSubstr("there are no name servers")));
    EXPECT_THAT(plan_text(config, {}), HasSubstr("name servers: none"));
}

TEST(ConfigRemarksTest, WhereNameServersComeFromSomewhereNothingIsSaid) {
    for (const std::string_view parameters :
         {"ip=dhcp", "ip=10.0.2.21::10.0.2.2:24::eth0:off ip=eth1:dhcp", "ip=off", "rd.peerdns=0",
          "ip=10.0.2.21::10.0.2.2:24::eth0:off:9.9.9.9", "ip=10.0.2.21::10.0.2.2:24::eth0:off nameserver=9.9.9.9"})
        EXPECT_THAT(config_remarks(minimal_with(parameters)), IsEmpty()) << parameters;
    EXPECT_THAT(plan_text(minimal_with("ip=dhcp"), {}), HasSubstr("name servers: from the lease"));
    EXPECT_THAT(plan_text(minimal_with("ip=10.0.2.21::10.0.2.2:24::eth0:off"), {}), Not(HasSubstr("from the lease")));
}

TEST(ConfigRemarksTest, AnMtuThatEndsIpv6IsSpokenOf) {
    EXPECT_THAT(config_remarks(minimal_with("ip=eth0:dhcp:1000")),
                ElementsAre("eth0: an MTU of 1000 is less than the 1280 of RFC 8200: there is no IPv6 on that link"));
    EXPECT_THAT(config_remarks(minimal_with("ip=eth0:dhcp:1280")), IsEmpty());
}

TEST(ConfigRemarksTest, AWayWithoutIpv4ThatWouldLeaveNothingIsSpokenOf) {
    config::Config config = minimal_with("ip=eth0:dhcp");
    config.network.dhcp.ipv6_only = true;
    EXPECT_THAT(config_remarks(config), IsEmpty());
    config.network.interfaces.front().ipv6 = config::Ipv6::none;
    EXPECT_THAT(config_remarks(config), ElementsAre(HasSubstr("eth0: ipv6_only is not obeyed with ipv6 = \"none\"")));
}

TEST(ConfigRemarksTest, NameServersMayComeOfRouters) {
    EXPECT_THAT(config_remarks(minimal_with("ip=eth0:auto6 nlinit.dns=lease")), IsEmpty());
    EXPECT_THAT(plan_text(minimal_with("ip=eth0:auto6 nlinit.dns=lease"), {}),
                HasSubstr("name servers: as routers advertise"));
}

TEST(ConfigRemarksTest, Ipv6OfARowIsInThePlan) {
    EXPECT_THAT(plan_text(minimal_with("ip=eth0:auto6"), {}), HasSubstr("ipv6 auto"));
    EXPECT_THAT(plan_text(minimal_with("ip=eth0:dhcp"), {}), Not(HasSubstr("ipv6 auto")));
    const auto text = plan_text(minimal_with("ip=[2001:db8::2]::[fe80::1]:64::eth0:none nameserver=2001:db8::53"), {});
    EXPECT_THAT(text, ::testing::AllOf(HasSubstr("address 2001:db8::2/64"), HasSubstr("gateway fe80::1"),
                                       HasSubstr("ipv6 static"), HasSubstr("name servers: 2001:db8::53")));
    EXPECT_THAT(config_remarks(minimal_with("ip=[2001:db8::2]:::128::eth0:none nameserver=9.9.9.9")),
                ElementsAre(HasSubstr("2001:db8::2/128 leads nowhere")));
}

TEST(ConfigRemarksTest, NetworksThatAreAcceptedInVainAreSpokenOf) {
    config::Config config = minimal_with("ip=dhcp");
    ASSERT_FALSE(config.network.interfaces.empty());
    auto& interface = config.network.interfaces.front();
    interface.accept_routes = {Prefix({10, 0, 0, 0}, 8)};
    EXPECT_THAT(config_remarks(config),
                ElementsAre(interface.match +
                            ": accept_routes counts only where method is \"dhcp\" and default_route is false"));
    interface.default_route = false;
    EXPECT_THAT(config_remarks(config), IsEmpty());
}

TEST(ConfigRemarksTest, AGatewayThatIsTheInterfaceItselfIsSpokenOf) {
    EXPECT_THAT(
        config_remarks(minimal_with("ip=10.0.2.15::10.0.2.15:24::eth0:none nameserver=9.9.9.9")),
        ElementsAre(
            "eth0: the gateway 10.0.2.15 is the interface's own address: everything is taken to be on the link"));
}

TEST(ConfigRemarksTest, AnAddressWithoutAnyRouteLeadsNowhere) {
    EXPECT_THAT(config_remarks(minimal_with("ip=10.0.2.15:::255.255.255.255::eth0:none nameserver=9.9.9.9")),
                ElementsAre("eth0: 10.0.2.15/32 leads nowhere: there is no gateway, no peer and no other route"));
    for (const std::string_view parameters :
         {"ip=10.0.2.15:10.0.2.2::255.255.255.255::eth0:none", "ip=10.0.2.15::10.0.2.2:32::eth0:none",
          "ip=10.0.2.15:::32::eth0:none rd.route=10.0.0.0/8::eth0", "ip=10.0.2.15:::31::eth0:none"})
        EXPECT_THAT(config_remarks(minimal_with(std::string(parameters) + " nameserver=9.9.9.9")), IsEmpty())
            << parameters;
}

TEST(ConfigRemarksTest, LimitsOfAPayloadWithoutACgroupAreSpokenOf) {
    auto config = minimal_with("ip=dhcp");
    config.payload.memory_max = 512 << 20;
    config.system.cgroup = true;
    EXPECT_THAT(config_remarks(config), IsEmpty());
    config.system.cgroup = false;
    const auto remark = ElementsAre("payload.memory_max and pids_max need system.cgroup = true: there is no limit");
    EXPECT_THAT(config_remarks(config), remark);
    config.payload.memory_max.reset();
    EXPECT_THAT(config_remarks(config), IsEmpty());
    config.payload.pids_max = 50;
    EXPECT_THAT(config_remarks(config), remark);
}

TEST(ConfigRemarksTest, DefaultRoutesOfOneMetricAreSpokenOf) {
    auto config = minimal_with("ip=eth0:dhcp ip=eth1:dhcp");
    EXPECT_THAT(config_remarks(config), IsEmpty()) << "each has a rank of its own";
    for (auto& interface : config.network.interfaces) interface.metric = 5;
    EXPECT_THAT(config_remarks(config), ElementsAre(HasSubstr("eth1: the metric 5 is that of eth0 too")));
    config.network.interfaces.front().default_route = false;
    EXPECT_THAT(config_remarks(config), IsEmpty());
}

TEST(ConfigRemarksTest, NamesThatAreWrittenNowhereAreSpokenOf) {
    auto config = minimal_with("ip=10.0.2.21::10.0.2.2:24::eth0:off rd.peerdns=0");
    config.network.dns_from_lease = false;
    config.network.search_domains = {"example.org"};
    EXPECT_THAT(config_remarks(config), ElementsAre(HasSubstr("network.search is not used")));
    config.network.name_servers = {NameServer(Ipv4Address(9, 9, 9, 9))};
    EXPECT_THAT(config_remarks(config), IsEmpty());
    config.files.push_back({.path = "/etc/resolv.conf", .content = "nameserver 1.1.1.1\n"});
    EXPECT_THAT(config_remarks(config), ElementsAre(HasSubstr("the name servers and search domains are not used")));
    EXPECT_THAT(config_remarks(minimal_with("ip=dhcp")), IsEmpty());
}

TEST(ConfigRemarksTest, AnAddressOfTheLoopbackNeedsNoWay) {
    EXPECT_THAT(config_remarks(minimal_with("ip=10.0.0.2:::32::lo:none:9.9.9.9")), IsEmpty());
}

TEST(ConfigRemarksTest, AGatewayThatIsNoWayOutIsSpokenOf) {
    auto config = minimal_with("ip=10.0.2.21::10.0.2.2:24::eth0:off:9.9.9.9");
    EXPECT_THAT(config_remarks(config), IsEmpty());
    config.network.interfaces.front().default_route = false;
    EXPECT_THAT(config_remarks(config),
                ElementsAre("eth0: the gateway 10.0.2.2 is not used where default_route is false"));
}

TEST(ConfigRemarksTest, WhatIsRequiredOfAnOptionalInterfaceIsSpokenOf) {
    auto config = minimal_with("ip=eth0:auto6 nlinit.dns=lease");
    config.network.interfaces.front().optional = true;
    EXPECT_THAT(config_remarks(config), ElementsAre(HasSubstr("eth0: ipv6_required changes nothing")));
}

TEST(ConfigRemarksTest, WhatNobodyIsLeftToDoAfterAHandOffIsSpokenOf) {
    config::Config config;
    config.payload.handoff = config::Handoff::exec;
    EXPECT_THAT(config_remarks(config), IsEmpty());
    config.payload.restart = config::Restart::always;
    config.payload.on_exit = EndAction::reboot;
    config.payload.stop_signal = 3;
    config.payload.stop_timeout = std::chrono::seconds(3);
    EXPECT_THAT(config_remarks(config),
                ElementsAre(HasSubstr("payload.restart counts"), HasSubstr("payload.on_exit"),
                            HasSubstr("payload.stop_signal"), HasSubstr("payload.stop_timeout")));
    config.payload.handoff = config::Handoff::supervise;
    EXPECT_THAT(config_remarks(config), IsEmpty());
}

TEST(ConfigRemarksTest, ATerminalWithoutAShellIsSpokenOf) {
    config::Config config;
    config.debug_shell.tty = "/dev/ttyS1";
    EXPECT_THAT(config_remarks(config), ElementsAre(HasSubstr("debug.tty counts only")));
    config.debug_shell.wanted = true;
    EXPECT_THAT(config_remarks(config), IsEmpty());
}

}  // namespace
}  // namespace nlinit::plan
