// SPDX-License-Identifier: Apache-2.0
// `nlinit netsetup --static`, and the options that say what becomes of a lease.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>

#include "netsetup_fixture.hpp"
#include "support/json.hpp"

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
using ::testing::Optional;
using ::testing::UnorderedElementsAre;

class NetsetupStaticTest : public test::NetsetupFixture {};
class NetsetupOptionsTest : public test::NetsetupFixture {};
class NetsetupJsonTest : public test::NetsetupFixture {};

TEST_F(NetsetupStaticTest, AnAddressAndAGatewayAreInTheKernelWithoutAPacket) {
    EXPECT_EQ(netsetup({"eth0", "--static", "192.0.2.9/24", "--gateway", "192.0.2.1"}).exit_code, 0);
    EXPECT_TRUE(is_up("lo"));
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.9/24 brd 192.0.2.255"));
    EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 src 192.0.2.9 proto static scope link",
                                      "default via 192.0.2.1 src 192.0.2.9 proto static"));
    EXPECT_EQ(test::lifetime_of("192.0.2.9/24", "eth0", cable_.client), std::nullopt);
    loop_.poll();
    EXPECT_THAT(server_.requests(), IsEmpty());
}

TEST_F(NetsetupStaticTest, TheLoopbackInterfaceKeepsTheAddressesThatItHasByItself) {
    for (int run = 0; run < 2; ++run) {
        const auto finished = netsetup({"lo", "--static", "192.0.2.9/32", "--static", "2001:db8::9/128"});
        EXPECT_EQ(finished.exit_code, 0) << finished.errors;
        EXPECT_THAT(finished.errors, Not(HasSubstr("127.0.0.1")));
        EXPECT_THAT(addresses_of("lo", cable_.client), UnorderedElementsAre("127.0.0.1/8", "192.0.2.9/32"));
        EXPECT_THAT(addresses_of("lo", cable_.client, Family::kIpv6),
                    UnorderedElementsAre("::1/128", "2001:db8::9/128 nodad"));
    }
}

