// SPDX-License-Identifier: Apache-2.0
// The network of whole boots: a cable to a scripted server, PID 1 at the other end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "boot_network_fixture.hpp"
#include "support/cable.hpp"
#include "support/dhcp_server.hpp"
#include "support/guest.hpp"
#include "support/json.hpp"
#include "support/kernel_view.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using dhcp::MessageType;
using dhcp::OptionCode;
using test::copy;
using test::kQuick;
using test::kStay;
using test::sh;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using BootNetworkTest = test::BootNetworkFixture;

TEST_F(BootNetworkTest, ThePayloadFindsTheLeaseInTheKernelAndInResolvConf) {
    guest_.parameters = "nlinit.dns=lease";
    server_.grant.options.set_text(OptionCode::domain_name, "example.org");
    boot(copy("/etc/resolv.conf", "resolv.conf") + copy("/proc/net/route", "route"));
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    EXPECT_EQ(guest_.output("resolv.conf"), "search example.org\nnameserver 192.0.2.53\n");
    EXPECT_THAT(guest_.output("route"),
                AllOf(HasSubstr("eth0 00000000 010200C0"), HasSubstr("eth0 000200C0 00000000")));
}

TEST_F(BootNetworkTest, TheProfilesNameServerStaysUnlessTheLeasesIsWanted) {
    guest_.config.insert(0, test::kArcbox);
    boot(copy("/etc/resolv.conf", "resolv.conf"));
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_EQ(guest_.output("resolv.conf"), "nameserver 192.168.64.1\n");
}

TEST_F(BootNetworkTest, ALeaseWithoutNameServersLeavesThoseOfTheProfile) {
    guest_.config.insert(0, test::kArcbox);
    guest_.parameters = "nlinit.dns=lease";
    server_.grant.options = test::Grant().options;
    boot(copy("/etc/resolv.conf", "resolv.conf"));
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_EQ(guest_.output("resolv.conf"), "nameserver 192.168.64.1\n");
}

