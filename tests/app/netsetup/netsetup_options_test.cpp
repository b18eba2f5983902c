// SPDX-License-Identifier: Apache-2.0
#include "app/netsetup/netsetup_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "netsetup_fixture.hpp"
#include "support/result.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using test::is_ok;
using test::sentence;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<NetsetupOptions> parse(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "netsetup");
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    return parse_netsetup_options(static_cast<int>(arguments.size()), pointers.data());
}

TEST(NetsetupOptions, WithoutAnyThePrimaryInterfaceGetsALeaseWithinSixSeconds) {
    const auto options = parse({});
    ASSERT_TRUE(is_ok(options));
    EXPECT_EQ(options->interface.match, "primary");
    EXPECT_EQ(options->interface.method, config::Method::dhcp);
    EXPECT_EQ(options->timeout, 6s);
    EXPECT_TRUE(options->dhcp.common.rapid_commit);
    EXPECT_FALSE(options->keep || options->json || options->dry_run || options->verbose || options->help);
}

TEST(NetsetupOptions, TheInterfaceMayComeBeforeAndAfterOptions) {
    EXPECT_EQ(parse({"eth1", "--json"})->interface.match, "eth1");
    EXPECT_EQ(parse({"--json", "eth1"})->interface.match, "eth1");
    EXPECT_EQ(parse({"--json", "--", "-odd-name"})->interface.match, "-odd-name");
}

TEST(NetsetupOptions, TimesAreSecondsOrMilliseconds) {
    EXPECT_EQ(parse({"--timeout", "2"})->timeout, 2s);
    EXPECT_EQ(parse({"--timeout", "2s"})->timeout, 2s);
    EXPECT_EQ(parse({"--timeout=250ms"})->timeout, 250ms);
    EXPECT_EQ(parse({"--timeout", "86400"})->timeout, 24h);
}

TEST(NetsetupOptions, AFixedAddressHasItsBroadcastAddress) {
    const auto options = parse({"--static", "10.0.0.2/24", "--gateway", "10.0.0.1"});
    ASSERT_TRUE(is_ok(options));
    EXPECT_EQ(options->interface.method, config::Method::fixed);
    EXPECT_THAT(options->interface.addresses,
                ElementsAre(InterfaceAddress{
                    .local = Ipv4Address(10, 0, 0, 2), .prefix_length = 24, .broadcast = Ipv4Address(10, 0, 0, 255)}));
    EXPECT_THAT(options->interface.gateways, ElementsAre(IpAddress(Ipv4Address(10, 0, 0, 1))));
    EXPECT_EQ(parse({"--static", "10.0.0.2/31"})->interface.addresses[0].broadcast, std::nullopt);
}

TEST(NetsetupOptions, AnAddressAndAGatewayOfEachFamily) {
    const auto options = parse({"--static", "10.0.0.2/24", "--static", "2001:db8::2/64", "--static", "2001:db8::3/64",
                                "--gateway", "fe80::1", "--gateway", "10.0.0.1", "--ipv6", "auto"});
    ASSERT_TRUE(is_ok(options));
    ASSERT_EQ(options->interface.addresses.size(), 3U) << "each that is named";
    EXPECT_EQ(to_string(options->interface.addresses[2]), "2001:db8::3/64");
    EXPECT_EQ(options->interface.gateways.size(), 2U);
    EXPECT_EQ(options->interface.ipv6, config::Ipv6::automatic);
    EXPECT_EQ(parse({})->interface.ipv6, config::Ipv6::untouched);
    EXPECT_EQ(parse({"--dns", "2001:db8::53,fe80::1%eth0", "--resolv-conf", "/x"})->dns.size(), 2U);
}

TEST(NetsetupOptions, ASecondGatewayOfAFamilyIsRefused) {
    EXPECT_THAT(sentence(parse({"--static", "10.0.0.2/24", "--gateway", "10.0.0.1", "--gateway", "10.0.0.9"})),
                HasSubstr("--gateway 10.0.0.9: want a router's address, one of each family"));
    EXPECT_TRUE(is_ok(parse({"--static", "10.0.0.2/24", "--gateway", "10.0.0.1", "--gateway", "10.0.0.1"})));
}