// The kernel has one default route of a metric.
TEST_F(NetsetupStaticTest, ARouteOfAnotherLinkThatGivesWayIsSpokenOf) {
    test::make_veth("eth1", cable_.client, "srv1", cable_.server);
    test::set_link_up("srv1", cable_.server);
    ASSERT_EQ(netsetup({"eth0", "--static", "192.0.2.9/24", "--gateway", "192.0.2.1"}).errors, "");
    const auto beside = netsetup({"eth1", "--static", "10.0.0.9/24", "--gateway", "10.0.0.1", "--metric", "7"});
    EXPECT_EQ(beside.errors, "");
    const auto finished = netsetup({"eth1", "--static", "10.0.0.9/24", "--gateway", "10.0.0.1"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.errors,
                HasSubstr("the route default via 192.0.2.1 of eth0 is replaced by one of eth1: another "
                          "--metric keeps both\n"));
    EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 src 192.0.2.9 proto static scope link"));
}

TEST_F(NetsetupStaticTest, AGatewayThatIsItselfMeansThatAllIsOnLink) {
    const auto finished = netsetup({"eth0", "--static", "192.0.2.9/24", "--gateway", "192.0.2.9"});
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_THAT(finished.errors, HasSubstr("the gateway 192.0.2.9 is the interface's own address"));
    EXPECT_THAT(routes(), Contains("default src 192.0.2.9 proto static scope link"));
}

TEST_F(NetsetupStaticTest, WhatIsAboutALeaseIsSaidToChangeNothing) {
    const auto finished = netsetup({"eth0", "--static", "192.0.2.9/24", "--lease-file", "/x", "--set-hostname"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.errors, AllOf(HasSubstr("--lease-file is about a lease: it changes nothing with --static\n"),
                                       HasSubstr("--set-hostname is about a lease")));
    EXPECT_THAT(netsetup({"eth0", "--dry-run", "--release"}).errors,
                HasSubstr("--release changes nothing without --keep"));
    EXPECT_EQ(netsetup({"eth0", "--dry-run", "--release", "--keep"}).errors, "");
}

TEST_F(NetsetupStaticTest, AGatewayOutsideTheSubnetIsReachedByARouteOfItsOwn) {
    EXPECT_EQ(netsetup({"eth0", "--static", "10.0.0.9/24", "--gateway", "192.0.2.1"}).exit_code, 0);
    EXPECT_THAT(routes(), ElementsAre("10.0.0.0/24 src 10.0.0.9 proto static scope link",
                                      "192.0.2.1 src 10.0.0.9 proto static scope link",
                                      "default via 192.0.2.1 src 10.0.0.9 proto static"));
}

TEST_F(NetsetupStaticTest, AddressesOfBothFamiliesAreThereWithTheirGateways) {
    const std::vector<std::string> arguments{"eth0",     "--static",       "192.0.2.9/24", "--gateway", "192.0.2.1",
                                             "--static", "2001:db8::9/64", "--gateway",    "fe80::1"};
    for (const auto* run : {"the first", "again"}) {
        const auto finished = netsetup(arguments);
        EXPECT_EQ(finished.exit_code, 0) << run << finished.errors;
        EXPECT_THAT(addresses(), ElementsAre("192.0.2.9/24 brd 192.0.2.255")) << run;
        EXPECT_THAT(ipv6_addresses(), ElementsAre("2001:db8::9/64 nodad")) << run;
        EXPECT_THAT(
            test::routes_of("eth0", cable_.client, Family::kIpv6),
            ElementsAre("2001:db8::/64 proto static metric 1024", "default via fe80::1 proto static metric 1024"))
            << run;
    }
    EXPECT_EQ(netsetup({"eth0", "--static", "2001:db8::8/64"}).exit_code, 0);
    EXPECT_THAT(ipv6_addresses(), ElementsAre("2001:db8::8/64 nodad")) << "in the place of the one before";
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.9/24 brd 192.0.2.255")) << "the other family is left alone";
}

TEST_F(NetsetupStaticTest, Ipv6MayBeTurnedOffAndOnAgain) {
    ASSERT_EQ(netsetup({"eth0", "--static", "2001:db8::9/64"}).exit_code, 0);
    const auto finished = netsetup({"eth0", "--ipv6", "none"});
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_THAT(ipv6_addresses(), IsEmpty()) << "the kernel takes them where it has none";
    const auto after = netsetup({"eth0", "--static", "2001:db8::9/64"});
    EXPECT_EQ(after.exit_code, 0) << after.errors;
    EXPECT_THAT(ipv6_addresses(), ElementsAre("2001:db8::9/64 nodad"));
}

TEST_F(NetsetupStaticTest, PairsAndSingleHostsHaveNoBroadcastAddress) {
    EXPECT_EQ(netsetup({"eth0", "--static", "192.0.2.0/31", "--gateway", "192.0.2.1"}).exit_code, 0);
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.0/31"));
    EXPECT_EQ(netsetup({"eth0", "--static", "203.0.113.9/32", "--gateway", "192.0.2.1"}).exit_code, 0);
    EXPECT_THAT(addresses(), ElementsAre("203.0.113.9/32"));
    EXPECT_THAT(routes(), Contains("default via 192.0.2.1 src 203.0.113.9 proto static"));
}

TEST_F(NetsetupStaticTest, RunTwiceItLeavesWhatOneRunLeaves) {
    const std::vector<std::string> arguments{"eth0", "--static", "192.0.2.9/24", "--gateway", "192.0.2.1"};
    ASSERT_EQ(netsetup(arguments).exit_code, 0);
    const auto routes_before = routes();
    test::KernelEvents events(cable_.client);
    EXPECT_EQ(netsetup(arguments).exit_code, 0);
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.9/24 brd 192.0.2.255"));
    EXPECT_EQ(routes(), routes_before);
    EXPECT_THAT(events.take(), Not(Contains(::testing::StartsWith("gone"))));
}

TEST_F(NetsetupStaticTest, ItReplacesALease) {
    ASSERT_EQ(netsetup({"eth0"}).exit_code, 0);
    ASSERT_EQ(netsetup({"eth0", "--static", "192.0.2.9/24"}).exit_code, 0);
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.9/24 brd 192.0.2.255"));
    EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 src 192.0.2.9 proto static scope link"));
}

TEST_F(NetsetupStaticTest, NoCarrierIsNeeded) {
    cable_.unplug();
    const auto finished = netsetup({"eth0", "--static", "192.0.2.9/24", "--gateway", "192.0.2.1"});
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_LT(finished.took, 2s);
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.9/24 brd 192.0.2.255"));
    EXPECT_THAT(routes(), Contains("default via 192.0.2.1 src 192.0.2.9 proto static"));
}

TEST_F(NetsetupOptionsTest, WithoutADefaultRouteTheSubnetIsRouted) {
    server_.grant.options.set(OptionCode::classless_static_route, Bytes{0, 192, 0, 2, 1, 8, 10, 192, 0, 2, 254});
    EXPECT_EQ(netsetup({"eth0", "--no-default-route", "--metric", "77"}).exit_code, 0);
    EXPECT_THAT(routes(), ElementsAre("10.0.0.0/8 via 192.0.2.254 src 192.0.2.50 proto dhcp metric 77",
                                      "192.0.2.0/24 src 192.0.2.50 proto dhcp scope link metric 77"));
}

// What is there already on another interface stays where it is: eth1's subnet, and its gateway.
TEST_F(NetsetupOptionsTest, WithoutADefaultRouteNothingIsTakenFromAnotherInterface) {
    test::make_veth("eth1", cable_.client, "srv1", cable_.server);
    ASSERT_EQ(netsetup({"eth1", "--static", "192.168.7.2/24", "--gateway", "192.168.7.1"}).exit_code, 0);
    server_.grant.address = {192, 168, 7, 50};
    server_.grant.options.set_address(OptionCode::subnet_mask, {255, 255, 255, 128});
    server_.grant.options.set(OptionCode::classless_static_route,
                              Bytes{32, 192, 168, 7, 1, 0, 0, 0, 0, 16, 10, 5, 0, 0, 0, 0});
    const auto finished = netsetup({"eth0", "--no-default-route"});
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_THAT(addresses(), ElementsAre("192.168.7.50/32"));
    EXPECT_THAT(routes(), ElementsAre("10.5.0.0/16 src 192.168.7.50 proto dhcp scope link"));
    EXPECT_THAT(finished.errors, HasSubstr("which would take over eth1's gateway 192.168.7.1"));
}

TEST_F(NetsetupOptionsTest, AnAddressThatIsAnothersGatewayIsRefused) {
    test::make_veth("eth1", cable_.client, "srv1", cable_.server);
    ASSERT_EQ(netsetup({"eth1", "--static", "192.168.7.2/24", "--gateway", "192.168.7.1"}).exit_code, 0);
    server_.grant.address = {192, 168, 7, 1};
    const auto finished = netsetup({"eth0", "--no-default-route"});
    EXPECT_NE(finished.exit_code, 0);
    EXPECT_THAT(finished.errors, HasSubstr("the leased address is eth1's gateway 192.168.7.1"));
    EXPECT_THAT(addresses(), ElementsAre());
}

TEST_F(NetsetupOptionsTest, ForeverIsWithoutLifetime) {
    EXPECT_EQ(netsetup({"eth0", "--forever"}).exit_code, 0);
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_EQ(test::lifetime_of("192.0.2.50/24", "eth0", cable_.client), std::nullopt);
}

TEST_F(NetsetupOptionsTest, HostNameAndIdentifierReachTheServer) {
    EXPECT_EQ(netsetup({"eth0", "--hostname", "guest-1", "--client-id", "rack7"}).exit_code, 0);
    ASSERT_THAT(server_.requests(), Not(IsEmpty()));
    for (const auto& request : server_.requests()) {
        const auto& options = request.message.options;
        const auto name = options.find(OptionCode::host_name).value_or(ByteView{});
        EXPECT_EQ(std::string(name.begin(), name.end()), "guest-1");
        const auto identifier = options.find(OptionCode::client_identifier).value_or(ByteView{});
        EXPECT_EQ(Bytes(identifier.begin(), identifier.end()), (Bytes{0, 'r', 'a', 'c', 'k', '7'}));
    }
}

TEST_F(NetsetupOptionsTest, WithRapidCommitOnePacketIsEnough) {
    server_.grant.rapid_commit = true;
    EXPECT_EQ(netsetup({"eth0"}).exit_code, 0);
    EXPECT_THAT(server_.heard(), ElementsAre("broadcast DISCOVER rapid"));
}

TEST_F(NetsetupOptionsTest, RapidCommitCanBeLeftOut) {
    server_.grant.rapid_commit = true;
    EXPECT_EQ(netsetup({"eth0", "--no-rapid-commit"}).exit_code, 0);
    EXPECT_THAT(server_.heard(),
                ElementsAre("broadcast DISCOVER", "broadcast REQUEST requested=192.0.2.50 server=192.0.2.1"));
}

TEST_F(NetsetupOptionsTest, VerboseTellsHowTheLeaseCame) {
    const auto finished = netsetup({"eth0", "--verbose"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.errors, AllOf(HasSubstr("SELECTING"), HasSubstr("192.0.2.50/24")));
}

TEST_F(NetsetupJsonTest, AMetricIsReportedWhereARouteHasOne) {
    const auto finished = netsetup({"eth0", "--metric", "77", "--json"});
    const auto json = test::Json::parse(finished.output);
    ASSERT_TRUE(json) << finished.output << finished.errors;
    EXPECT_EQ((*json)["routes"][1]["destination"].text(), "0.0.0.0/0");
    EXPECT_THAT((*json)["routes"][1]["metric"].number(), Optional(77));
}

TEST_F(NetsetupJsonTest, ALeaseIsReportedWithItsTimes) {
    server_.grant.options.set(OptionCode::name_server, Bytes{192, 0, 2, 53});
    server_.grant.options.set_text(OptionCode::domain_name, "example.org");
    server_.grant.set_times(3600, 900, 1800);
    const auto finished = netsetup({"eth0", "--json"});
    EXPECT_EQ(finished.exit_code, 0);
    const auto json = test::Json::parse(finished.output);
    ASSERT_TRUE(json) << finished.output;
    EXPECT_EQ((*json)["interface"].text(), "eth0");
    EXPECT_EQ((*json)["mac"].text(), test::link_of("eth0", cable_.client)->mac);
    EXPECT_THAT((*json)["mtu"].number(), Optional(1500));
    EXPECT_TRUE((*json)["carrier"].flag());
    EXPECT_EQ((*json)["progress"].text(), "configured");
    EXPECT_THAT((*json)["addresses"].texts(), ElementsAre("192.0.2.50/24"));
    EXPECT_EQ((*json)["routes"][1]["destination"].text(), "0.0.0.0/0");
    EXPECT_EQ((*json)["routes"][1]["gateway"].text(), "192.0.2.1");
    EXPECT_FALSE((*json)["routes"][1].has("metric"));
    EXPECT_THAT((*json)["name_servers"].texts(), ElementsAre("192.0.2.53"));
    EXPECT_THAT((*json)["search"].texts(), ElementsAre("example.org"));
    const auto& dhcp = (*json)["dhcp"];
    EXPECT_EQ(dhcp["state"].text(), "BOUND");
    EXPECT_EQ(dhcp["packets"].size(), 4U);
    EXPECT_EQ(dhcp["packets"][3]["type"].text(), "ACK");
    EXPECT_EQ(dhcp["dropped"].size(), 0U);
    EXPECT_EQ(dhcp["lease"]["server"].text(), "192.0.2.1");
    EXPECT_THAT(dhcp["lease"]["seconds"].number(), Optional(3600));
    EXPECT_THAT(dhcp["lease"]["renew_after"].number(),
                Optional(::testing::AllOf(::testing::Ge(809), ::testing::Le(990))));
    EXPECT_THAT(dhcp["lease"]["rebind_after"].number(),
                Optional(::testing::AllOf(::testing::Ge(1619), ::testing::Le(1980))));
    const auto configured = (*json)["timing_ms"]["configured"].number();
    ASSERT_TRUE(configured);
    EXPECT_GT(*configured, 0);
    EXPECT_LE((*json)["timing_ms"]["carrier"].number().value_or(1e9), *configured);
}

TEST_F(NetsetupJsonTest, AFixedConfigurationIsReported) {
    const auto finished = netsetup({"eth0", "--static", "192.0.2.9/24", "--gateway", "192.0.2.1", "--json"});
    const auto json = test::Json::parse(finished.output);
    ASSERT_TRUE(json) << finished.output;
    EXPECT_THAT((*json)["addresses"].texts(), ElementsAre("192.0.2.9/24"));
    EXPECT_FALSE(json->has("dhcp"));
}

TEST_F(NetsetupJsonTest, AFailureIsReportedToo) {
    server_.silent = true;
    const auto finished = netsetup({"eth0", "--json", "--timeout", "300ms"});
    EXPECT_EQ(finished.exit_code, 5);
    const auto json = test::Json::parse(finished.output);
    ASSERT_TRUE(json) << finished.output;
    EXPECT_EQ((*json)["progress"].text(), "no_lease");
    EXPECT_THAT((*json)["summary"].text(), HasSubstr("no DHCP lease"));
    EXPECT_THAT(finished.errors, HasSubstr("no DHCP lease")) << "for people";
}

TEST_F(NetsetupJsonTest, EveryEndIsAnObjectWithItsStatus) {
    test::add_address("fe80::99/64", "eth0", cable_.client);
    const struct {
        std::vector<std::string> arguments;
        int status;
        std::string sentence;
    } cases[] = {
        {{"--json", "--timeuot", "3"}, 2, "unknown option --timeuot"},
        {{"--js", "--timeuot", "3"}, 2, "unknown option --timeuot"},
        {{"--json=yes"}, 2, "--json takes no value"},
        {{"--json", "eth0", "--timeout"}, 2, "--timeout needs a value"},
        {{"--json", "eth0", "eth1"}, 2, "one interface at a time, not also eth1"},
        {{"--gateway", "192.0.2.1", "--json"}, 2, "--gateway needs --static"},
        {{"eth0", "--json", "--netns", "/no/such"}, 2, "network namespace /no/such"},
        {{"eth7", "--json", "--timeout", "100ms"}, 3, "there is no interface eth7 (there is "},
        {{"eth7", "--json", "--dry-run"}, 3, "there is no interface eth7 (there is "},
        {{"eth0", "--json", "--pcap", "/no/such/file"}, 2, "/no/such/file"},
        {{"eth7", "--json", "--keep", "--forever"}, 2, "--keep renews the lease"},
        {{"eth0", "--json", "--static", "2001:db8::9/64", "--gateway", "fe80::99", "--timeout", "1s"}, 6, "fe80::99"},
        {{"eth0", "--json", "--dns", "9.9.9.9", "--resolv-conf", "/dev/null/x"}, 9, "/dev/null/x"},
    };
    for (const auto& [arguments, status, sentence] : cases) {
        const auto finished = netsetup(arguments);
        EXPECT_EQ(finished.exit_code, status) << sentence << ": " << finished.errors;
        const auto json = test::Json::parse(finished.output);
        ASSERT_TRUE(json) << sentence << ": " << finished.output;
        EXPECT_THAT((*json)["exit_status"].number(), Optional(status)) << sentence;
        EXPECT_THAT((*json)["error"].text(), HasSubstr(sentence));
        EXPECT_THAT(finished.errors, HasSubstr(sentence)) << "for people";
    }
}

TEST_F(NetsetupJsonTest, AMissingRightIsReported) {
    test::Program program(loop_, command({"eth0", "--json"}),
                          {.network = &cable_.client, .capabilities_without = {CAP_NET_ADMIN}});
    const auto finished = program.wait();
    const auto json = test::Json::parse(finished.output);
    ASSERT_TRUE(json) << finished.output;
    EXPECT_THAT((*json)["exit_status"].number(), Optional(7));
    EXPECT_THAT((*json)["error"].text(), HasSubstr("CAP_NET_ADMIN"));
}

TEST_F(NetsetupJsonTest, ADryRunIsAnObjectToo) {
    const auto finished =
        netsetup({"eth0", "--static", "203.0.113.9/32", "--gateway", "192.0.2.1", "--dry-run", "--json"});
    const auto json = test::Json::parse(finished.output);
    ASSERT_TRUE(json) << finished.output;
    EXPECT_TRUE((*json)["dry_run"].flag());
    EXPECT_EQ((*json)["method"].text(), "static");
    EXPECT_EQ((*json)["interface"].text(), "eth0");
    EXPECT_THAT((*json)["addresses"].texts(), ElementsAre("203.0.113.9/32"));
    EXPECT_EQ((*json)["routes"].size(), 2U);
    EXPECT_EQ((*json)["steps"].size(), 4U);
    EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(NetsetupOptionsTest, ADryRunSaysWhatWouldBeWritten) {
    const auto written = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"eth0", "--dry-run", "--resolv-conf", "/x"});
        return netsetup(std::move(arguments)).output;
    };
    EXPECT_THAT(written({"--static", "192.0.2.9/24", "--search", "a.example,b.example."}),
                HasSubstr("write /x with no name servers and the search domains a.example, b.example\n"));
    EXPECT_THAT(written({"--static", "192.0.2.9/24", "--dns", "9.9.9.9"}),
                HasSubstr("write /x with the name servers 9.9.9.9 and no search domains\n"));
    EXPECT_THAT(written({}),
                HasSubstr("write /x with the name servers of the lease and the search domains of the lease\n"));
}

TEST_F(NetsetupJsonTest, WhatIsWrittenIsReported) {
    const auto finished = netsetup({"eth0", "--static", "192.0.2.9/24", "--dns", "9.9.9.9", "--search", "a.example",
                                    "--resolv-conf", "/dev/null/x", "--json"});
    const auto json = test::Json::parse(finished.output);
    ASSERT_TRUE(json) << finished.output;
    EXPECT_EQ((*json)["resolv_conf"]["path"].text(), "/dev/null/x");
    EXPECT_FALSE((*json)["resolv_conf"]["written"].flag());
    EXPECT_THAT((*json)["resolv_conf"]["name_servers"].texts(), ElementsAre("9.9.9.9"));
    EXPECT_THAT((*json)["resolv_conf"]["search"].texts(), ElementsAre("a.example"));
    EXPECT_EQ((*json)["progress"].text(), "configured");
}

TEST_F(NetsetupJsonTest, AMissingInterfaceIsReportedByTheNameThatWasAskedFor) {
    const auto finished = netsetup({"eth7", "--json", "--timeout", "100ms"});
    EXPECT_EQ(finished.exit_code, 3);
    const auto json = test::Json::parse(finished.output);
    ASSERT_TRUE(json) << finished.output;
    EXPECT_EQ((*json)["interface"].text(), "eth7");
    EXPECT_EQ((*json)["progress"].text(), "no_interface");
}

}  // namespace
}  // namespace nlinit::app
