// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>

#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/value_syntax.hpp"

namespace nlinit::config {
namespace {

struct Parsed {
    IpParameter ip;
    std::vector<std::string> warnings;
};

Parsed parse(std::string_view value) {
    Parsed parsed;
    parsed.ip = parse_ip_parameter(value, parsed.warnings);
    return parsed;
}

bool operator==(const IpParameter& a, const IpParameter& b) {
    return a.interface == b.interface && a.hostname == b.hostname && a.name_servers == b.name_servers && a.off == b.off;
}

IpParameter dhcp_on(std::string match) {
    IpParameter ip;
    ip.interface.match = std::move(match);
    return ip;
}

IpParameter off() {
    IpParameter ip;
    ip.interface.method = Method::none;
    ip.off = true;
    return ip;
}

// 10.0.0.2, the address of all examples here.
IpParameter fixed_on(std::string match, std::uint8_t length, std::optional<Ipv4Address> gateway = {}) {
    IpParameter ip;
    ip.interface.match = std::move(match);
    ip.interface.method = Method::fixed;
    ip.interface.addresses = {interface_address(Ipv4Address(10, 0, 0, 2), length)};
    if (gateway) ip.interface.gateways = {*gateway};
    return ip;
}

constexpr Ipv4Address kGateway(10, 0, 0, 1);

TEST(IpParameterTest, WordsStandAloneOrAfterADevice) {
    const struct {
        std::string_view value;
        IpParameter ip;
    } cases[] = {
        {"dhcp", dhcp_on("primary")},
        {"on", dhcp_on("primary")},
        {"any", dhcp_on("primary")},
        {"single-dhcp", dhcp_on("primary")},
        {"dhcp:", dhcp_on("primary")},
        {"dhcp::::", dhcp_on("primary")},
        {":dhcp", dhcp_on("primary")},
        {"eth1:dhcp", dhcp_on("eth1")},
        {"eth1:on:", dhcp_on("eth1")},
        {"eth0.100:dhcp", dhcp_on("eth0.100")},
        {"10:dhcp", dhcp_on("10")},
        {"52-54-00-12-34-56:dhcp", dhcp_on("52:54:00:12:34:56")},
        {"52:54:00:12:34:56:dhcp", dhcp_on("52:54:00:12:34:56")},
        {":::::52:54:00:12:34:56:dhcp", dhcp_on("52:54:00:12:34:56")},
        {"off", off()},
        {"none", off()},
        {"", off()},
    };
    for (const auto& [value, ip] : cases) {
        const auto parsed = parse(value);
        EXPECT_TRUE(parsed.ip == ip) << value;
        EXPECT_TRUE(parsed.warnings.empty()) << value << ": " << parsed.warnings.front();
    }
}

TEST(IpParameterTest, FieldsMayBeMissingAndColonsMayTrail) {
    const struct {
        std::string_view value;
        IpParameter ip;
    } cases[] = {
        {":", dhcp_on("primary")},
        {"::::::", dhcp_on("primary")},
        {":::::eth1", dhcp_on("eth1")},
        {":::::eth1:dhcp", dhcp_on("eth1")},
        {":::::eth1:dhcp:::", dhcp_on("eth1")},
        {"0.0.0.0::0.0.0.0:::eth1:dhcp", dhcp_on("eth1")},
        {":10.0.0.9::::eth1:dhcp", dhcp_on("eth1")},
        {"10.0.0.2:::255.255.255.0", fixed_on("primary", 24)},
        {"10.0.0.2::10.0.0.1:255.255.255.0", fixed_on("primary", 24, kGateway)},
        {"10.0.0.2:10.0.0.9:10.0.0.1:255.255.0.0::eth1:off", fixed_on("eth1", 16, kGateway)},
        {"10.0.0.2::10.0.0.1:24::eth1:none:", fixed_on("eth1", 24, kGateway)},
        {"10.0.0.2::10.0.0.1:32::eth1:static", fixed_on("eth1", 32, kGateway)},
        {"10.0.0.2::10.0.0.1:255.255.255.255::eth1:", fixed_on("eth1", 32, kGateway)},
        {"10.0.0.2/24::10.0.0.1:::eth1:none", fixed_on("eth1", 24, kGateway)},
        {"10.0.0.2::10.0.0.1:24::eth1:on", fixed_on("eth1", 24, kGateway)},
    };
    for (const auto& [value, ip] : cases) {
        const auto parsed = parse(value);
        EXPECT_TRUE(parsed.ip == ip) << value;
        EXPECT_TRUE(parsed.warnings.empty()) << value << ": " << parsed.warnings.front();
    }
}

TEST(IpParameterTest, MissingMaskIsNeverGuessedByClass) {
    for (const std::string_view value : {"10.0.0.2", "10.0.0.2::10.0.0.1", "10.0.0.2::10.0.0.1::host:eth1:none"}) {
        const auto [ip, warnings] = parse(value);
        ASSERT_EQ(ip.interface.addresses.size(), 1U) << value;
        EXPECT_EQ(ip.interface.addresses[0].prefix_length, 32) << value;
        EXPECT_EQ(ip.interface.addresses[0].broadcast, std::nullopt) << value;
        ASSERT_EQ(warnings.size(), 1U) << value;
        EXPECT_NE(warnings[0].find("netmask is missing"), std::string::npos) << warnings[0];
    }
}

TEST(IpParameterTest, WrongMaskIsNamedAndNotUsed) {
    for (const std::string_view mask : {"255.0.255.0", "0.0.0.0", "0", "33", "24x", "255.255.255"}) {
        const auto [ip, warnings] = parse("10.0.0.2::10.0.0.1:" + std::string(mask) + "::eth1:none");
        EXPECT_TRUE(ip == fixed_on("eth1", 32, kGateway)) << mask;
        ASSERT_EQ(warnings.size(), 1U) << mask;
        EXPECT_NE(warnings[0].find("'" + std::string(mask) + "' is not a netmask"), std::string::npos) << warnings[0];
    }
}

TEST(IpParameterTest, UnknownAutoconfWarnsAndMeansDhcp) {
    for (const std::string_view value : {"dchp", "eth1:bootp", ":::::eth1:both", "eth1:dhcp7", "eth0"}) {
        const auto [ip, warnings] = parse(value);
        EXPECT_EQ(ip.interface.method, Method::dhcp) << value;
        EXPECT_FALSE(ip.off) << value;
        ASSERT_EQ(warnings.size(), 1U) << value;
        EXPECT_NE(warnings[0].find("unknown autoconf"), std::string::npos) << warnings[0];
    }
}

TEST(IpParameterTest, AnAddressIsUsedWhateverTheWord) {
    for (const std::string_view word : {"dhcp", "dchp"}) {
        const auto [ip, warnings] = parse("10.0.0.2::10.0.0.1:24::eth1:" + std::string(word));
        EXPECT_TRUE(ip == fixed_on("eth1", 24, kGateway)) << word;
        ASSERT_EQ(warnings.size(), 1U) << word;
    }
}

TEST(IpParameterTest, OffWithoutAnAddressConfiguresNothing) {
    const auto [ip, warnings] = parse(":::::eth1:off");
    EXPECT_TRUE(ip.off);
    EXPECT_EQ(ip.interface.match, "eth1");
    EXPECT_TRUE(warnings.empty());
}

TEST(IpParameterTest, HostnameEndsAtItsFirstDot) {
    EXPECT_EQ(parse("::::guest:eth1:dhcp").ip.hostname, "guest");
    EXPECT_EQ(parse("::::guest.nis.example:eth1:dhcp").ip.hostname, "guest");
    const auto [ip, warnings] = parse("::::gu est:eth1:dhcp");
    EXPECT_EQ(ip.hostname, "");
    EXPECT_EQ(warnings.size(), 1U);
}

TEST(IpParameterTest, KernelTailHoldsNameServersAndATimeServerThatIsNotUsed) {
    const auto [ip, warnings] = parse("10.0.0.2::10.0.0.1:24::eth1:off:10.0.0.53:8.8.8.8:10.0.0.123");
    EXPECT_EQ(ip.name_servers, (std::vector<NameServer>{Ipv4Address(10, 0, 0, 53), Ipv4Address(8, 8, 8, 8)}));
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_NE(warnings[0].find("time server '10.0.0.123' is not used"), std::string::npos) << warnings[0];
    EXPECT_EQ(parse(":::::eth1:dhcp::8.8.8.8").ip.name_servers, (std::vector<NameServer>{Ipv4Address(8, 8, 8, 8)}));
}

TEST(IpParameterTest, DracutTailHoldsMtuAndMac) {
    const MacAddress mac({0x52, 0x54, 0, 0x12, 0x34, 0x56});
    const struct {
        std::string_view value;
        std::optional<std::uint16_t> mtu;
        std::optional<MacAddress> mac;
    } cases[] = {
        {"10.0.0.2::10.0.0.1:24::eth1:none:1400", 1400, {}},
        {"10.0.0.2::10.0.0.1:24::eth1:none:1400:52:54:00:12:34:56", 1400, mac},
        {"10.0.0.2::10.0.0.1:24::eth1:none:1400:52-54-00-12-34-56", 1400, mac},
        {"10.0.0.2::10.0.0.1:24::eth1:none::52:54:00:12:34:56", {}, mac},
        {"eth1:dhcp:9000", 9000, {}},
        {"eth1:dhcp:9000:52:54:00:12:34:56", 9000, mac},
        {"eth1:dhcp::52:54:00:12:34:56", {}, mac},
        {"eth1:dhcp:52:54:00:12:34:56", {}, mac},
    };
    for (const auto& [value, mtu, expected_mac] : cases) {
        const auto parsed = parse(value);
        EXPECT_EQ(parsed.ip.interface.mtu, mtu) << value;
        EXPECT_EQ(parsed.ip.interface.mac, expected_mac) << value;
        EXPECT_TRUE(parsed.ip.name_servers.empty()) << value;
        EXPECT_TRUE(parsed.warnings.empty()) << value << ": " << parsed.warnings.front();
    }
}

TEST(IpParameterTest, WhatCannotBeUsedIsNamed) {
    const struct {
        std::string_view value, named;
    } cases[] = {
        {"10.0.0.999::10.0.0.1:24::eth1:on", "'10.0.0.999'"},
        {"10.0.2::::::on", "'10.0.2'"},
        {"[2001:db8::2%eth0]:::64::eth1:on", "'[2001:db8::2%eth0]'"},
        {"[10.0.0.2]:::24::eth1:on", "'[10.0.0.2]'"},
        {"[ff02::1]:::64::eth1:on", "'[ff02::1]'"},
        {"[2001:db8::2]::10.0.0.1:64::eth1:none", "'10.0.0.1' is of another family"},
        {"[2001:db8::2]:::129::eth1:none", "'129' is not a netmask; the address gets /128"},
        {"eth1:link-local", "169.254.0.0/16"},
        {"ibft", "ibft is not supported"},
        {"127.0.0.1:::8::eth1:on", "'127.0.0.1'"},
        {"10.0.0.2::gateway:24::eth1:none", "'gateway'"},
        {"::10.0.0.1:::eth1:dhcp", "gateway"},
        {":::::eth1/../eth2:dhcp", "'eth1/../eth2'"},
        {"eth1:dhcp:67", "'67'"},
        {"eth1:dhcp:99999", "'99999'"},
        {":::::eth1:dhcp:ns.example", "'ns.example'"},
        {":::::eth1:dhcp:1.1.1.1:8.8.8.8:9.9.9.9:x", "more fields"},
        {"dhcp,1,abc", "client identifier"},
        {"enp6s0f0:static", "static without an address"},
        {":::::eth1:static", "static without an address"},
        {"eth1:off:9000", "MTU of an interface that is not configured"},
        {"eth1:dhcp:1400:52:54:00:12:34:56:x", "more fields"},
        {"10.0.0.0::10.0.0.1:24::eth1:none", "10.0.0.0 is the network or broadcast address of 10.0.0.0/24"},
        {"10.0.0.255/24::10.0.0.1", "10.0.0.255 is the network or broadcast address of 10.0.0.0/24"},
        {"eth1:none::52:54:00:12:34:56", "MAC of an interface that is not configured"},
        {"eth0:10.0.0.5:10.0.0.1:24:255.255.255.0", "'255.255.255.0' stands where the host name does"},
        {"eth0:10.0.0.5:10.0.0.1:24:255.255.255.0", "'eth0' is not an address"},
        {"10.0.0.2:eth1:10.0.0.1:24::eth1:off", "'eth1' is not an address of a server or peer"},
        {"10.0.0.2:255.255.255.0::24::eth1:off", "'255.255.255.0' is not an address of a server"},
        {"10.0.0.2/24::10.0.0.1:255.255.0.0::eth1:off", "of the two netmasks '255.255.0.0' is used"},
        {"::10.0.0.1:255.255.255.0::eth1:dhcp", "netmask without an address"},
        {"eth\x1b[1m:dhcp", "\\x1b"},
    };
    for (const auto& [value, named] : cases) {
        const auto [ip, warnings] = parse(value);
        ASSERT_FALSE(warnings.empty()) << value;
        std::string all;
        for (const auto& warning : warnings) all += warning + '\n';
        EXPECT_NE(all.find(named), std::string::npos) << all;
        EXPECT_EQ(all.find('\x1b'), std::string::npos);
    }
}

TEST(IpParameterTest, WhatIsAnAddressAMaskOrAWordIsNoHostName) {
    for (const std::string_view value :
         {"::::255.255.255.0:eth1:dhcp", "::::10.0.2:eth1:dhcp", "::::10.0.0.0/8:eth1:dhcp",
          "::::52-54-00-12-34-56:eth1:dhcp", "::::dhcp:eth1", "10.0.0.2::10.0.0.1::24:eth1:off"}) {
        const auto [ip, warnings] = parse(value);
        EXPECT_EQ(ip.hostname, "") << value;
        EXPECT_EQ(ip.interface.match, "eth1") << value;
        ASSERT_FALSE(warnings.empty()) << value;
        EXPECT_NE(warnings[0].find("stands where the host name does"), std::string::npos) << warnings[0];
    }
    EXPECT_EQ(parse("::::12345:eth1:dhcp").ip.hostname, "12345") << "a name by RFC 1123";
}

TEST(IpParameterTest, AWordOrAnAddressIsNoDevice) {
    const auto [shifted, warnings] = parse("10.0.0.2::10.0.0.1:24:eth0:off");
    EXPECT_TRUE(shifted == fixed_on("primary", 24, kGateway));
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_NE(warnings[0].find("'off' stands where the device does"), std::string::npos) << warnings[0];
    const auto [address, of_address] = parse(":::::10.0.0.2:dhcp");
    EXPECT_TRUE(address == dhcp_on("primary"));
    ASSERT_EQ(of_address.size(), 1U);
    EXPECT_NE(of_address[0].find("'10.0.0.2' cannot be the name of an interface"), std::string::npos);
}

// dracut.cmdline(7): the other end of a point-to-point link.
TEST(IpParameterTest, AnAddressThatIsAloneHasARouteToItsPeer) {
    const Route peer{.destination = Prefix({10, 0, 0, 9}, 32)};
    for (const std::string_view value :
         {"10.0.0.2:10.0.0.9::255.255.255.255::eth1:none", "10.0.0.2:10.0.0.9::32::eth1:none",
          "10.0.0.2:10.0.0.9:10.0.0.9:32::eth1:none", "10.0.0.2/32:10.0.0.9::::eth1:none"}) {
        const auto [ip, warnings] = parse(value);
        EXPECT_EQ(ip.interface.routes, std::vector{peer}) << value;
        EXPECT_TRUE(warnings.empty()) << value << ": " << warnings.front();
    }
    EXPECT_TRUE(parse("10.0.0.2:10.0.0.9::24::eth1:none").ip.interface.routes.empty()) << "a server";
    EXPECT_TRUE(parse("10.0.0.2:10.0.0.2::32::eth1:none").ip.interface.routes.empty()) << "itself";
}

TEST(IpParameterTest, BracketsKeepTheFieldsApart) {
    const auto [ip, warnings] = parse("[2001:db8::2]::[2001:db8::1]:64:guest:eth1:none:[2001:db8::53]");
    EXPECT_EQ(ip.interface.match, "eth1");
    EXPECT_EQ(ip.hostname, "guest");
    EXPECT_EQ(ip.name_servers, (std::vector{NameServer::parse("2001:db8::53").value()}));
    EXPECT_TRUE(warnings.empty()) << warnings.front();
}

IpParameter ipv6_on(std::string match, std::uint8_t length, std::string_view gateway = {}) {
    IpParameter ip;
    ip.family = Family::kIpv6;
    ip.interface.match = std::move(match);
    ip.interface.method = Method::none;
    ip.interface.ipv6 = Ipv6::fixed;
    ip.interface.addresses = {interface_address(IpAddress::parse("2001:db8::2").value(), length)};
    if (!gateway.empty()) ip.interface.gateways = {IpAddress::parse(gateway).value()};
    return ip;
}

TEST(IpParameterTest, AnAddressOfIpv6SaysNothingOfIpv4) {
    const struct {
        std::string_view value;
        IpParameter ip;
    } cases[] = {
        {"[2001:db8::2]::[2001:db8::1]:64::eth1:none", ipv6_on("eth1", 64, "2001:db8::1")},
        {"[2001:db8::2]::[fe80::1]:64::eth1:none", ipv6_on("eth1", 64, "fe80::1")},
        {"[2001:db8::2]/48::::::off", ipv6_on("primary", 48)},
        {"[2001:db8::2/48]:::::eth1", ipv6_on("eth1", 48)},
        {"[2001:db8::2]::[::]:128::eth1:static", ipv6_on("eth1", 128)},
    };
    for (const auto& [value, ip] : cases) {
        const auto parsed = parse(value);
        EXPECT_TRUE(parsed.ip == ip) << value;
        EXPECT_EQ(parsed.ip.family, Family::kIpv6) << value;
        EXPECT_TRUE(parsed.warnings.empty()) << value << ": " << parsed.warnings.front();
    }
}

TEST(IpParameterTest, APeerOfIpv6HasARouteOfItsOwn) {
    const auto [ip, warnings] = parse("[2001:db8::2]:[2001:db8::9]::128::eth1:none");
    EXPECT_EQ(ip.interface.routes, (std::vector{Route{.destination = IpPrefix::parse("2001:db8::9").value()}}));
    EXPECT_TRUE(warnings.empty()) << warnings.front();
}

TEST(IpParameterTest, WordsOfIpv6AskForNoLease) {
    const struct {
        std::string_view value;
        Ipv6 ipv6;
    } cases[] = {{"auto6", Ipv6::automatic},           {"eth1:auto6", Ipv6::automatic},
                 {":::::eth1:auto6", Ipv6::automatic}, {"eth1:either6", Ipv6::automatic},
                 {"eth1:dhcp6", Ipv6::automatic},      {"eth1:link6", Ipv6::fixed},
                 {"eth1:link-local", Ipv6::fixed}};
    for (const auto& [value, ipv6] : cases) {
        const auto [ip, warnings] = parse(value);
        EXPECT_EQ(ip.interface.method, Method::none) << value;
        EXPECT_EQ(ip.interface.ipv6, ipv6) << value;
        EXPECT_EQ(ip.interface.ipv6_required, ipv6 == Ipv6::automatic)
            << value << ": there is nothing else to wait for";
        EXPECT_EQ(ip.family, Family::kIpv6) << value;
        EXPECT_FALSE(ip.off) << value;
    }
    for (const auto* value : {"eth1:either6", "eth1:auto6", "eth1:link6", "eth1:dhcp6"}) {
        const auto [ip, warnings] = parse(value);
        EXPECT_TRUE(warnings.empty()) << value;
        EXPECT_EQ(ip.interface.asks_dhcp6, value == std::string_view("eth1:dhcp6")) << value;
    }
    EXPECT_TRUE(parse("auto6").warnings.empty());
}

// Every field in every state, in every place: whatever they are together, no mask is guessed, nothing is configured
// that was not said, and what is not used is named.
TEST(IpParameterTest, WhateverStandsInItsFieldsItMeansNoMoreThanItSays) {
    const std::string fields[] = {"",     "10.0.0.2", "10.0.0.2/24", "0.0.0.0", "255.255.255.0", "24",  "33", "host",
                                  "eth1", "dhcp",     "off",         "dchp",    "1500",          "-1",  "::", "[::1]",
                                  "52",   "a.b",      "\x1b",        "1.1.1.1", "300.1.1.1",     "1,2", " ",  "x/y"};
    std::mt19937 random(22);
    for (int i = 0; i < 50'000; ++i) {
        std::string value;
        const auto count = 1 + random() % 13;
        for (std::size_t field = 0; field < count; ++field) {
            if (field > 0) value += ':';
            value += fields[random() % std::size(fields)];
        }
        const auto [ip, warnings] = parse(value);
        EXPECT_EQ(ip.interface.method == Method::fixed, !ip.interface.addresses.empty()) << value;
        EXPECT_EQ(ip.off, ip.interface.method == Method::none) << value;
        EXPECT_TRUE(ip.interface.gateways.empty() || ip.interface.method == Method::fixed) << value;
        for (const auto& address : ip.interface.addresses) {
            const bool said = value.find("24") != std::string::npos || value.find("255") != std::string::npos ||
                              value.find("52") != std::string::npos;
            EXPECT_TRUE(said || address.prefix_length == 32) << value;
        }
        EXPECT_LE(warnings.size(), 12U) << value;
        for (const auto& warning : warnings) EXPECT_EQ(warning.find('\x1b'), std::string::npos);
    }
}

TEST(IpParameterTest, ManyColonsAreBounded) {
    const auto [ip, warnings] = parse(std::string(100'000, ':') + "x");
    EXPECT_EQ(ip.interface.method, Method::dhcp);
    EXPECT_LE(warnings.size(), 3U);
}

}  // namespace
}  // namespace nlinit::config