TEST(NetsetupOptions, FamiliesThatDoNotGoTogetherAreSaid) {
    EXPECT_THAT(sentence(parse({"--static", "10.0.0.2/24", "--gateway", "fe80::1"})),
                HasSubstr("--gateway fe80::1 needs --static with an address of its family"));
    EXPECT_THAT(sentence(parse({"--static", "2001:db8::2/64", "--ipv6", "none"})), HasSubstr("choose one"));
    for (const auto* mode : {"static", "untouched", "", "no"})
        EXPECT_THAT(sentence(parse({"--ipv6", mode})), HasSubstr("--ipv6")) << mode;
}

TEST(NetsetupOptions, OneFamilyAloneOrARequiredOne) {
    const auto required = parse({"--ipv6", "required"});
    ASSERT_TRUE(is_ok(required));
    EXPECT_EQ(required->interface.ipv6, config::Ipv6::automatic);
    EXPECT_TRUE(required->interface.ipv6_required);
    const auto ipv6_alone = parse({"-6", "eth0"});
    ASSERT_TRUE(is_ok(ipv6_alone));
    EXPECT_EQ(ipv6_alone->interface.match, "eth0");
    EXPECT_EQ(ipv6_alone->interface.method, config::Method::none);
    EXPECT_TRUE(ipv6_alone->interface.ipv6_required);
    EXPECT_THAT(parse({"-6", "--hostname", "guest"})->remarks, ElementsAre(HasSubstr("it changes nothing with -6")));
    EXPECT_THAT(parse({"--static", "2001:db8::2/64", "--acd", "probe"})->remarks, ::testing::IsEmpty())
        << "a fixed address of IPv6 is looked for on the link";
    EXPECT_THAT(parse({"--static", "10.0.0.2/24", "--acd", "probe"})->remarks,
                ElementsAre(HasSubstr("--acd is about")));
    EXPECT_THAT(parse({"--ipv6", "none", "--ipv6-only"})->remarks,
                ElementsAre(HasSubstr("--ipv6-only is not obeyed with --ipv6 none")));
    EXPECT_THAT(parse({"-6", "--keep", "--release"})->remarks, ::testing::IsEmpty()) << "there is a lease of DHCPv6";
    const auto of_ipv6 = parse({"-6", "--static", "2001:db8::2/64", "--gateway", "fe80::1"});
    ASSERT_TRUE(is_ok(of_ipv6));
    EXPECT_EQ(of_ipv6->interface.method, config::Method::fixed);
    EXPECT_EQ(parse({"-4"})->interface.ipv6, config::Ipv6::untouched);
}

TEST(NetsetupOptions, TheLatterOfTwoCounts) {
    EXPECT_EQ(parse({"--metric", "1", "--metric", "4294967295"})->interface.metric, 4294967295U);
}

TEST(NetsetupOptions, AnUnknownOptionIsNamed) {
    EXPECT_THAT(sentence(parse({"--colour"})), HasSubstr("--colour"));
    EXPECT_THAT(sentence(parse({"eth0", "-x"})), HasSubstr("-x"));
    EXPECT_THAT(sentence(parse({"-vx", "eth0"})), HasSubstr("option -x;"));
    EXPECT_THAT(sentence(parse({"--static", "10.0.0.2/24", "-eth0"})), HasSubstr("option -e;"));
}

TEST(NetsetupOptions, AnAmbiguousOptionIsNamed) {
    EXPECT_THAT(sentence(parse({"--no"})), HasSubstr("--no"));
}

TEST(NetsetupOptions, AnOptionThatMayHaveNoValueIsNamed) {
    EXPECT_THAT(sentence(parse({"--json=yes"})), HasSubstr("--json takes no value"));
}

