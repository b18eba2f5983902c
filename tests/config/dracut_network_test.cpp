// SPDX-License-Identifier: Apache-2.0
// Parameters of dracut's and PXELINUX's, as apply() lays them over a config.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/profile.hpp"

namespace nlinit::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct AppliedNetwork {
    Network network;
    std::vector<std::string> warnings;
    Sources sources;
};

AppliedNetwork apply_to(std::string_view profile_name, std::string_view text) {
    Config config = *profile(profile_name);
    AppliedNetwork applied;
    applied.warnings = apply(parse_kernel_command_line(text), config, applied.sources);
    applied.network = std::move(config.network);
    return applied;
}

std::vector<std::string> matches_of(const Network& network) {
    std::vector<std::string> matches;
    for (const auto& row : network.interfaces) matches.push_back(row.match);
    return matches;
}

TEST(DracutNetworkTest, TheBootInterfaceIsFoundByItsMac) {
    for (const std::string_view text :
         {"ip=::::h:BOOTIF:dhcp BOOTIF=01-52-54-00-12-34-ab", "BOOTIF=01-52-54-00-12-34-AB ip=BOOTIF:dhcp",
          "ip=dhcp BOOTIF=52-54-00-12-34-ab", "ip=dhcp BOOTIF=52:54:00:12:34:ab", "ip=dhcp BOOTIF=01:52:54:00:12:34:ab",
          "BOOTIF=06-52-54-00-12-34-ab", "ip=dhcp bootdev=BOOTIF BOOTIF=52-54-00-12-34-ab"}) {
        const auto [network, warnings, sources] = apply_to("minimal", text);
        EXPECT_THAT(matches_of(network), ElementsAre("52:54:00:12:34:ab")) << text;
        EXPECT_THAT(warnings, IsEmpty()) << text;
        EXPECT_TRUE(sources.contains("network.interface[52:54:00:12:34:ab]")) << text;
    }
}

TEST(DracutNetworkTest, ABootInterfaceThatIsNoneIsNamedAndThePrimaryOneConfigured) {
    for (const std::string_view text :
         {"ip=dhcp BOOTIF=01-52-54-00-12-34", "ip=dhcp BOOTIF=eth0",
          "ip=dhcp BOOTIF=", "ip=dhcp BOOTIF=01-52-54-00-12-34-56-78", "ip=dhcp BOOTIF=0152-54-00-12-34-56"}) {
        const auto [network, warnings, sources] = apply_to("minimal", text);
        EXPECT_THAT(matches_of(network), ElementsAre("primary")) << text;
        EXPECT_THAT(warnings, ElementsAre(HasSubstr("it must be a MAC address"))) << text;
    }
    EXPECT_THAT(apply_to("minimal", "ip=BOOTIF:dhcp").warnings, ElementsAre(HasSubstr("there is no BOOTIF=")));
    const auto off = apply_to("minimal", "ip=dhcp BOOTIF=52-54-00-12-34-ab rd.bootif=0");
    EXPECT_THAT(matches_of(off.network), ElementsAre("primary"));
    EXPECT_THAT(off.warnings, IsEmpty());
}

TEST(DracutNetworkTest, ABootInterfaceBesideNamedOnesIsNoWarning) {
    const auto [network, warnings, sources] = apply_to("minimal", "ip=eth0:dhcp BOOTIF=01-52-54-00-12-34-ab");
    EXPECT_THAT(matches_of(network), ElementsAre("eth0"));
    EXPECT_THAT(warnings, IsEmpty());
}

TEST(DracutNetworkTest, TheBootDeviceLeadsOut) {
    EXPECT_THAT(matches_of(apply_to("minimal", "ip=eth0:dhcp ip=eth1:dhcp bootdev=eth1").network),
                ElementsAre("eth1", "eth0"));
    EXPECT_THAT(matches_of(apply_to("minimal", "bootdev=eth1 ip=dhcp").network), ElementsAre("eth1"));
    const auto missing = apply_to("minimal", "ip=eth0:dhcp bootdev=eth7");
    EXPECT_THAT(matches_of(missing.network), ElementsAre("eth0"));
    EXPECT_THAT(missing.warnings, ElementsAre("bootdev='eth7' is not used: no such interface is configured"));
}

