// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlinit/config/profile.hpp"
#include "nlinit/config/toml_config.hpp"

namespace nlinit::config {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using Servers = std::vector<Ipv4Address>;

TEST(TomlNetworkTest, KeysReachTheirPlaces) {
    const auto parsed = parse_toml(R"(
        [network]
        wait = false
        timeout = "500ms"
        link_timeout = "1s"
        dns = ["1.1.1.1", "127.0.0.53"]
        search = ["example.org", "corp.example"]
        [[network.interface]]
        match = "52:54:00:12:34:56"
        method = "static"
        address = ["10.0.0.2/24", "10.1.0.2/31"]
        gateway = "10.0.0.1"
        routes = [{ to = "10.9.0.0/16", via = "10.0.0.9", metric = 7 }, { to = "10.8.0.0/16" }]
        mtu = 1400
        mac = "52:54:00:00:00:01"
        default_route = false
        accept_routes = ["10.64.0.0/10", "172.16.1.9/12"]
        optional = true
        metric = 100
        sysctl = { proxy_arp = 1 }
        [[network.interface]]
    )",
                                   "arcbox");
    for (const auto& problem : parsed.problems) ADD_FAILURE() << to_string(problem, "text");
    const auto& network = parsed.config.network;
    EXPECT_FALSE(network.wait);
    EXPECT_EQ(network.timeout, std::chrono::milliseconds(500));
    EXPECT_EQ(network.link_timeout, std::chrono::seconds(1));
    EXPECT_FALSE(network.dns_from_lease);
    EXPECT_THAT(network.name_servers, ElementsAreArray(Servers{{1, 1, 1, 1}, {127, 0, 0, 53}}));
    EXPECT_EQ(network.search_domains, (std::vector<std::string>{"example.org", "corp.example"}));
    ASSERT_EQ(network.interfaces.size(), 2U);
    EXPECT_EQ(network.interfaces[1], Interface());

    const auto& interface = network.interfaces[0];
    EXPECT_EQ(interface.match, "52:54:00:12:34:56");
    EXPECT_EQ(interface.method, Method::fixed);
    ASSERT_EQ(interface.addresses.size(), 2U);
    EXPECT_EQ(to_string(interface.addresses[0]), "10.0.0.2/24");
    EXPECT_EQ(interface.addresses[0].broadcast, Ipv4Address(10, 0, 0, 255));
    EXPECT_EQ(to_string(interface.addresses[1]), "10.1.0.2/31");
    EXPECT_THAT(interface.gateways, ElementsAre(IpAddress(Ipv4Address(10, 0, 0, 1))));
    ASSERT_EQ(interface.routes.size(), 2U);
    EXPECT_EQ(to_string(interface.routes[0]), "10.9.0.0/16 via 10.0.0.9 metric 7");
    EXPECT_EQ(to_string(interface.routes[1]), "10.8.0.0/16");
    EXPECT_EQ(interface.mtu, 1400);
    EXPECT_EQ(interface.mac, MacAddress({0x52, 0x54, 0, 0, 0, 1}));
    EXPECT_FALSE(interface.default_route);
    EXPECT_EQ(interface.accept_routes, (std::vector{Prefix({10, 64, 0, 0}, 10), Prefix({172, 16, 0, 0}, 12)}));
    EXPECT_TRUE(interface.optional);
    EXPECT_EQ(interface.metric, 100U);
    EXPECT_EQ(interface.sysctl, (std::map<std::string, std::string>{{"proxy_arp", "1"}}));
}

TEST(TomlNetworkTest, DnsIsTheLeasesOrAList) {
    const struct {
        std::string_view dns;
        bool from_lease;
        Servers servers;
    } cases[] = {
        {"\"lease\"", true, {{192, 168, 64, 1}}},  // until there is a lease
        {"\"8.8.8.8\"", false, {{8, 8, 8, 8}}},
        {"[\"8.8.8.8\", \"1.1.1.1\"]", false, {{8, 8, 8, 8}, {1, 1, 1, 1}}},
        {"[]", false, {}},
    };
    for (const auto& [dns, from_lease, servers] : cases) {
        const auto parsed = parse_toml("[network]\ndns = " + std::string(dns), "arcbox");
        EXPECT_TRUE(parsed.problems.empty()) << dns;
        EXPECT_EQ(parsed.config.network.dns_from_lease, from_lease) << dns;
        EXPECT_THAT(parsed.config.network.name_servers, ElementsAreArray(servers)) << dns;
    }
}