TEST(NetsetupOptions, JsonIsAskedForByTheOptionAloneAlsoWhereOthersAreWrong) {
    const auto asks = [](std::vector<std::string> words) {
        words.insert(words.begin(), "netsetup");
        std::vector<char*> arguments;
        for (auto& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        return asks_for_json(static_cast<int>(words.size()), arguments.data());
    };
    EXPECT_TRUE(asks({"--bogus", "--json"}));
    EXPECT_TRUE(asks({"eth0", "--js", "--timeout"}));
    EXPECT_TRUE(asks({"--json=yes"}));
    EXPECT_FALSE(asks({"--bogus", "eth0"}));
    EXPECT_FALSE(asks({"--bogus", "--hostname", "--json"}));
    EXPECT_FALSE(asks({"--bogus", "--", "--json"}));
}

TEST(NetsetupOptions, AMissingValueIsNamed) {
    EXPECT_THAT(sentence(parse({"--timeout"})), AllOf(HasSubstr("--timeout"), HasSubstr("needs a value")));
    EXPECT_THAT(sentence(parse({"eth0", "--static"})), AllOf(HasSubstr("--static"), HasSubstr("needs a value")));
}

TEST(NetsetupOptions, ABadValueIsNamedWithItsOption) {
    const std::vector<std::pair<std::string, std::vector<std::string>>> bad{
        {"--timeout", {"0", "-1", "6h", "1e3", "86401", "ms", "99999999999999999999"}},
        {"--static", {"10.0.0.2", "10.0.0/24", "10.0.0.2/33", "10.0.0.2/0", "127.0.0.1/8", "0.0.0.0/24", "x/24"}},
        {"--metric", {"-1", "4294967296", "low"}},
        {"--hostname", {"", "two words", "line\nbreak", std::string(300, 'a')}},
        {"--client-id", {"", std::string(255, 'a')}},
    };
    for (const auto& [option, values] : bad) {
        for (const auto& value : values)
            EXPECT_THAT(sentence(parse({option, value})), AllOf(HasSubstr(option), HasSubstr("want"))) << value;
    }
    EXPECT_THAT(sentence(parse({"--static", "10.0.0.2/24", "--gateway", "10.0.0.256"})), HasSubstr("--gateway"));
}

TEST(NetsetupOptions, WhatDoesNotGoTogetherIsSaid) {
    EXPECT_THAT(sentence(parse({"--gateway", "10.0.0.1"})), AllOf(HasSubstr("--gateway"), HasSubstr("--static")));
    EXPECT_THAT(sentence(parse({"--static", "10.0.0.2/24", "--keep"})),
                AllOf(HasSubstr("--keep"), HasSubstr("--static")));
    EXPECT_THAT(sentence(parse({"--forever", "--keep"})), AllOf(HasSubstr("--keep"), HasSubstr("--forever")));
}

TEST(NetsetupOptions, AGatewayIsAHostAndAWayOut) {
    for (const char* edge : {"10.0.0.0", "10.0.0.255"})
        EXPECT_EQ(sentence(parse({"--static", "10.0.0.2/24", "--gateway", edge})),
                  std::string("--gateway: the gateway ") + edge +
                      " is the network or broadcast address of 10.0.0.0/24, and no host's");
    EXPECT_THAT(parse({"--static", "10.0.0.2/24", "--gateway", "10.0.0.1", "--no-default-route"})->remarks,
                ElementsAre("--gateway 10.0.0.1 changes nothing with --no-default-route"));
    EXPECT_THAT(parse({"--static", "10.0.0.2/24", "--gateway", "10.0.0.1"})->remarks, ::testing::IsEmpty());
}

TEST(NetsetupOptions, RoutesOfTheLeaseAreAcceptedWhereThereIsNoWayOut) {
    const auto accepted = [](std::vector<std::string> words) {
        return parse(std::move(words))->interface.accept_routes;
    };
    EXPECT_THAT(accepted({"eth0"}), ::testing::IsEmpty());
    EXPECT_THAT(accepted({"eth0", "--no-default-route"}), ElementsAre(Prefix()));
    EXPECT_THAT(accepted({"eth0", "--no-default-route", "--accept-routes", "10.0.0.0/8,172.16.0.0/12"}),
                ElementsAre(Prefix({10, 0, 0, 0}, 8), Prefix({172, 16, 0, 0}, 12)));
    EXPECT_THAT(sentence(parse({"--accept-routes", "10.0.0.0/8"})), HasSubstr("--no-default-route"));
    EXPECT_THAT(sentence(parse({"--no-default-route", "--accept-routes", "0.0.0.0/1"})), HasSubstr("--accept-routes"));
}

TEST(NetsetupOptions, OneInterfaceAtATime) {
    EXPECT_THAT(sentence(parse({"eth0", "eth1"})), HasSubstr("eth1"));
    EXPECT_FALSE(parse({""}).ok());
}

TEST(NetsetupOptions, EveryOptionIsInTheHelp) {
    const auto help = netsetup_help();
    for (const auto* option : {"--timeout", "--keep", "--release", "--forever", "--static", "--gateway",
                               "--no-default-route", "--accept-routes", "--metric", "--hostname", "--client-id",
                               "--no-rapid-commit", "--resolv-conf", "--netns", "--json", "--dry-run", "--verbose"})
        EXPECT_THAT(help, HasSubstr(option));
}

class NetsetupUsageTest : public test::NetsetupFixture {};

TEST_F(NetsetupUsageTest, WrongUseIsExit2WithOneSentenceAndNothingDone) {
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {"--colour"}, {"eth0", "--timeout", "soon"}, {"eth0", "eth1"}, {"--netns", "no-such-namespace"}}) {
        const auto finished = netsetup(arguments);
        EXPECT_EQ(finished.exit_code, 2) << finished.errors;
        EXPECT_THAT(finished.errors, HasSubstr(arguments.back() == "soon" ? "--timeout" : arguments.back()));
        EXPECT_EQ(std::ranges::count(finished.errors, '\n'), 1) << finished.errors;
        EXPECT_FALSE(is_up("lo"));
    }
}