TEST(DracutNetworkTest, InterfacesAreNamedByTheirMac) {
    const auto [network, warnings, sources] =
        apply_to("minimal", "ifname=lan0:52:54:00:12:34:56 ifname=wan0:52-54-00-12-34-57 ip=lan0:dhcp");
    EXPECT_THAT(warnings, IsEmpty());
    EXPECT_THAT(network.link_names, ElementsAre(LinkName{"lan0", *MacAddress::parse("52:54:00:12:34:56")},
                                                LinkName{"wan0", *MacAddress::parse("52:54:00:12:34:57")}));
    for (const std::string_view text :
         {"ifname=lan0", "ifname=lan0:eth0", "ifname=:52:54:00:12:34:56", "ifname=lan*:52:54:00:12:34:56",
          "ifname=a/b:52:54:00:12:34:56", "ifname=sixteen-letters-:52:54:00:12:34:56", "ifname"}) {
        const auto bad = apply_to("minimal", text);
        EXPECT_THAT(bad.warnings, ElementsAre(HasSubstr("it must be NAME:MAC"))) << text;
        EXPECT_THAT(bad.network.link_names, IsEmpty());
    }
}

TEST(DracutNetworkTest, TheNameOfAVlanTellsItsNumber) {
    const struct {
        std::string_view name;
        std::uint16_t id;
    } cases[] = {{"vlan5", 5}, {"vlan0005", 5}, {"eth0.5", 5}, {"eth0.0005", 5}, {"vlan4094", 4094}};
    for (const auto& [name, id] : cases) {
        const auto applied = apply_to("minimal", "vlan=" + std::string(name) + ":eth0");
        EXPECT_THAT(applied.network.vlans, ElementsAre(Vlan{std::string(name), "eth0", id})) << name;
        EXPECT_THAT(applied.warnings, IsEmpty()) << name;
    }
    for (const std::string_view value : {"vlan0:eth0", "vlan4095:eth0", "vlan:eth0", "lan5:eth0", "eth0.x:eth0",
                                         "vlan5", "vlan5:", ":eth0", "vlan99999:eth0"}) {
        const auto bad = apply_to("minimal", "vlan=" + std::string(value));
        EXPECT_THAT(bad.warnings, ElementsAre(HasSubstr("it must be NAME:INTERFACE"))) << value;
        EXPECT_THAT(bad.network.vlans, IsEmpty()) << value;
    }
}

TEST(DracutNetworkTest, TheFirstOfTwoOfOneNameIsNamed) {
    for (const std::string_view text :
         {"vlan=vlan5:eth0 vlan=vlan5:eth1", "ifname=lan:52:54:00:12:34:56 ifname=lan:52:54:00:12:34:57"})
        EXPECT_THAT(apply_to("minimal", text).warnings,
                    ElementsAre(HasSubstr("of the two of that name this one counts")))
            << text;
    EXPECT_THAT(apply_to("minimal", "vlan=vlan5:eth0 vlan=vlan5:eth0").warnings, IsEmpty());
}

TEST(DracutNetworkTest, TheBootDeviceLeadsOutWhateverTheMetricsAre) {
    Config config = *profile("minimal");
    config.network.interfaces = {{.match = "eth0", .metric = 5}, {.match = "eth1", .metric = 10}};
    Sources sources{{"network.interface[eth1].metric", "5:1"}};
    EXPECT_THAT(apply(parse_kernel_command_line("bootdev=eth1"), config, sources), IsEmpty());
    EXPECT_EQ(config.network.interfaces[0].match, "eth1");
    EXPECT_EQ(config.network.interfaces[0].metric, 0U);
    EXPECT_THAT(sources, IsEmpty());
}

TEST(DracutNetworkTest, TheBootDeviceMayBeOneOfAGlobs) {
    Config config = *profile("minimal");
    config.network.interfaces = {{.match = "lan0"}, {.match = "eth*", .mtu = 1400}};
    Sources sources;
    EXPECT_THAT(apply(parse_kernel_command_line("bootdev=eth1"), config, sources), IsEmpty());
    EXPECT_THAT(matches_of(config.network), ElementsAre("eth1", "lan0", "eth*"));
    EXPECT_EQ(config.network.interfaces[0].mtu, 1400);
    config.network.interfaces = {{.match = "eth*", .mac = MacAddress::parse("52:54:00:12:34:56")}};
    EXPECT_THAT(apply(parse_kernel_command_line("bootdev=eth1"), config, sources), IsEmpty());
    EXPECT_THAT(matches_of(config.network), ElementsAre("eth1")) << "a glob with one MAC address is of one NIC";
}