TEST(TomlNetworkTest, EmptyListOfInterfacesIsTakenAtItsWord) {
    EXPECT_TRUE(parse_toml("[network]\ninterface = []", "arcbox").config.network.interfaces.empty());
}

TEST(TomlNetworkTest, MistakesAreNamedAndTheProfilesValueStays) {
    const struct {
        std::string_view text, problem;
    } cases[] = {
        {"tiemout = \"6s\"", ":2:1: unknown key 'tiemout' in [network]: did you mean 'timeout'?"},
        {"wait = \"yes\"", ":2:8: 'wait' in [network] must be true or false, not 'yes'"},
        {"timeout = \"6 s\"",
         ":2:11: 'timeout' in [network] must be a time such as \"6s\" or \"500ms\", up to a day, not '6 s'"},
        {"dns = \"leese\"",
         ":2:7: 'dns' in [network] must be \"lease\", or the address of a name server, or a list of "
         "such, not 'leese'"},
        {"dns = [\"fe80::1%a/b\"]",
         ":2:8: 'dns' in [network] must be \"lease\", or the address of a name server, or a list of such, not "
         "'fe80::1%a/b'"},
        {"search = [\"a b\"]",
         ":2:11: 'search' in [network] must be the name of a domain, or a list of such, not 'a b'"},
        {"interface = {}",
         ":2:13: 'interface' in [network] must be a list of tables, [[network.interface]], not a table"},
        {"[[network.interface]]\nmatch = \"eth 0\"",
         ":3:9: 'match' in [[network.interface]] must be \"primary\", a name, a glob such as \"eth*\", or a MAC "
         "address, not 'eth 0'"},
        {"[[network.interface]]\nmethod = \"static\"",
         ":2:1: method \"static\" needs an 'address' in [[network.interface]]"},
        {"[[network.interface]]\nmethod = \"static\"\naddress = \"10.0.0.2\"",
         ":4:11: 'address' in [[network.interface]] must be a host's address with its prefix length, such as "
         "\"10.0.0.2/24\" or \"2001:db8::2/64\", or a list of such, not '10.0.0.2'"},
    };
    for (const auto& [text, problem] : cases) {
        const auto parsed = parse_toml("[network]\n" + std::string(text), "arcbox");
        ASSERT_EQ(parsed.problems.size(), 1U) << text;
        EXPECT_EQ(to_string(parsed.problems[0], ""), problem);
        EXPECT_EQ(parsed.config, *profile("arcbox")) << text;
    }
}

TEST(TomlNetworkTest, MistakeInAnInterfaceSparesItsOtherKeys) {
    const struct {
        std::string_view line, problem;
    } cases[] = {
        {"method = \"statik\"", ":2:10: 'method' in [[network.interface]] must be dhcp, static or none, not 'statik'"},
        {"address = \"10.0.0.2/24\"",
         ":1:1: 'address' and 'gateway' of IPv4 need method = \"static\" in [[network.interface]]"},
        {"gateway = \"gw\"", ":2:11: 'gateway' in [[network.interface]] must be the address of a gateway, not 'gw'"},
        {"mtu = 67", ":2:7: 'mtu' in [[network.interface]] must be a number from 68 to 65535, not 67"},
        {"mtu = 65536", ":2:7: 'mtu' in [[network.interface]] must be a number from 68 to 65535, not 65536"},
        {"metric = -1", ":2:10: 'metric' in [[network.interface]] must be a number from 0 to 4294967295, not -1"},
        {"routes = [{ via = \"10.0.0.1\" }]", ":2:11: 'to' is missing in [[network.interface.routes]]"},
        {"routes = [{ to = \"10.0.0.0/8\", via = \"x\" }]",
         ":2:38: 'via' in [[network.interface.routes]] must be the address of a gateway, not 'x'"},
        {"sysctl = { \"a b\" = 1 }", ":2:12: 'a b' is not the name of a sysctl in [[network.interface]]"},
    };
    for (const auto& [line, problem] : cases) {
        const auto parsed =
            parse_toml("[[network.interface]]\n" + std::string(line) + "\nmatch = \"eth1\"\n", "arcbox");
        ASSERT_EQ(parsed.problems.size(), 1U) << line;
        EXPECT_EQ(to_string(parsed.problems[0], ""), problem);
        ASSERT_EQ(parsed.config.network.interfaces.size(), 1U) << line;
        EXPECT_EQ(parsed.config.network.interfaces[0].match, "eth1") << line;
        EXPECT_TRUE(parsed.config.network.interfaces[0].routes.empty()) << line;
    }
}