TEST_F(NetsetupUsageTest, HelpGoesToStandardOutput) {
    const auto finished = netsetup({"--help"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.output, HasSubstr("usage: nlinit netsetup"));
    EXPECT_FALSE(is_up("lo"));
}

TEST(NetsetupOptions, WhatTheDhcpClientIsToDo) {
    const auto options = parse({"--acd",
                                "probe",
                                "--lease-file",
                                "lease",
                                "--request",
                                "43,66",
                                "--user-class",
                                "lab",
                                "--vendor-class",
                                "acme",
                                "--client-id",
                                "01:aa:bb",
                                "--start-delay",
                                "10s",
                                "--fallback-lease",
                                "10min",
                                "--allow-server",
                                "10.0.0.1",
                                "--deny-server",
                                "10.0.0.2,10.0.0.3",
                                "--broadcast",
                                "--ipv6-only",
                                "--ms-routes",
                                "--set-hostname",
                                "--release",
                                "--no-rapid-commit",
                                "--pcap",
                                "file"});
    ASSERT_TRUE(is_ok(options));
    const auto& dhcp = options->dhcp.common;
    EXPECT_EQ(dhcp.conflict_detection, config::ConflictDetection::probe);
    EXPECT_EQ(dhcp.lease_file, "lease");
    EXPECT_THAT(dhcp.request, ElementsAre(43, 66));
    EXPECT_EQ(dhcp.user_class, "lab");
    EXPECT_EQ(dhcp.vendor_class, "acme");
    EXPECT_THAT(dhcp.client_id, ElementsAre(1, 0xaa, 0xbb));
    EXPECT_TRUE(dhcp.send_client_id);
    EXPECT_EQ(dhcp.start_delay, 10s);
    EXPECT_EQ(dhcp.fallback_lease, 10min);
    EXPECT_THAT(dhcp.allow, ElementsAre(Ipv4Address(10, 0, 0, 1)));
    EXPECT_THAT(dhcp.deny, ElementsAre(Ipv4Address(10, 0, 0, 2), Ipv4Address(10, 0, 0, 3)));
    EXPECT_TRUE(dhcp.broadcast && dhcp.ipv6_only && dhcp.ms_routes && dhcp.use_hostname && dhcp.release);
    EXPECT_FALSE(dhcp.rapid_commit);
    EXPECT_EQ(options->pcap, "file");
}

TEST(NetsetupOptions, AClientIdentifierOfNoneIsNotSent) {
    const auto options = parse({"--client-id", "none"});
    ASSERT_TRUE(is_ok(options));
    EXPECT_FALSE(options->dhcp.common.send_client_id);
    EXPECT_TRUE(parse({"--client-id", "none", "--client-id", "a"})->dhcp.common.send_client_id);
}

TEST(NetsetupOptions, WhatIsWrongWithADhcpOptionIsSaid) {
    EXPECT_THAT(sentence(parse({"--acd", "maybe"})), AllOf(HasSubstr("--acd maybe"), HasSubstr("optimistic")));
    EXPECT_THAT(sentence(parse({"--acd", "optimistic"})), HasSubstr("needs --keep"));
    EXPECT_THAT(sentence(parse({"--request", "43,"})), HasSubstr("from 1 to 254"));
    EXPECT_THAT(sentence(parse({"--request", "255"})), HasSubstr("from 1 to 254"));
    EXPECT_THAT(sentence(parse({"--deny-server", "server"})), HasSubstr("IPv4 addresses of DHCP servers"));
    EXPECT_THAT(sentence(parse({"--lease-file", ""})), HasSubstr("want a path"));
    EXPECT_THAT(sentence(parse({"--fallback-lease", "500ms"})), HasSubstr("from 1s"));
}

}  // namespace
}  // namespace nlinit::app
