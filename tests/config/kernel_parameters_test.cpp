// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/config/profile.hpp"

namespace nlinit::config {
namespace {

struct Applied {
    Config config;
    std::vector<std::string> warnings;
    Sources sources;
};

Applied apply_to_arcbox(std::string_view text) {
    Applied applied{*profile("arcbox"), {}, {}};
    applied.warnings = apply(parse_kernel_command_line(text), applied.config, applied.sources);
    return applied;
}

// What the only warning says; a failure when there are more or none.
std::string only_warning(std::string_view text) {
    const auto [config, warnings, sources] = apply_to_arcbox(text);
    EXPECT_EQ(warnings.size(), 1U) << text;
    return warnings.empty() ? "" : warnings.front();
}

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

using Servers = std::vector<Ipv4Address>;
using Strings = std::vector<std::string>;

TEST(KernelParametersTest, OrdinaryLineOfAVmChangesNothing) {
    const auto [config, warnings, sources] = apply_to_arcbox(
        "console=hvc0 root= rootwait rootdelay=3 ro quiet panic=-1 nlinit.config=/x nlinit.profile=none");
    EXPECT_EQ(config, *profile("arcbox"));
    EXPECT_EQ(warnings, Strings());
    EXPECT_FALSE(sources.contains("root.device"));
}

TEST(KernelParametersTest, WordsOfTheKernelForTheRootWinOverTheFile) {
    Config config;
    config.root.device = "/dev/vdb";
    config.root.read_only = false;
    config.root.overlay = "tmpfs";
    config.root.overlay_type = "ext4";
    Sources sources;
    const auto warnings = apply(parse_kernel_command_line("rootfstype=ext4,erofs root=PARTUUID=0a-01 rootflags=dax "
                                                          "rw ro rootwait=3 rootdelay=9 nlinit.overlay=/dev/vdc:xfs"),
                                config, sources);
    EXPECT_EQ(warnings, Strings());
    EXPECT_EQ(config.root,
              (Root{"PARTUUID=0a-01", "ext4,erofs", "dax", true, std::chrono::seconds(3), "/dev/vdc", "xfs", ""}));
    EXPECT_EQ(sources.at("root.read_only"), "kernel command line ro=");
    EXPECT_EQ(sources.at("root.overlay"), "kernel command line nlinit.overlay=");
    EXPECT_EQ(apply_to_arcbox("nlinit.overlay=LABEL=data").config.root.overlay, "LABEL=data");
    EXPECT_EQ(apply_to_arcbox("root=users rootfstype=virtiofs").config.root.device, "users");
    EXPECT_FALSE(apply_to_arcbox("ro rw").config.root.read_only);
}

TEST(KernelParametersTest, FlagsOfTheRootSayWhetherItCanBeWrittenToUnlessAWordDoes) {
    const auto [config, warnings, sources] = apply_to_arcbox("root=/dev/vda rootflags=rw,noatime,x-systemd.growfs");
    EXPECT_FALSE(config.root.read_only);
    EXPECT_EQ(warnings, Strings());
    EXPECT_EQ(sources.at("root.read_only"), "kernel command line rootflags=");
    EXPECT_EQ(sources.at("root.grow"), "kernel command line rootflags=");
    EXPECT_EQ(only_warning("rw rootflags=ro"),
              "rootflags= says ro, and the word rw beside it counts: the root is mounted writable");
    EXPECT_EQ(only_warning("rootflags=rw ro"),
              "rootflags= says rw, and the word ro beside it counts: the root is mounted read-only");
    EXPECT_FALSE(apply_to_arcbox("rootflags=ro rw").config.root.read_only);
    EXPECT_EQ(apply_to_arcbox("rw rootflags=rw").warnings, Strings());
}

TEST(KernelParametersTest, AnOverlayOfTheCommandLineHasItsOwnTypeAndOptions) {
    Config config;
    config.root.overlay = "tmpfs";
    config.root.overlay_options = "size=64m";
    Sources sources{{"root.overlay_options", "3:1"}, {"root.overlay_type", "2:1"}};
    EXPECT_EQ(apply(parse_kernel_command_line("nlinit.overlay=/dev/vdb:xfs"), config, sources), Strings());
    EXPECT_EQ(config.root.overlay_options, "");
    EXPECT_FALSE(sources.contains("root.overlay_options"));
    EXPECT_EQ(sources.at("root.overlay_type"), "kernel command line nlinit.overlay=");
    EXPECT_EQ(apply_to_arcbox("nlinit.overlay=share:virtiofs").config.root.overlay, "share");
    EXPECT_EQ(apply_to_arcbox("nlinit.debug_shell=/dev/ttyS1").sources.at("debug.tty"),
              "kernel command line nlinit.debug_shell=");
}

TEST(KernelParametersTest, AWordForAnotherRootIsATagElsewhere) {
    EXPECT_EQ(only_warning("root=dhcp"),
              "root='dhcp' is wrong: it must be a device, or a share by virtiofs or 9p: nlinit mounts no other root");
    EXPECT_EQ(apply_to_arcbox("nlinit.mount=dhcp:/y").warnings, Strings());
}

TEST(KernelParametersTest, ARootIsReadByItsTypeWhereverThatStands) {
    for (const char* line : {"root=a=b/c rootfstype=virtiofs", "rootfstype=virtiofs root=a=b/c"})
        EXPECT_EQ(apply_to_arcbox(line).config.root.device, "a=b/c") << line;
    EXPECT_EQ(apply_to_arcbox("root=/dev/vda rootfstype=auto").config.root.type, "");
    EXPECT_EQ(apply_to_arcbox("root=/dev/vda root=/dev/ram0").config.root.device, "");
    EXPECT_EQ(apply_to_arcbox("root=0xfe00").config.root.device, "0xfe00");
    EXPECT_EQ(apply_to_arcbox("root=LABEL=\"a b\"").config.root.device, "LABEL=\"a b\"");
    EXPECT_EQ(apply_to_arcbox("root=block:/dev/vda").config.root.device, "/dev/vda");
    EXPECT_EQ(
        only_warning("root=/dev/nfs"),
        "root='/dev/nfs' is wrong: it must be the name of a device, and that is only what the kernel calls its own "
        "root");
}

TEST(KernelParametersTest, AnOverlaysTypeIsAfterTheLastColonUnlessTheWholeIsAName) {
    const std::tuple<const char*, const char*, const char*> cases[] = {{"254:1", "254:1", ""},
                                                                       {"254:1:ext4", "254:1", "ext4"},
                                                                       {"virtiofs:w", "virtiofs:w", ""},
                                                                       {"/dev/vdb:auto", "/dev/vdb", ""},
                                                                       {"LABEL=w:xfs", "LABEL=w", "xfs"},
                                                                       {"/dev/vdb", "/dev/vdb", ""}};
    for (const auto& [value, overlay, type] : cases) {
        const auto config = apply_to_arcbox(std::string("nlinit.overlay=") + value).config;
        EXPECT_EQ(config.root.overlay, overlay) << value;
        EXPECT_EQ(config.root.overlay_type, type) << value;
    }
}

TEST(KernelParametersTest, RootsThatAreNoneAreNamedAndTheOldOneStays) {
    EXPECT_EQ(only_warning("root=UIDD=12"),
              "root='UIDD=12' is wrong: it must be a device (/dev/NAME, PARTUUID=, PARTLABEL=, UUID=, LABEL= or "
              "SERIAL=), or the "
              "tag of a share");
    EXPECT_EQ(apply_to_arcbox("root=/dev/vda root=/srv").config.root.device, "/dev/vda");
    EXPECT_EQ(only_warning("nlinit.overlay=vdb"), "nlinit.overlay='vdb' is wrong: it must be tmpfs, or DEVICE[:TYPE]");
    EXPECT_EQ(only_warning("nlinit.overlay=tmpfs:size=1m"),
              "nlinit.overlay='tmpfs:size=1m' is wrong: it must be tmpfs, or DEVICE[:TYPE]");
    EXPECT_EQ(only_warning("nlinit.overlay"), "nlinit.overlay needs a value");
    EXPECT_EQ(only_warning("rw=0"), "rw='0' is wrong: it must be the word alone, without a value");
    EXPECT_EQ(only_warning("ro="), "ro='' is wrong: it must be the word alone, without a value");
    EXPECT_EQ(only_warning("rootwait=1d"), "rootwait='1d' is wrong: it must be seconds, up to a day");
}

TEST(KernelParametersTest, FirstIpReplacesTheInterfacesOfTheProfileAndFurtherOnesAdd) {
    const auto [config, warnings, sources] = apply_to_arcbox("ip=eth0:dhcp ip=10.0.0.2::10.0.0.1:24:guest:eth1:none");
    const auto& interfaces = config.network.interfaces;
    ASSERT_EQ(interfaces.size(), 2U);
    EXPECT_EQ(interfaces[0].match, "eth0");
    EXPECT_EQ(interfaces[0].method, Method::dhcp);
    EXPECT_EQ(interfaces[1].match, "eth1");
    EXPECT_EQ(interfaces[1].method, Method::fixed);
    EXPECT_EQ(config.system.hostname, "guest");
    EXPECT_EQ(warnings, Strings());
}

TEST(KernelParametersTest, AMacThatNoNicCanHaveIsNamed) {
    for (const std::string mac : {"01:00:5e:00:00:01", "00:00:00:00:00:00"}) {
        EXPECT_TRUE(
            only_warning("ip=eth0:dhcp:1400:" + mac).ends_with(" is no host's MAC address; the NIC keeps its own"));
        const auto interface = apply_to_arcbox("ip=eth0:dhcp:1400:" + mac).config.network.interfaces.front();
        EXPECT_FALSE(interface.mac) << mac;
        EXPECT_EQ(interface.mtu, 1400) << mac;
    }
}

TEST(KernelParametersTest, IpOffLeavesNoInterface) {
    for (const std::string_view text : {"ip=off", "ip=none", "ip="})
        EXPECT_TRUE(apply_to_arcbox(text).config.network.interfaces.empty()) << text;
    EXPECT_EQ(apply_to_arcbox("ip=off ip=eth1:dhcp").config.network.interfaces.size(), 1U);
    EXPECT_EQ(apply_to_arcbox("ip").config, *profile("arcbox"));
    for (const std::string word : {"off", "none", ""}) {
        const std::string line = "ip=eth0:dhcp ip=" + word;
        EXPECT_TRUE(apply_to_arcbox(line).config.network.interfaces.empty()) << line;
        EXPECT_EQ(only_warning(line), "ip=: of the two of eth0 the last one counts: DHCP of the first is not used");
    }
}

TEST(KernelParametersTest, TheFirstOfTwoOfOnePlaceIsNamed) {
    EXPECT_EQ(only_warning("nlinit.mount=x:/y nlinit.mount=z:/y"),
              "nlinit.mount=: of the two of '/y' the last one counts");
    EXPECT_EQ(only_warning("nlinit.config="), "nlinit.config needs a value");
}

TEST(KernelParametersTest, AGatewayThatIsNoHostsIsOfNoRoute) {
    const std::string line = "ip=10.0.0.5::10.0.0.1:24::eth0:none:1.1.1.1 rd.route=10.9.0.0/16:10.0.0.255:eth0";
    EXPECT_EQ(only_warning(line),
              "rd.route=: 10.9.0.0/16 via 10.0.0.255 is not used: the gateway 10.0.0.255 is the network or broadcast "
              "address of 10.0.0.0/24, and no host's");
    EXPECT_TRUE(apply_to_arcbox(line).config.network.interfaces.front().routes.empty());
}

TEST(KernelParametersTest, ARoutesInterfaceMayBeAMacHoweverItIsWritten) {
    const auto [config, warnings, sources] =
        apply_to_arcbox("ip=52:54:00:AB:34:56:dhcp rd.route=10.9.0.0/16:10.0.0.1:52:54:00:AB:34:56");
    EXPECT_EQ(warnings, Strings());
    EXPECT_EQ(config.network.interfaces.front().routes.size(), 1U);
}

TEST(KernelParametersTest, StaticIpsOfOneInterfaceAddUp) {
    const auto [config, warnings, sources] =
        apply_to_arcbox("ip=10.0.0.2::10.0.0.1:24::eth0:off ip=10.1.0.2:::16::eth0:off");
    ASSERT_EQ(config.network.interfaces.size(), 1U);
    EXPECT_EQ(config.network.interfaces[0].addresses.size(), 2U);
    EXPECT_THAT(config.network.interfaces[0].gateways, ElementsAre(IpAddress(Ipv4Address(10, 0, 0, 1))));
    EXPECT_TRUE(apply_to_arcbox("ip=eth0:dhcp ip=eth0:off").config.network.interfaces.empty());
    EXPECT_EQ(apply_to_arcbox("ip=10.0.0.2:::24::eth0:off ip=eth0:dhcp").config.network.interfaces[0].method,
              Method::dhcp);
}

TEST(KernelParametersTest, TheOtherFamilyTakesNothingFromIpv6) {
    for (const char* text : {"ip=eth0:dhcp6 ip=eth0:dhcp", "ip=eth0:dhcp ip=eth0:dhcp6",
                             "ip=eth0:dhcp6 ip=10.0.0.2::10.0.0.1:24::eth0:off"}) {
        const auto [config, warnings, sources] = apply_to_arcbox(text);
        ASSERT_EQ(config.network.interfaces.size(), 1U) << text;
        const auto& interface = config.network.interfaces[0];
        EXPECT_TRUE(interface.ipv6_required) << text;
        EXPECT_TRUE(interface.asks_dhcp6) << text;
        EXPECT_EQ(interface.ipv6, Ipv6::automatic) << text;
        EXPECT_EQ(warnings, Strings()) << text;
    }
    EXPECT_FALSE(apply_to_arcbox("ip=eth0:auto6 ip=eth0:dhcp").config.network.interfaces[0].asks_dhcp6);
}

TEST(KernelParametersTest, TheSecondStaticIpOfAnInterfaceTakesNothingFromTheFirst) {
    const auto [config, warnings, sources] =
        apply_to_arcbox("ip=10.0.0.2:10.0.0.9::32::eth0:off:1400:52:54:00:12:34:56 ip=10.1.0.2:::16::eth0:off");
    ASSERT_EQ(config.network.interfaces.size(), 1U);
    const auto& interface = config.network.interfaces[0];
    ASSERT_EQ(interface.routes.size(), 1U);
    EXPECT_EQ(to_string(interface.routes[0]), "10.0.0.9/32");
    EXPECT_EQ(interface.mtu, 1400);
    EXPECT_TRUE(interface.mac);
}

TEST(KernelParametersTest, WhatASecondIpOfAnInterfaceReplacesIsNamed) {
    const std::tuple<const char*, const char*> cases[] = {
        {"ip=10.0.0.2::10.0.0.1:24::eth0:off ip=10.1.0.2::10.1.0.1:24::eth0:off", "the gateway 10.0.0.1"},
        {"ip=10.0.0.2::10.0.0.1:24::eth0:off ip=eth0:dhcp", "10.0.0.2/24"},
        {"ip=eth0:dhcp ip=10.0.0.2::10.0.0.1:24::eth0:off", "DHCP"},
        {"ip=eth0:dhcp ip=eth0:off", "DHCP"},
        {"ip=10.0.0.2::10.0.0.1:24::eth0:off ip=eth0:off", "10.0.0.2/24"},
        {"ip=eth0:dhcp:1400 ip=eth0:dhcp", "the MTU 1400"},
        {"ip=eth0:dhcp:1400:52:54:00:12:34:56 ip=eth0:dhcp:1400", "the MAC address 52:54:00:12:34:56"},
        {"ip=eth0:auto6 ip=eth0:link6", "IPv6"},
        {"ip=eth0:dhcp6 ip=eth0:link6", "DHCPv6"}};
    for (const auto& [text, unused] : cases)
        EXPECT_EQ(only_warning(text),
                  std::string("ip=: of the two of eth0 the last one counts: ") + unused + " of the first is not used");
    for (const char* text : {"ip=dhcp ip=dhcp", "ip=10.0.0.2::10.0.0.1:24::eth0:off ip=10.0.0.3:::24::eth0:off",
                             "ip=eth0:dhcp ip=eth0:dhcp:1400"})
        EXPECT_EQ(apply_to_arcbox(text).warnings, Strings()) << text;
}

TEST(KernelParametersTest, NameServersReplaceThoseOfTheProfile) {
    const struct {
        std::string_view text;
        Servers servers;
        bool from_lease;
    } cases[] = {
        {"", {{192, 168, 64, 1}}, false},
        {"nameserver=1.1.1.1 nameserver=8.8.8.8", {{1, 1, 1, 1}, {8, 8, 8, 8}}, false},
        {"nameserver=8.8.8.8 ip=::::::dhcp:1.1.1.1", {{8, 8, 8, 8}, {1, 1, 1, 1}}, false},
        {"nlinit.dns=9.9.9.9,1.1.1.1", {{9, 9, 9, 9}, {1, 1, 1, 1}}, false},
        {"nlinit.dns=lease", {{192, 168, 64, 1}}, true},
        {"nlinit.dns=lease nameserver=8.8.8.8", {{192, 168, 64, 1}}, true},
        {"nlinit.dns=lease nlinit.dns=9.9.9.9", {{9, 9, 9, 9}}, false},
    };
    for (const auto& [text, servers, from_lease] : cases) {
        const auto [config, warnings, sources] = apply_to_arcbox(text);
        EXPECT_THAT(config.network.name_servers, ElementsAreArray(servers)) << text;
        EXPECT_EQ(config.network.dns_from_lease, from_lease) << text;
        EXPECT_EQ(warnings, Strings()) << text;
    }
}

TEST(KernelParametersTest, RoutesGoToTheNamedInterfaceOrTheFirst) {
    const auto [config, warnings, sources] = apply_to_arcbox(
        "rd.route=10.2.0.0/16:10.0.0.9:eth1 ip=eth0:dhcp ip=eth1:dhcp rd.route=10.1.0.0/16:10.0.0.1 "
        "rd.route=10.3.0.0/24:");
    ASSERT_EQ(config.network.interfaces.size(), 2U);
    const auto& first = config.network.interfaces[0].routes;
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(to_string(first[0]), "10.1.0.0/16 via 10.0.0.1");
    EXPECT_EQ(to_string(first[1]), "10.3.0.0/24");
    const auto& second = config.network.interfaces[1].routes;
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(to_string(second[0]), "10.2.0.0/16 via 10.0.0.9");
    EXPECT_EQ(warnings, Strings());
}

TEST(KernelParametersTest, RoutesOfIpv6StandInBrackets) {
    const auto [config, warnings, sources] = apply_to_arcbox(
        "ip=eth0:dhcp ip=[2001:db8::2]:::64::eth1:none rd.route=[fd00::/8]:[2001:db8::1]:eth1 "
        "rd.route=[fd01::]/16:[fe80::1]:eth1 rd.route=[2001:db8:3::/48]::eth1 nameserver=2001:db8::53 "
        "nameserver=[fe80::53%eth1]");
    EXPECT_EQ(warnings, Strings());
    ASSERT_EQ(config.network.interfaces.size(), 2U);
    const auto& routes = config.network.interfaces[1].routes;
    ASSERT_EQ(routes.size(), 3U);
    EXPECT_EQ(to_string(routes[0]), "fd00::/8 via 2001:db8::1");
    EXPECT_EQ(to_string(routes[1]), "fd01::/16 via fe80::1");
    EXPECT_EQ(to_string(routes[2]), "2001:db8:3::/48");
    ASSERT_EQ(config.network.name_servers.size(), 2U);
    EXPECT_EQ(config.network.name_servers[0].to_string(), "2001:db8::53");
    EXPECT_EQ(config.network.name_servers[1].to_string(), "fe80::53%eth1");
}

TEST(KernelParametersTest, OneIpOfEachFamilyIsBothOfThem) {
    const struct {
        std::string_view text;
        Method method;
        Ipv6 ipv6;
        std::size_t addresses, gateways;
    } cases[] = {
        {"ip=eth0:dhcp ip=[2001:db8::2]::[2001:db8::1]:64::eth0:none", Method::dhcp, Ipv6::fixed, 1, 1},
        {"ip=[2001:db8::2]::[2001:db8::1]:64::eth0:none ip=eth0:dhcp", Method::dhcp, Ipv6::fixed, 1, 1},
        {"ip=10.0.0.2::10.0.0.1:24::eth0:none ip=[2001:db8::2]::[2001:db8::1]:64::eth0:none", Method::fixed,
         Ipv6::fixed, 2, 2},
        {"ip=eth0:dhcp ip=eth0:auto6", Method::dhcp, Ipv6::automatic, 0, 0},
        {"ip=[2001:db8::2]:::64::eth0:none ip=[2001:db8::3]:::64::eth0:none", Method::none, Ipv6::fixed, 2, 0},
        {"ip=eth0:dhcp ip=eth0:link6 ip=eth0:dhcp", Method::dhcp, Ipv6::fixed, 0, 0},
        {"ip=eth0:auto6", Method::none, Ipv6::automatic, 0, 0},
    };
    for (const auto& [text, method, ipv6, addresses, gateways] : cases) {
        const auto [config, warnings, sources] = apply_to_arcbox(text);
        EXPECT_EQ(warnings, Strings()) << text;
        ASSERT_EQ(config.network.interfaces.size(), 1U) << text;
        const auto& interface = config.network.interfaces[0];
        EXPECT_EQ(interface.method, method) << text;
        EXPECT_EQ(interface.ipv6, ipv6) << text;
        EXPECT_EQ(interface.addresses.size(), addresses) << text;
        EXPECT_EQ(interface.gateways.size(), gateways) << text;
    }
}

TEST(KernelParametersTest, RouteOfAnInterfaceThatNobodyConfiguresIsNamed) {
    EXPECT_EQ(only_warning("rd.route=10.1.0.0/16:10.0.0.1:eth7"),
              "rd.route=: 10.1.0.0/16 via 10.0.0.1 is not used: no interface 'eth7' is configured");
    only_warning("ip=off rd.route=10.1.0.0/16:10.0.0.1");
}

TEST(KernelParametersTest, RouteOfAFamilyThatTheInterfaceHasNoAddressOfIsNamed) {
    for (const auto* line : {"ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:none rd.route=[fd00::/8]:[fe80::1]",
                             "ip=eth0:dhcp rd.route=[fd00::/8]:[fe80::1]:eth0"})
        EXPECT_EQ(only_warning(line), "rd.route=: fd00::/8 via fe80::1 is not used: eth0 has no address of its family");
}

TEST(KernelParametersTest, RouteWithoutAnInterfaceIsOfTheOneWhoseNetworkTheGatewayIsIn) {
    const auto [config, warnings, sources] = apply_to_arcbox(
        "ip=10.0.0.5:::24::eth0:none ip=10.1.0.5::10.1.0.1:24::eth1:none ip=[2001:db8::2]:::64::eth2:none "
        "rd.route=172.16.0.0/12:10.1.0.254 rd.route=[fd00::/8]:[fe80::1] rd.route=172.31.0.0/16:192.0.2.1");
    EXPECT_EQ(warnings, Strings());
    ASSERT_EQ(config.network.interfaces.size(), 3U);
    const auto texts = [&interfaces = config.network.interfaces](std::size_t row) {
        Strings routes;
        for (const auto& route : interfaces[row].routes) routes.push_back(to_string(route));
        return routes;
    };
    EXPECT_EQ(texts(0), Strings({"172.31.0.0/16 via 192.0.2.1"}));
    EXPECT_EQ(texts(1), Strings({"172.16.0.0/12 via 10.1.0.254"}));
    EXPECT_EQ(texts(2), Strings({"fd00::/8 via fe80::1"}));
}

TEST(KernelParametersTest, AGatewayThatIsNoHostsAddressIsLeftOut) {
    const auto warning = only_warning("ip=10.0.2.15::10.0.2.255:255.255.255.0::eth0:none");
    EXPECT_NE(warning.find("the gateway 10.0.2.255 is the network or broadcast address of 10.0.2.0/24, and no host's; "
                           "it is left out"),
              std::string::npos)
        << warning;
}

TEST(KernelParametersTest, NameServersMayBeInBrackets) {
    const auto config = apply_to_arcbox("nlinit.dns=[2001:db8::53],1.1.1.1").config;
    ASSERT_EQ(config.network.name_servers.size(), 2U);
    EXPECT_EQ(config.network.name_servers[0].to_string(), "2001:db8::53");
}

TEST(KernelParametersTest, HostnameWinsOverThatOfIp) {
    EXPECT_EQ(apply_to_arcbox("hostname=a ip=::::b::dhcp").config.system.hostname, "a");
    EXPECT_EQ(apply_to_arcbox("ip=::::b::dhcp hostname=a").config.system.hostname, "a");
}

TEST(KernelParametersTest, OwnKeysReachTheirPlaces) {
    const auto [config, warnings, sources] = apply_to_arcbox(
        "nlinit.epoch=1700000000 nlinit.log=debug nlinit.modules=virtio_net,fuse nlinit.modules=virtio-net,virtiofs "
        "nlinit.on-exit=reboot nlinit.poweroff=halt nlinit.debug-shell nlinit.payload=\"/bin/sh  -c true\"");
    EXPECT_EQ(config.system.epoch, 1'700'000'000);
    EXPECT_EQ(config.log_level, LogLevel::debug);
    EXPECT_EQ(config.system.modules, (Strings{"virtio_net", "fuse", "virtiofs"}));
    EXPECT_EQ(config.payload.on_exit, EndAction::reboot);
    EXPECT_EQ(config.shutdown.poweroff, EndAction::halt);
    EXPECT_TRUE(config.debug_shell.wanted);
    EXPECT_EQ(config.payload.command, (Strings{"/bin/sh", "-c", "true"}));
    EXPECT_EQ(warnings, Strings());
    EXPECT_FALSE(apply_to_arcbox("nlinit.debug_shell nlinit.debug_shell=0").config.debug_shell.wanted);
}

TEST(KernelParametersTest, SupervisionIsSetUpByThemToo) {
    const auto [config, warnings, sources] = apply_to_arcbox(
        "nlinit.handoff=exec nlinit.notify=vsock:2:9 nlinit.debug_shell=/bin/bash nlinit.debug_shell=/dev/ttyS1");
    EXPECT_EQ(config.payload.handoff, Handoff::exec);
    EXPECT_EQ(config.system.notify, (NotifyAddress{NotifyAddress::Kind::vsock, NotifyAddress::Type::any, 2, 9, ""}));
    EXPECT_EQ(config.debug_shell, (DebugShell{true, "/bin/bash", "/dev/ttyS1"}));
    EXPECT_EQ(warnings, Strings());
}

TEST(KernelParametersTest, SharesAreMountedAfterTheProfilesRowsOrInPlaceOfOne) {
    const auto [config, warnings, sources] =
        apply_to_arcbox("nlinit.mount=data:/srv//data nlinit.mount=home:/Users:ro,nodev");
    const auto rows = profile("arcbox")->mounts.size();
    ASSERT_EQ(config.mounts.size(), rows + 1);
    EXPECT_EQ(config.mounts.back(), (MountWords{"data", "/srv/data", "virtiofs", "", Importance::ordinary, false}));
    EXPECT_EQ(config.mounts[rows - 2],
              (MountWords{"home", "/Users", "virtiofs", "ro,nodev", Importance::ordinary, false}));
    EXPECT_EQ(warnings, Strings());
}

TEST(KernelParametersTest, AMountsOptionsMeanWhatTheyMeanInTheFile) {
    const auto config = apply_to_arcbox("nlinit.mount=LABEL=x:/x:nofail,ro").config;
    EXPECT_EQ(config.mounts.back(), (MountWords{"LABEL=x", "/x", "", "nofail,ro", Importance::optional, false}));
    EXPECT_EQ(only_warning("nlinit.mount=x:/x:noauto"),
              "nlinit.mount=: 'noauto' among the options is not heeded: leave the parameter out");
    EXPECT_EQ(
        only_warning("nlinit.mount=x:/x:X-mount.subdir=a"),
        "nlinit.mount=: 'X-mount.subdir=a' among the options is not heeded: a filesystem is mounted whole, and as "
        "it is");
    EXPECT_TRUE(only_warning("root=/dev/vda rootflags=loop").starts_with("rootflags=: 'loop' among the options"));
    EXPECT_TRUE(apply_to_arcbox("nlinit.mount=LABEL=x:/x:x-systemd.growfs").config.mounts.back().grow);
    EXPECT_TRUE(apply_to_arcbox("root=/dev/vda rootflags=x-systemd.growfs").config.root.grow);
    EXPECT_TRUE(only_warning("nlinit.mount=none:/:rshared,ro")
                    .starts_with("nlinit.mount=: 'ro' among the options is not heeded: a row without a source"));
}

TEST(KernelParametersTest, AMountsSourceMayBeADeviceAndHaveColons) {
    const std::tuple<const char*, const char*, const char*, const char*> cases[] = {
        {"LABEL=data:/x", "LABEL=data", "", ""},
        {"/dev/vdb:/x:ro", "/dev/vdb", "", "ro"},
        {"254:16:/x", "254:16", "", ""},
        {"9p:users:/x:ro,noatime", "9p:users", "", "ro,noatime"},
        {"cafe:/x", "cafe", "virtiofs", ""},
        {"users:/x:ro", "users", "virtiofs", "ro"},
        {"none:/x:rshared", "none", "", "rshared"},
        {"/a:/x:bind,ro", "/a", "", "bind,ro"},
        {"users:/x:rshared", "users", "virtiofs", "rshared"},
        {"0xfe10:/x", "0xfe10", "", ""},
    };
    for (const auto& [value, source, type, options] : cases) {
        const auto config = apply_to_arcbox(std::string("nlinit.mount=") + value).config;
        EXPECT_EQ(config.mounts.back(), (MountWords{source, "/x", type, options, Importance::ordinary, false}))
            << value;
    }
    EXPECT_TRUE(
        only_warning("nlinit.mount=/dev/disk/by-id/a:/x")
            .starts_with("nlinit.mount='/dev/disk/by-id/a:/x' is wrong: it must be a source that is named otherwise"));
}

TEST(KernelParametersTest, WhatFollowsTheDashesIsThePayload) {
    const auto [config, warnings, sources] = apply_to_arcbox("nlinit.payload=/bin/a -- /bin/b \"c d\"");
    EXPECT_EQ(config.payload.command, (Strings{"/bin/b", "c d"}));
    EXPECT_EQ(apply_to_arcbox("nlinit.payload=/bin/a --").config.payload.command, (Strings{"/bin/a"}));
}

TEST(KernelParametersTest, UnknownOwnKeysAreNamedWithWhatWasMeant) {
    EXPECT_EQ(only_warning("nlinit.moduels=x"), "unknown parameter 'nlinit.moduels': did you mean 'nlinit.modules'?");
    EXPECT_EQ(only_warning("nlinit.frobnicate"), "unknown parameter 'nlinit.frobnicate'");
}

TEST(KernelParametersTest, WrongValuesAreNamedAndNotUsed) {
    const struct {
        std::string_view text, warning;
    } cases[] = {
        {"nlinit.log=loud", "nlinit.log='loud' is wrong: it must be debug, info, warning or error"},
        {"nlinit.poweroff=off", "nlinit.poweroff='off' is wrong: it must be poweroff, reboot or halt"},
        {"nlinit.poweroff", "nlinit.poweroff needs a value"},
        {"nlinit.on_exit=", "nlinit.on_exit='' is wrong: it must be poweroff, reboot, halt or stay"},
        {"nlinit.log", "nlinit.log needs a value"},
        {"nlinit.epoch=-1", "nlinit.epoch='-1' is wrong: it must be seconds since 1970"},
        {"nlinit.epoch=9223372036", "nlinit.epoch='9223372036' is wrong: it must be seconds since 1970"},
        {"nlinit.dns=1.1.1.1,x",
         "nlinit.dns='1.1.1.1,x' is wrong: it must be lease, or addresses with commas between them"},
        {"nlinit.dns=", "nlinit.dns='' is wrong: it must be lease, or addresses with commas between them"},
        {"nlinit.mount=x", "nlinit.mount='x' is wrong: it must be TAG:TARGET[:OPTIONS]"},
        {"nlinit.mount=x:y",
         "nlinit.mount='x:y' is wrong: it must be TAG:TARGET[:OPTIONS], the target an absolute path"},
        {"nlinit.mount=:/y",
         "nlinit.mount=':/y' is wrong: it must be TAG:TARGET[:OPTIONS], the target an absolute path"},
        {"nlinit.modules=../x", "nlinit.modules='../x' is wrong: it must be names of modules with commas between them"},
        {"nlinit.payload=\" \"", "nlinit.payload=' ' is wrong: it must be a command"},
        {"nlinit.debug_shell=maybe",
         "nlinit.debug_shell='maybe' is wrong: it must be 1, 0, or the path of a shell or of a terminal below /dev"},
        {"nlinit.handoff=fork", "nlinit.handoff='fork' is wrong: it must be supervise or exec"},
        {"nlinit.notify=tcp:1", "nlinit.notify='tcp:1' is wrong: it must be vsock:CID:PORT, port:NAME or unix:PATH"},
        {"nlinit.notify", "nlinit.notify needs a value"},
        {"nameserver=[::1", "nameserver='[::1' is wrong: it must be an address"},
        {"hostname=a\x1b", "hostname='a\\x1b' is wrong: it must be a host name"},
        {"rd.route=10.0.0.0/8",
         "rd.route='10.0.0.0/8' is wrong: it must be NET/LENGTH:GATEWAY[:INTERFACE], of IPv6 [NET/LENGTH]:[GATEWAY]"},
        {"rd.route=10.0.0.0/8:x",
         "rd.route='10.0.0.0/8:x' is wrong: it must be NET/LENGTH:GATEWAY[:INTERFACE], of IPv6 [NET/LENGTH]:[GATEWAY]"},
        {"rd.route=[fd00::/8]:10.0.0.1",
         "rd.route='[fd00::/8]:10.0.0.1' is wrong: it must be NET/LENGTH:GATEWAY[:INTERFACE], of IPv6 "
         "[NET/LENGTH]:[GATEWAY]"},
    };
    for (const auto& [text, warning] : cases) {
        EXPECT_EQ(only_warning(text), warning);
        EXPECT_EQ(apply_to_arcbox(text).config, *profile("arcbox")) << text;
    }
}

// Whatever the line was, this holds of what is made of it.
void expect_sane(const std::string& text) {
    const auto [config, warnings, sources] = apply_to_arcbox(text);
    EXPECT_LE(warnings.size(), 65U);
    for (const auto& warning : warnings) {
        EXPECT_FALSE(warning.empty());
        EXPECT_LT(warning.size(), 500U) << warning;
        for (const char c : warning) ASSERT_TRUE(c >= 0x20 && c < 0x7f) << warning;
    }
    for (const auto& interface : config.network.interfaces) {
        EXPECT_EQ(interface.method == Method::fixed, !interface.addresses.empty()) << text;
        EXPECT_TRUE(sources.contains(row_key("network.interface", interface.match)) || interface == Interface());
    }
    for (const auto& mount : config.mounts) EXPECT_TRUE(mount.target.starts_with('/')) << text;
}

TEST(KernelParametersTest, RandomBytesAreNoHarm) {
    std::mt19937 random(20);
    for (int line = 0; line < 500; ++line) {
        std::string text;
        while (text.size() < 4096) text += static_cast<char>(random());
        expect_sane(text);
    }
}

TEST(KernelParametersTest, RandomLinesOfRightWordsAreNoHarm) {
    Strings pieces{"\"",
                   "=",
                   ":",
                   "::",
                   ",",
                   ".",
                   "/",
                   "[",
                   "]",
                   "--",
                   "0",
                   "1",
                   "255.255.255.0",
                   "10.0.0.1",
                   "dhcp",
                   "off",
                   "eth0",
                   "/x",
                   "lease",
                   "52:54:00:12:34:56",
                   "99999999999",
                   "\x1b",
                   "\xff",
                   " ip="};
    for (const auto key : known_parameters()) pieces.push_back(' ' + std::string(key) + '=');
    std::mt19937 random(21);
    for (int line = 0; line < 500; ++line) {
        std::string text;
        while (text.size() < 4096) text += pieces[random() % pieces.size()];
        expect_sane(text);
    }
}

TEST(KernelParametersTest, EveryParameterWithoutAValueOrWithAnEmptyOneIsNoHarm) {
    for (const auto key : known_parameters()) {
        const std::string name(key);
        expect_sane(name);
        expect_sane(name + '=');
        expect_sane(name + "= " + name);
        expect_sane(name + '=' + std::string(4000, 'a'));
        expect_sane(name + "=\"\x01 \"");
    }
}

TEST(KernelParametersTest, WarningsAreBounded) {
    std::string text;
    while (text.size() < kMaxCommandLineSize) text += "nlinit.x ";
    const auto [config, warnings, sources] = apply_to_arcbox(text);
    ASSERT_EQ(warnings.size(), 65U);
    EXPECT_NE(warnings.back().find("more such warnings"), std::string::npos);
}

TEST(KernelParametersTest, CutLineIsSaid) {
    EXPECT_EQ(only_warning(std::string(kMaxCommandLineSize + 1, 'x')),
              "the command line is too long; its end is not used");
}

}  // namespace
}  // namespace nlinit::config