TEST(TomlNetworkTest, RoutesOfAnInterfaceThatIsNotConfiguredAreNamed) {
    const auto parsed =
        parse_toml("[[network.interface]]\nmethod = \"none\"\nroutes = [{ to = \"10.0.0.0/8\" }]\n", "none");
    ASSERT_EQ(parsed.problems.size(), 1U);
    EXPECT_EQ(to_string(parsed.problems[0], ""),
              ":1:1: the route 10.0.0.0/8 needs an 'address' of its family in [[network.interface]]");
}

TEST(TomlNetworkTest, FirstRowOfAMatchCounts) {
    const auto parsed =
        parse_toml("[[network.interface]]\nmethod = \"none\"\n[[network.interface]]\nmatch = \"primary\"\n", "none");
    ASSERT_EQ(parsed.problems.size(), 1U);
    EXPECT_EQ(to_string(parsed.problems[0], ""), ":3:1: second row with match = 'primary' in [[network.interface]]");
    ASSERT_EQ(parsed.config.network.interfaces.size(), 1U);
    EXPECT_EQ(parsed.config.network.interfaces[0].method, Method::none);
}

std::vector<std::string> lease_files_of(const ParsedConfig& parsed) {
    std::vector<std::string> files;
    for (const auto& interface : parsed.config.network.interfaces)
        files.push_back((interface.dhcp ? *interface.dhcp : parsed.config.network.dhcp).lease_file);
    return files;
}

TEST(TomlNetworkTest, ALeaseFileIsOneInterfacesOwn) {
    const auto shared = parse_toml(
        "[network.dhcp]\nlease_file = \"/lease\"\n[[network.interface]]\nmatch = \"eth0\"\n"
        "[[network.interface]]\nmatch = \"eth1\"\n",
        "none");
    ASSERT_EQ(shared.problems.size(), 1U);
    EXPECT_EQ(to_string(shared.problems[0], ""),
              ":5:1: lease_file '/lease' would be shared: it needs %i, the interface's name, in [[network.interface]]");
    EXPECT_THAT(lease_files_of(shared), ElementsAre("/lease", ""));
    for (const std::string match : {"eth?", "eth[01]", "[e]th0"}) {
        const auto pattern = parse_toml(
            "[[network.interface]]\nmatch = \"" + match + "\"\n[network.interface.dhcp]\nlease_file = \"/lease\"\n",
            "none");
        EXPECT_EQ(pattern.problems.size(), 1U) << match;
        EXPECT_THAT(lease_files_of(pattern), ElementsAre("")) << match;
    }
    const auto glob = parse_toml(
        "[[network.interface]]\nmatch = \"eth*\"\n[network.interface.dhcp]\nlease_file = \"/lease\"\n", "none");
    EXPECT_EQ(glob.problems.size(), 1U);
    EXPECT_THAT(lease_files_of(glob), ElementsAre(""));
}

TEST(TomlNetworkTest, ALeaseFileWithTheInterfacesNameIsEverybodys) {
    const auto parsed = parse_toml(
        "[network.dhcp]\nlease_file = \"/%i.lease\"\n[[network.interface]]\nmatch = \"eth*\"\n"
        "[[network.interface]]\nmatch = \"lan0\"\n"
        "[[network.interface]]\nmatch = \"lan1\"\nmethod = \"static\"\naddress = \"10.0.0.1/8\"\n"
        "[network.interface.dhcp]\nlease_file = \"/x\"\n",
        "none");
    ASSERT_EQ(parsed.problems.size(), 1U) << "nor is there a client on lan1";
    EXPECT_EQ(to_string(parsed.problems[0], ""), ":7:1: 'dhcp' needs method = \"dhcp\" in [[network.interface]]");
    EXPECT_THAT(lease_files_of(parsed), ElementsAre("/%i.lease", "/%i.lease", "/x"));
}

