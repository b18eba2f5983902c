// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/primary_interface.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace nlinit {
namespace {

Link nic(std::string name, bool has_device = true, bool ethernet = true) {
    Link link;
    link.name = std::move(name);
    link.ethernet = ethernet;
    link.has_device = has_device;
    return link;
}

std::string primary_of(const std::vector<Link>& links) {
    const auto* link = primary_interface(links);
    return link == nullptr ? "none" : link->name;
}

TEST(VirtualNameTest, NamesOfWhatSoftwareMakesAreKnown) {
    for (const auto name :
         {"lo", "dummy0", "veth0", "veth12ab", "br-1a2b3c", "docker0", "sit0", "vmtap0", "tun0", "ifb1"}) {
        EXPECT_TRUE(is_virtual_name(name)) << name;
    }
}

TEST(VirtualNameTest, NamesOfHardwareAreNot) {
    for (const auto name : {"eth0", "eth1", "enp0s3", "ens5", "wlan0", "usb0", "lan1", "longname"}) {
        EXPECT_FALSE(is_virtual_name(name)) << name;
    }
}

TEST(PrimaryInterfaceTest, TheFirstByNameLeadsOut) {
    EXPECT_EQ(primary_of({nic("eth1"), nic("eth0"), nic("lo", false, false)}), "eth0");
    EXPECT_EQ(primary_of({nic("ens5"), nic("eth0")}), "ens5");
}

TEST(PrimaryInterfaceTest, VirtualNamesNeverDo) {
    EXPECT_EQ(primary_of({nic("docker0"), nic("br-12"), nic("veth0"), nic("eth0")}), "eth0");
    EXPECT_EQ(primary_of({nic("docker0"), nic("veth0")}), "none");
}

TEST(PrimaryInterfaceTest, WhatHasHardwareBehindItComesFirst) {
    EXPECT_EQ(primary_of({nic("bond0", false), nic("eth0", true)}), "eth0");
    EXPECT_EQ(primary_of({nic("eth1", false), nic("eth0", false)}), "eth0") << "when none has";
}

TEST(PrimaryInterfaceTest, WhatSoftwareMadeComesLastWhereTheKernelNamesNoHardware) {
    auto bond = nic("bond0", false), bridge = nic("a-bridge", false), vlan = nic("eth0.5", false);
    bond.kind = "bond";
    bridge.kind = "bridge";
    vlan.kind = "vlan";
    EXPECT_EQ(primary_of({bond, bridge, vlan, nic("eth0", false)}), "eth0");
    auto veth = nic("eth0", false);
    veth.kind = "veth";
    EXPECT_EQ(primary_of({veth}), "eth0") << "a container's";
}

TEST(PrimaryInterfaceTest, OnlyEthernetSpeaksDhcpHere) {
    EXPECT_EQ(primary_of({nic("can0", true, false), nic("eth0")}), "eth0");
    EXPECT_EQ(primary_of({nic("can0", true, false)}), "none");
    EXPECT_EQ(primary_of({}), "none");
}

TEST(PrimaryInterfaceTest, PointsIntoTheList) {
    const std::vector<Link> links{nic("lo", false, false), nic("eth0")};
    EXPECT_EQ(primary_interface(links), &links[1]);
}

TEST(MatchesTest, ANameAGlobOrAnAddress) {
    auto link = nic("enp0s3");
    link.mac = MacAddress({0x52, 0x54, 0x00, 0x12, 0x34, 0x56});
    for (const auto match :
         {"enp0s3", "*", "en*", "*s3", "e*0*3", "enp?s?", "en**3", "52:54:00:12:34:56", "52-54-00-12-34-56"}) {
        EXPECT_TRUE(matches(link, match)) << match;
    }
    for (const auto match :
         {"", "enp0s", "enp0s33", "np0s3", "eth*", "?", "enp?s", "*4", "EN*", "52:54:00:12:34:57", "52:54:00:12:34"}) {
        EXPECT_FALSE(matches(link, match)) << match;
    }
}

TEST(MatchesTest, TheAddressOfTheHardwareCountsUnderAnother) {
    auto link = nic("eth0");
    link.mac = MacAddress({2, 0, 0, 0, 0, 1});
    link.permanent_mac = MacAddress({0x52, 0x54, 0, 0, 0, 1});
    EXPECT_TRUE(matches(link, "02:00:00:00:00:01"));
    EXPECT_TRUE(matches(link, "52:54:00:00:00:01"));
    EXPECT_FALSE(matches(link, "52:54:00:00:00:02"));
}

TEST(GlobMatchesTest, BracketsAreAChoiceOfLetters) {
    for (const char* pattern : {"eth[0-3]", "eth[12]", "eth[!05]", "eth[^a-z]", "*[1]", "[e]th1", "eth[]1]", "eth[1-]"})
        EXPECT_TRUE(glob_matches(pattern, "eth1")) << pattern;
    for (const char* pattern : {"eth[2-9]", "eth[!0-3]", "eth[1", "eth[]", "eth[]2]", "[!e]*", "eth[1][0-9]"})
        EXPECT_FALSE(glob_matches(pattern, "eth1")) << pattern;
    EXPECT_TRUE(glob_matches("a[b", "a[b"));
    EXPECT_TRUE(glob_matches("*[0-9]x*", "a1b2xc"));
}

TEST(MatchesTest, AGlobMeansNoInterfaceThatSoftwareMakesUnlessItSaysSo) {
    for (const auto name : {"lo", "veth1a2b", "docker0", "br-01"}) {
        EXPECT_FALSE(matches(nic(name), "*")) << name;
        EXPECT_FALSE(matches(nic(name), "?*")) << name;
        EXPECT_TRUE(matches(nic(name), name)) << name;
    }
    EXPECT_TRUE(matches(nic("veth1a2b"), "veth*"));
    EXPECT_TRUE(matches(nic("docker0"), "docker?"));
    EXPECT_FALSE(matches(nic("docker0"), "d*"));
}

TEST(MatchKindTest, NamesAndAddressesAreExact) {
    EXPECT_EQ(kind_of("eth0"), MatchKind::exact);
    EXPECT_EQ(kind_of("52:54:00:12:34:56"), MatchKind::exact);
    EXPECT_EQ(kind_of("primary"), MatchKind::primary);
    EXPECT_EQ(kind_of("eth*"), MatchKind::glob);
    EXPECT_EQ(kind_of("eth?"), MatchKind::glob);
    EXPECT_EQ(kind_of("eth[01]"), MatchKind::glob);
}

TEST(MatchesTest, AStarTakesAsMuchAsItMust) {
    for (const auto match : {"*ab", "a*ab", "*aab", "*a*b", "aa*b", "**aab*"}) {
        EXPECT_TRUE(matches(nic("aaab"), match)) << match;
    }
    for (const auto match : {"*aaaab", "*b*a", "a*c", "*ba"}) EXPECT_FALSE(matches(nic("aaab"), match)) << match;
}

TEST(MatchesTest, ManyStarsTakeNoTime) {
    EXPECT_FALSE(matches(nic(std::string(15, 'a')), std::string(2000, '*') + "b"));
    std::string stars;
    for (int i = 0; i < 14; ++i) stars += "*a";
    EXPECT_FALSE(matches(nic(std::string(15, 'a')), stars + "*b"));
}

TEST(FindInterfaceTest, AMacThatAVlanSharesIsThatOfTheHardware) {
    auto vlan = nic("eth0.5", false), hardware = nic("eth0");
    vlan.kind = "vlan";
    vlan.mac = hardware.mac = MacAddress({0x52, 0x54, 0, 0, 0, 1});
    const std::vector<Link> links{vlan, hardware};
    EXPECT_EQ(find_interface(links, "52:54:00:00:00:01"), &links[1]);
    EXPECT_EQ(find_interface(links, "eth0.5"), &links[0]);
}

TEST(FindInterfaceTest, PrimaryIsTheRuleAndAnythingElseAName) {
    std::vector<Link> links(3);
    links[0].name = "docker0";
    links[1].name = "eth1";
    links[2].name = "eth0";
    for (auto& link : links) link.ethernet = true;
    EXPECT_EQ(find_interface(links, "primary"), &links[2]);
    EXPECT_EQ(find_interface(links, "eth*"), &links[1]);
    EXPECT_EQ(find_interface(links, "docker0"), &links[0]);
    EXPECT_EQ(find_interface(links, "eth2"), nullptr);
}

TEST(FindInterfaceTest, ANameThatIsAPatternIsThatOfItsInterfaceFirst) {
    std::array<Link, 3> links;
    links[0].name = "ab";
    links[1].name = "a*";
    links[2].name = "x[1]";
    EXPECT_EQ(find_interface(links, "a*"), &links[1]);
    EXPECT_EQ(find_interface(links, "x[1]"), &links[2]);
    EXPECT_EQ(find_interface(links, "*b"), &links[0]);
}

}  // namespace
}  // namespace nlinit