TEST(DracutNetworkTest, NameServersOfTheLeaseCanBeLeftOut) {
    EXPECT_TRUE(apply_to("minimal", "rd.peerdns=1").network.dns_from_lease);
    const auto none = apply_to("minimal", "rd.peerdns=0");
    EXPECT_FALSE(none.network.dns_from_lease);
    EXPECT_THAT(none.network.name_servers, IsEmpty());
    EXPECT_THAT(apply_to("minimal", "rd.peerdns=0 nameserver=1.1.1.1").network.name_servers,
                ElementsAre(Ipv4Address(1, 1, 1, 1)));
    EXPECT_TRUE(apply_to("minimal", "rd.peerdns=0 nlinit.dns=lease").network.dns_from_lease) << "our own word counts";
}

TEST(DracutNetworkTest, TimeLimitsAndTheVendorClassAreTheConfigs) {
    const auto [network, warnings, sources] = apply_to(
        "minimal",
        "rd.neednet=1 rd.neednet rd.net.timeout.dhcp=30 rd.net.timeout.iflink=60 rd.net.dhcp.vendor-class=pxe");
    EXPECT_THAT(warnings, IsEmpty());
    EXPECT_EQ(network.timeout, std::chrono::seconds(30));
    EXPECT_EQ(network.link_timeout, std::chrono::seconds(60));
    EXPECT_EQ(network.dhcp.vendor_class, "pxe");
    EXPECT_THAT(apply_to("minimal", "rd.net.timeout.dhcp=soon").warnings, ElementsAre(HasSubstr("must be seconds")));
    EXPECT_THAT(apply_to("minimal", "rd.peerdns=perhaps").warnings, ElementsAre(HasSubstr("must be 1 or 0")));
}

TEST(DracutNetworkTest, WhatTheKernelHasBesideIpIsObeyed) {
    const auto [network, warnings, sources] =
        apply_to("minimal", "nfsaddrs=::::h:eth1:dhcp carrier_timeout=20 dhcpclass=pxe");
    EXPECT_THAT(warnings, IsEmpty());
    EXPECT_THAT(matches_of(network), ElementsAre("eth1"));
    EXPECT_EQ(network.link_timeout, std::chrono::seconds(20));
    EXPECT_EQ(network.dhcp.vendor_class, "pxe");
    EXPECT_EQ(sources.at("network.link_timeout"), "kernel command line carrier_timeout=");
    EXPECT_EQ(sources.at("network.dhcp.vendor_class"), "kernel command line dhcpclass=");
}

TEST(DracutNetworkTest, AVendorClassReachesInterfacesWithSettingsOfTheirOwn) {
    Config config = *profile("minimal");
    config.network.interfaces.front().dhcp.emplace().vendor_class = "file";
    Sources sources;
    EXPECT_THAT(apply(parse_kernel_command_line("rd.net.dhcp.vendor-class=pxe"), config, sources), IsEmpty());
    EXPECT_EQ(config.network.interfaces.front().dhcp->vendor_class, "pxe");
}

TEST(DracutNetworkTest, WhatIsNotObeyedIsNamedOnce) {
    for (const std::string_view text :
         {"bond=bond0:eth0,eth1", "bridge=br0:eth0", "team=team0:eth0", "bridge", "rd.net.dhcp.retry=3",
          "rd.net.timeout.carrier=9 rd.net.timeout.carrier=8", "bond=bond0 bond=bond1"}) {
        EXPECT_THAT(apply_to("minimal", text).warnings, ElementsAre(HasSubstr("is not obeyed"))) << text;
    }
    EXPECT_THAT(apply_to("minimal", "net.ifnames=0 biosdevname=0 rd.lvm=0").warnings, IsEmpty()) << "not the network's";
}

}  // namespace
}  // namespace nlinit::config