// Of a file with one row of [[network.interface]].
struct RowRead {
    Interface interface;
    std::vector<std::string> problems;
};
RowRead row_with(std::string_view lines) {
    const auto parsed = parse_toml("[[network.interface]]\n" + std::string(lines), "minimal");
    RowRead row;
    for (const auto& problem : parsed.problems) row.problems.push_back(to_string(problem, ""));
    if (!parsed.config.network.interfaces.empty()) row.interface = parsed.config.network.interfaces[0];
    return row;
}

std::vector<std::string> addresses_of(const Interface& interface) {
    std::vector<std::string> texts;
    for (const auto& address : interface.addresses) texts.push_back(to_string(address));
    for (const auto& gateway : interface.gateways) texts.push_back("via " + gateway.to_string());
    for (const auto& route : interface.routes) texts.push_back(to_string(route));
    return texts;
}

TEST(TomlIpv6Test, AListMayMixTheFamilies) {
    const auto [interface, problems] = row_with(
        "method = \"static\"\naddress = [\"10.0.0.2/24\", \"2001:db8::2/64\"]\ngateway = [\"10.0.0.1\", \"fe80::1\"]\n"
        "routes = [{ to = \"fd00::/8\", via = \"2001:db8::9\" }, { to = \"10.1.0.0/16\" }]");
    EXPECT_THAT(problems, ElementsAre());
    EXPECT_EQ(interface.method, Method::fixed);
    EXPECT_EQ(interface.ipv6, Ipv6::fixed) << "nobody said auto";
    EXPECT_THAT(addresses_of(interface), ElementsAre("10.0.0.2/24", "2001:db8::2/64", "via 10.0.0.1", "via fe80::1",
                                                     "fd00::/8 via 2001:db8::9", "10.1.0.0/16"));
}

TEST(TomlIpv6Test, AnAddressOfIpv6GoesWithAnyMethod) {
    for (const std::string method : {"dhcp", "none", "static"}) {
        const auto [interface, problems] = row_with(
            "method = \"" + method + "\"\nipv6 = \"auto\"\naddress = \"2001:db8::2/64\"\ngateway = \"2001:db8::1\"");
        EXPECT_THAT(problems, ElementsAre()) << method;
        EXPECT_EQ(interface.ipv6, Ipv6::automatic) << method;
        EXPECT_THAT(addresses_of(interface), ElementsAre("2001:db8::2/64", "via 2001:db8::1")) << method;
    }
}

TEST(TomlIpv6Test, WhoAsksForIpv6AndNoIpv4WaitsForIt) {
    EXPECT_TRUE(row_with("method = \"none\"\nipv6 = \"auto\"").interface.ipv6_required);
    EXPECT_FALSE(row_with("method = \"none\"\nipv6 = \"auto\"\nipv6_required = false").interface.ipv6_required);
    EXPECT_FALSE(row_with("method = \"none\"").interface.ipv6_required) << "nobody said auto";
    EXPECT_FALSE(row_with("ipv6 = \"auto\"").interface.ipv6_required);
}

TEST(TomlIpv6Test, OneBadEntryOfAListIsNamedAndTheOthersCount) {
    const auto [interface, problems] =
        row_with("method = \"static\"\naddress = [\"10.0.0.2/24\", \"2001:db8::2/129\", \"2001:db8::2/64\"]");
    EXPECT_THAT(
        problems,
        ElementsAre(":3:27: 'address' in [[network.interface]] must be a host's address with its prefix length, "
                    "such as \"10.0.0.2/24\" or \"2001:db8::2/64\", or a list of such, not '2001:db8::2/129'"));
    EXPECT_THAT(addresses_of(interface), ElementsAre("10.0.0.2/24", "2001:db8::2/64"));
    const auto parsed = parse_toml("[network]\ndns = [\"1.1.1.1\", \"x\", \"fe80::1%eth0\"]", "minimal");
    ASSERT_EQ(parsed.problems.size(), 1U);
    EXPECT_THAT(parsed.config.network.name_servers,
                ElementsAre(NameServer(Ipv4Address(1, 1, 1, 1)), NameServer::parse("fe80::1%eth0").value()));
}