TEST_F(BootNetworkTest, WithoutAServerTheBootGoesOnAndTheLeaseComesLater) {
    guest_.parameters = "nlinit.dns=lease";
    guest_.config.insert(guest_.config.find("link_timeout"), "timeout = \"300ms\"\n");
    server_.silent = true;
    const auto before = BootClock::now();
    boot("echo > /out/started; " + kStay);
    ASSERT_TRUE(payload_makes("started")) << guest_.log();
    EXPECT_GE(BootClock::now() - before, 300ms);
    EXPECT_THAT(guest_.log(), AllOf(HasSubstr("no DHCP lease"), HasSubstr("the boot goes on")));
    EXPECT_THAT(addresses(), IsEmpty());
    server_.silent = false;
    ASSERT_TRUE(has_lease());
    EXPECT_TRUE(resolv_conf_becomes("nameserver 192.0.2.53\n"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootNetworkTest, APayloadThatNeedsNoNetworkIsNotKeptWaiting) {
    guest_.config.insert(guest_.config.find("link_timeout"), "wait = false\n");
    server_.silent = true;
    const auto before = BootClock::now();
    boot("echo > /out/started; " + kStay);
    ASSERT_TRUE(payload_makes("started"));
    EXPECT_LT(BootClock::now() - before, 4s) << "the network's own limit is 6 s";
    server_.silent = false;
    EXPECT_TRUE(has_lease());
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootNetworkTest, ANetworkThatNobodyWaitsForIsMissedAllTheSame) {
    guest_.config.insert(guest_.config.find("link_timeout"), "wait = false\ntimeout = \"100ms\"\n");
    server_.silent = true;
    boot("echo > /out/started; " + kStay);
    EXPECT_TRUE(logs("<3>nlinit: net: no DHCP lease: ")) << guest_.log();
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootNetworkTest, OneLineSaysThatTheNetworkCanBeUsedAndWithWhat) {
    guest_.parameters = "nlinit.dns=lease";
    boot("exit 0");
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    EXPECT_THAT(guest_.log(), ::testing::ContainsRegex(
                                  "<6>nlinit: network: eth0 192.0.2.50/24 via 192.0.2.1, dns 192.0.2.53, [0-9]+ ms\n"));
    EXPECT_THAT(guest_.log(), ::testing::Not(HasSubstr("<3>")));
}

TEST_F(BootNetworkTest, AFixedAddressIsSaidWithTheConfigsNameServer) {
    guest_.parameters = "ip=192.0.2.9::192.0.2.1:24::eth0:none nlinit.dns=192.0.2.7";
    boot("exit 0");
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    EXPECT_THAT(guest_.log(), ::testing::ContainsRegex(
                                  "<6>nlinit: network: eth0 192.0.2.9/24 via 192.0.2.1, dns 192.0.2.7, [0-9]+ ms\n"));
}

TEST_F(BootNetworkTest, TheAddressIsWithdrawnAtTheEnd) {
    boot(copy("/proc/net/route", "route"));
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_THAT(guest_.output("route"), HasSubstr("eth0"));
    EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(BootNetworkTest, TheLeaseIsRenewedBesideThePayload) {
    server_.grant.set_times(30, 15, 26);
    boot(kStay);
    ASSERT_TRUE(has_lease());
    static_cast<void>(server_.heard());
    ASSERT_TRUE(guest_.comes_to([this] { return server_.count(MessageType::request) == 2; }));
    EXPECT_THAT(server_.heard(), ElementsAre("unicast 192.0.2.50 to 192.0.2.1 REQUEST ciaddr=192.0.2.50"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootNetworkTest, ACarrierThatComesBackIsReasonToVerifyTheLease) {
    boot(kStay);
    ASSERT_TRUE(has_lease());
    static_cast<void>(server_.heard());
    cable_.unplug();
    cable_.plug_in();
    ASSERT_TRUE(guest_.comes_to([this] { return server_.count(MessageType::request) == 2; }));
    EXPECT_THAT(server_.heard(), ElementsAre("broadcast REQUEST requested=192.0.2.50"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootNetworkTest, AnInterfaceThatAppearsLateIsConfigured) {
    test::delete_link("eth0", cable_.client);
    guest_.config.replace(guest_.config.find("20ms"), 4, "5s");
    boot("echo > /out/started; " + kStay);
    ASSERT_TRUE(guest_.comes_to([this] { return test::link_of("lo", cable_.client)->up; }));
    EXPECT_THAT(guest_.output("started"), IsEmpty());
    test::make_veth("eth3", cable_.client, "srv3", cable_.server);
    test::set_link_up("srv3", cable_.server);
    test::DhcpServer server(loop_, cable_.server, "srv3");
    ASSERT_TRUE(payload_makes("started"));
    EXPECT_THAT(test::addresses_of("eth3", cable_.client), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootNetworkTest, TheKernelsOwnParameterConfiguresWithoutAServer) {
    guest_.parameters = "ip=192.0.2.9::192.0.2.1:255.255.255.0:guest7:eth0:off:192.0.2.53";
    boot(copy("/etc/hosts", "hosts") + copy("/etc/resolv.conf", "resolv.conf") +
         copy("/proc/sys/kernel/hostname", "hostname") + kStay);
    ASSERT_TRUE(payload_makes("hostname"));
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.9/24 brd 192.0.2.255"));
    EXPECT_THAT(routes(), Contains("default via 192.0.2.1 src 192.0.2.9 proto static"));
    EXPECT_EQ(guest_.output("hostname"), "guest7\n");
    EXPECT_THAT(guest_.output("hosts"), HasSubstr("127.0.1.1 guest7"));
    EXPECT_EQ(guest_.output("resolv.conf"), "nameserver 192.0.2.53\n");
    EXPECT_THAT(server_.requests(), IsEmpty());
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootNetworkTest, NoNetworkAtAllIsAConfigurationToo) {
    guest_.parameters = "ip=off";
    boot("echo > /out/started");
    EXPECT_EQ(guest_.wait(), SIGINT);
    EXPECT_EQ(guest_.output("started"), "\n");
    EXPECT_FALSE(test::link_of("eth0", cable_.client)->up);
    EXPECT_THAT(server_.requests(), IsEmpty());
}

TEST_F(BootNetworkTest, ASecondInterfaceHasAnAddressAndNoDefaultRoute) {
    test::make_veth("eth1", cable_.client, "srv1", cable_.server);
    test::set_link_up("srv1", cable_.server);
    test::DhcpServer second(loop_, cable_.server, "srv1", {198, 51, 100, 1});
    second.grant.address = {198, 51, 100, 7};
    second.grant.options.set_address(OptionCode::router, {198, 51, 100, 1});
    guest_.config +=
        "[[network.interface]]\nmatch = \"primary\"\n"
        "[[network.interface]]\nmatch = \"eth1\"\ndefault_route = false\nsysctl = { proxy_arp = 1 }\n";
    boot("read l < /proc/sys/net/ipv4/conf/eth1/proxy_arp; echo $l > /out/proxy_arp; " + kStay);
    ASSERT_TRUE(payload_makes("proxy_arp"));
    EXPECT_EQ(guest_.output("proxy_arp"), "1\n");
    EXPECT_THAT(routes(), Contains("default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
    EXPECT_THAT(test::addresses_of("eth1", cable_.client), ElementsAre("198.51.100.7/24 brd 198.51.100.255"));
    EXPECT_THAT(test::routes_of("eth1", cable_.client),
                ElementsAre("198.51.100.0/24 src 198.51.100.7 proto dhcp scope link metric 100"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootNetworkTest, TheReportShowsThatTheServerThoughtWhileTheBootWentOn) {
    boot("echo > /out/started; " + kStay);
    ASSERT_TRUE(payload_makes("started"));
    guest_.follow("/run/nlinit");
    ASSERT_TRUE(guest_.comes_to([this] { return !guest_.file("/run/nlinit/ready").empty(); })) << guest_.log();
    const auto text = guest_.file("/run/nlinit/boot.json");
    const auto json = test::Json::parse(text);
    ASSERT_TRUE(json) << text;
    const auto& network = (*json)["network"];
    EXPECT_TRUE(network["configured"].flag());
    const auto& interface = network["interfaces"][0];
    EXPECT_EQ(interface["interface"].text(), "eth0");
    EXPECT_THAT(interface["addresses"].texts(), ElementsAre("192.0.2.50/24"));
    EXPECT_EQ(interface["dhcp"]["lease"]["server"].text(), "192.0.2.1");
    const auto& steps = (*json)["steps"];
    std::optional<double> mounted;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i]["step"].text() == "mount tmpfs on /run") mounted = steps[i]["start_ms"].number();
    }
    ASSERT_TRUE(mounted);
    const auto& packets = interface["dhcp"]["packets"];
    ASSERT_EQ(packets[0]["type"].text(), "DISCOVER");
    EXPECT_LT(packets[0]["ms"].number().value_or(1e12), *mounted);
    const auto& boot_times = (*json)["boot"];
    EXPECT_EQ(boot_times["network_ms"].number(), interface["timing_ms"]["configured"].number());
    EXPECT_GE(boot_times["payload_ms"].number().value_or(0), boot_times["network_ms"].number().value_or(1e12));
    double before = boot_times["kernel_ms"].number().value_or(1e12);
    for (const char* moment : {"appeared", "up", "carrier", "configured"}) {
        const auto at = interface["timing_ms"][moment].number();
        ASSERT_TRUE(at) << moment;
        EXPECT_GE(*at, before) << moment;
        before = *at;
    }
    std::vector<std::string> phases;
    for (std::size_t i = 0; i < (*json)["phases"].size(); ++i) phases.push_back((*json)["phases"][i]["phase"].text());
    EXPECT_THAT(phases,
                ElementsAre("early mounts", "config", "modules", "network", "root", "plan", "wait", "payload start"));
    EXPECT_EQ(end(), SIGINT);
}

TEST_F(BootNetworkTest, TheEndIsInTheCopyOfTheReport) {
    guest_.config.insert(guest_.config.find("cgroup"), "report = \"/out/boot.json\"\n");
    boot("exit 7");
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    const auto text = guest_.output("boot.json");
    const auto json = test::Json::parse(text);
    ASSERT_TRUE(json) << text;
    EXPECT_EQ((*json)["boot"]["end"].text(), "poweroff");
    EXPECT_GE((*json)["boot"]["end_ms"].number().value_or(0), (*json)["payload"]["end_ms"].number().value_or(1e12));
    EXPECT_EQ((*json)["payload"]["exit_status"].number(), 7);
    EXPECT_EQ((*json)["network"]["interfaces"][0]["addresses"].size(), 1U);
}

TEST_F(BootNetworkTest, TheLeasesHostNameIsTakenAndWrittenWhereThatIsWanted) {
    guest_.config = kQuick + "[network.dhcp]\nuse_hostname = true\n";
    server_.grant.options.set_text(OptionCode::host_name, "guest7");
    boot(copy("/proc/sys/kernel/hostname", "hostname") + copy("/etc/hosts", "hosts"));
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    EXPECT_EQ(guest_.output("hostname"), "guest7\n");
    EXPECT_THAT(guest_.output("hosts"), HasSubstr("guest7"));
}

TEST_F(BootNetworkTest, AnInterfacesOwnDhcpTableCounts) {
    guest_.config = kQuick +
                    "[network.dhcp]\nuser_class = \"common\"\n[[network.interface]]\nmatch = \"eth0\"\n"
                    "[network.interface.dhcp]\nuser_class = \"lab\"\n";
    boot(copy("/proc/net/route", "route"));
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    const auto sent = server_.requests().front().message.options.find(OptionCode::user_class);
    ASSERT_TRUE(sent);
    EXPECT_THAT(Bytes(sent->begin(), sent->end()), ElementsAre(3, 'l', 'a', 'b'));
}

// Its datagram has to wait for the server's MAC address first, and the machine for it.
TEST_F(BootNetworkTest, GivesTheLeaseBackBeforeTheEndWhereThatIsWanted) {
    guest_.config += "[network.dhcp]\nrelease = true\n";
    boot("echo > /out/started; " + kStay);
    ASSERT_TRUE(payload_makes("started"));
    EXPECT_EQ(end(), SIGINT);
    EXPECT_TRUE(guest_.comes_to([&] { return server_.count(MessageType::release) == 1; })) << guest_.log();
    EXPECT_EQ(guest_.log().find("could not be sent"), std::string::npos);
}

// A server that is not there any more: nobody answers for its address.
TEST_F(BootNetworkTest, WaitsNotLongForAServerToGiveTheLeaseBackTo) {
    guest_.config += "[network.dhcp]\nrelease = true\n";
    server_.grant.options.set(OptionCode::router, Bytes{192, 0, 2, 77});
    boot("echo > /out/started; " + kStay);
    ASSERT_TRUE(payload_makes("started"));
    {
        const auto inside = cable_.server.enter();
        ASSERT_EQ(std::system("ip addr flush dev srv0"), 0);
    }
    const auto before = BootClock::now();
    EXPECT_EQ(end(), SIGINT);
    EXPECT_LT(BootClock::now() - before, 5s);
    EXPECT_EQ(server_.count(MessageType::release), 0U);
    EXPECT_NE(guest_.log().find("dhcp: eth0: RELEASE could not be sent"), std::string::npos) << guest_.log();
}

}  // namespace
}  // namespace nlinit::app