TEST(TomlIpv6Test, WhatLeadsNowhereOrContradictsItselfIsNamedAndLeftOut) {
    const struct {
        std::string_view lines, problem;
        std::vector<std::string> left;
    } cases[] = {
        {"method = \"static\"\naddress = \"10.0.2.15/24\"\ngateway = \"10.0.2.255\"",
         "the gateway 10.0.2.255 is the network or broadcast address of 10.0.2.0/24, and no host's in",
         {"10.0.2.15/24"}},
        {"method = \"static\"\naddress = \"10.0.2.15/24\"\nroutes = [{ to = \"10.9.0.0/16\", via = \"10.0.2.0\" }]",
         "the gateway 10.0.2.0 is the network or broadcast address of 10.0.2.0/24, and no host's in",
         {"10.0.2.15/24"}},
        {"method = \"static\"\naddress = []", "method \"static\" needs an 'address' in", {}},
        {"gateway = \"fe80::1\"", "the gateway fe80::1 needs an 'address' of its family in", {}},
        {"routes = [{ to = \"fd00::/8\", via = \"fe80::1\" }]",
         "the route fd00::/8 via fe80::1 needs an 'address' of its family in",
         {}},
        {"method = \"static\"\naddress = \"10.0.0.2/24\"\ngateway = \"2001:db8::1\"",
         "the gateway 2001:db8::1 needs an 'address' of its family in",
         {"10.0.0.2/24"}},
        {"address = \"2001:db8::2/64\"\ngateway = [\"fe80::1\", \"fe80::2\"]",
         "'gateway' has a second one of its family, fe80::2, in",
         {"2001:db8::2/64", "via fe80::1"}},
        {"address = \"2001:db8::2/64\"\nroutes = [{ to = \"10.0.0.0/8\", via = \"fe80::1\" }]",
         "'to' and 'via' must be of one family in",
         {"2001:db8::2/64"}},
        {"ipv6 = \"static\"", "ipv6 \"static\" needs an 'address' of IPv6 in", {}},
        {"ipv6 = \"none\"\naddress = \"2001:db8::2/64\"", "'address' has one of IPv6, and ipv6 is \"none\", in", {}},
        {"ipv6 = \"none\"\nipv6_required = true", "'ipv6_required' and ipv6 = \"none\" contradict each other in", {}},
        {"ipv6 = \"on\"", "'ipv6' in [[network.interface]] must be auto, static or none, not 'on'", {}},
        {"method = \"dhcp\"\naddress = \"10.0.0.2/24\"",
         "'address' and 'gateway' of IPv4 need method = \"static\" in",
         {"10.0.0.2/24"}},
    };
    for (const auto& [lines, problem, left] : cases) {
        const auto [interface, problems] = row_with(lines);
        ASSERT_EQ(problems.size(), 1U) << lines;
        EXPECT_NE(problems[0].find(problem), std::string::npos) << problems[0];
        EXPECT_EQ(addresses_of(interface), left) << lines;
    }
}

TEST(TomlNetworkTest, AMacThatNoNicCanHaveIsNamed) {
    for (const std::string mac : {"01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"}) {
        const auto parsed = parse_toml("[[network.interface]]\nmac = \"" + mac + "\"", "minimal");
        ASSERT_EQ(parsed.problems.size(), 1U) << mac;
        EXPECT_EQ(parsed.config.network.interfaces.front().mac, std::nullopt) << mac;
    }
}

TEST(TomlIpv6Test, WhatIsADhcpv6ClientsTooNeedsNoLeaseOfIpv4) {
    const auto problems_of = [](const std::string& keys) {
        return parse_toml("[[network.interface]]\nmethod = \"none\"\n" + keys, "minimal").problems.size();
    };
    EXPECT_EQ(problems_of("ipv6 = \"auto\"\ndhcp = { release = true, rapid_commit = false, start_delay = \"1s\" }"),
              0U);
    EXPECT_EQ(problems_of("ipv6 = \"auto\"\ndhcp = { broadcast = true }"), 1U);
    EXPECT_EQ(problems_of("ipv6 = \"none\"\ndhcp = { release = true }"), 1U);
    EXPECT_EQ(problems_of("address = \"2001:db8::2/64\"\ndhcp = { acd = \"probe\" }"), 0U)
        << "a fixed address of IPv6 is looked for too";
    EXPECT_EQ(problems_of("dhcp = { acd = \"probe\" }"), 1U);
}

}  // namespace
}  // namespace nlinit::config
