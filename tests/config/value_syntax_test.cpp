// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/value_syntax.hpp"

#include <gtest/gtest.h>

namespace nlinit::config {
namespace {

using std::chrono::milliseconds;

TEST(ParseDurationTest, TakesANumberAndItsUnit) {
    EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
    EXPECT_EQ(parse_duration("6s"), milliseconds(6000));
    EXPECT_EQ(parse_duration("2min"), milliseconds(120'000));
    EXPECT_EQ(parse_duration("0s"), milliseconds(0));
    EXPECT_EQ(parse_duration("1440min"), std::chrono::hours(24));
}

TEST(ParseDurationTest, RefusesTheRest) {
    for (const std::string_view text :
         {"", "6", "s", "6 s", "-1s", "+1s", "1.5s", "6S", "6sec", "1441min", "86401s", "4294967295s", "99999999999s"})
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(ParseModeTest, IsOctal) {
    EXPECT_EQ(parse_mode("0644"), 0644U);
    EXPECT_EQ(parse_mode("755"), 0755U);
    EXPECT_EQ(parse_mode("07777"), 07777U);
    for (const std::string_view text : {"", "0888", "10000", "-1", "0x1f", "u+x", "0644 "})
        EXPECT_EQ(parse_mode(text), std::nullopt) << text;
}

TEST(ParseHostnameTest, TakesLabelsWithDotsBetweenThem) {
    for (const std::string_view text : {"guest", "a", "web-1.example.org", "my_vm", "1"})
        EXPECT_EQ(parse_hostname(text), text);
    EXPECT_TRUE(parse_hostname(std::string(63, 'a')));
}

TEST(ParseHostnameTest, RefusesWhatWouldBreakEtcHosts) {
    for (const std::string_view text : {"", ".", "a..b", "a..", "-a", "a-", "a b", "a\nb", "a#b", "\xc3\xa9"})
        EXPECT_EQ(parse_hostname(text), std::nullopt) << text;
    EXPECT_FALSE(parse_hostname(std::string(64, 'a')));                               // one label
    EXPECT_FALSE(parse_hostname(std::string(40, 'a') + '.' + std::string(40, 'b')));  // HOST_NAME_MAX
}

TEST(ParseHostnameTest, DropsTheFinalDotOfAFullName) {
    EXPECT_EQ(parse_hostname("web-1.example.org."), "web-1.example.org");
    EXPECT_EQ(parse_domain("example.org."), "example.org");
    EXPECT_EQ(parse_domain(".example.org"), "example.org");
    EXPECT_EQ(parse_domain("."), std::nullopt);
}

TEST(ParseHostnameTest, AnAddressIsNoName) {
    for (const std::string_view text : {"10.0.0.5", "255.255.255.0", "10.0.0.5."}) {
        EXPECT_EQ(parse_hostname(text), std::nullopt) << text;
        EXPECT_EQ(parse_domain(text), std::nullopt) << text;
    }
}

TEST(ParseInterfaceMatchTest, TakesNamesGlobsAndMacs) {
    const struct {
        std::string_view text, match;
    } cases[] = {
        {"primary", "primary"},
        {"eth0.100", "eth0.100"},
        {"en*", "en*"},
        {"eth[0-3]", "eth[0-3]"},
        {"52-54-00-AB-cd-ef", "52:54:00:ab:cd:ef"},
        {"exactly15chars_", "exactly15chars_"},
    };
    for (const auto& [text, match] : cases) EXPECT_EQ(parse_interface_match(text), match) << text;
    for (const std::string_view text : {"", ".", "..", "eth 0", "a/b", "52:54", "sixteen_chars_16", "eth0\n"})
        EXPECT_EQ(parse_interface_match(text), std::nullopt) << text;
}

TEST(ParseSysctlKeyTest, NeverLeadsOutOfProcSys) {
    for (const std::string_view text :
         {"vm.swappiness", "net.ipv4.ip_forward", "net.ipv4.conf.eth0/1.proxy_arp", "-net.ipv4.conf.*.rp_filter",
          "net.ipv4.conf.[!e]*.rp_filter", "vm", "net.ipv4.conf.eth0:1.rp_filter"})
        EXPECT_EQ(parse_sysctl_key(text), text);
    for (const std::string_view text :
         {"", ".", "a..b", "a/../b", "/", "//a", "/proc/sys/", "-/proc/sys/../x", ".a", "a.", "a b", "a\n", "-", "-.a"})
        EXPECT_EQ(parse_sysctl_key(text), std::nullopt) << text;
}

TEST(ParseSysctlKeyTest, EverySpellingOfSysctlDIsOneName) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"net/ipv4/conf/eth0.1/proxy_arp", "net.ipv4.conf.eth0/1.proxy_arp"},
        {"-net/ipv4/conf/eth0.5/rp_filter", "-net.ipv4.conf.eth0/5.rp_filter"},
        {"/net/ipv4/ip_forward", "net.ipv4.ip_forward"},
        {"/proc/sys/net/ipv4/ip_forward", "net.ipv4.ip_forward"},
        {"-/proc/sys/net/ipv4/ip_forward", "-net.ipv4.ip_forward"},
    };
    for (const auto& [text, key] : cases) EXPECT_EQ(parse_sysctl_key(text), key) << text;
}

TEST(ParseModuleNameTest, TakesNoPaths) {
    EXPECT_EQ(parse_module("virtio_net"), "virtio_net");
    for (const std::string_view text : {"", "../x", "a/b", "x.ko", " a", "a\n"})
        EXPECT_EQ(parse_module(text), std::nullopt) << text;
    EXPECT_EQ(parse_module("virtio_net napi_tx=0"), "virtio_net napi_tx=0");
    EXPECT_FALSE(parse_module(std::string(56, 'm')));
}

TEST(ParseInterfaceAddressTest, WantsAHostAndAPrefixLength) {
    const auto address = parse_interface_address("10.0.0.2/24");
    ASSERT_TRUE(address);
    EXPECT_EQ(address->local, Ipv4Address(10, 0, 0, 2));
    EXPECT_EQ(address->prefix_length, 24);
    EXPECT_EQ(address->broadcast, Ipv4Address(10, 0, 0, 255));
    for (const std::string_view text : {"10.0.0.2", "10.0.0.2/", "10.0.0.2/0", "10.0.0.2/33", "10.0.0.2/255.255.255.0",
                                        "10.0.0.0/24", "10.0.0.255/24", "127.0.0.1/8", "224.0.0.1/4", "10.0.2/24"})
        EXPECT_EQ(parse_interface_address(text), std::nullopt) << text;
}

TEST(ParseInterfaceAddressTest, PointToPointPrefixesHaveNoBroadcast) {
    for (const std::string_view text : {"10.0.0.0/31", "10.0.0.1/31", "10.0.0.1/32"}) {
        const auto address = parse_interface_address(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(address->broadcast, std::nullopt) << text;
    }
}

TEST(ParseNameServerTest, MayBeInTheGuestItself) {
    EXPECT_EQ(NameServer::parse("127.0.0.53"), Ipv4Address(127, 0, 0, 53));
    EXPECT_EQ(NameServer::parse("0.0.0.0"), std::nullopt);
    EXPECT_EQ(NameServer::parse("255.255.255.255"), std::nullopt);
    EXPECT_EQ(NameServer::parse("::1"), NameServer(IpAddress::parse("::1").value()));
}

TEST(ParseSignalTest, NamesAndNumbersAreSignals) {
    const struct {
        const char* text;
        std::optional<int> number;
    } cases[] = {{"SIGTERM", 15},  {"TERM", 15},       {"15", 15},        {"SIGRTMIN", 34},    {"SIGRTMIN+3", 37},
                 {"RTMAX-1", 63},  {"SIGRTMAX", 64},   {"64", 64},        {"0", std::nullopt}, {"65", std::nullopt},
                 {"", {}},         {"SIG", {}},        {"SIGNONE", {}},   {"sigterm", 15},     {"SIGRTMIN-1", {}},
                 {"RTMIN+31", {}}, {"SIGRTMAX+1", {}}, {"SIGRTMIN+", {}}, {"-9", {}},          {"rtmin+3", 37},
                 {"SIGIO", 29},    {"SIGIOT", 6},      {"sigcld", 17},    {"Sig", {}}};
    for (const auto& [text, number] : cases) EXPECT_EQ(parse_signal(text), number) << text;
    for (int number = 1; number <= 64; ++number)
        EXPECT_EQ(parse_signal(signal_name(number)), number) << signal_name(number);
}

TEST(ParseModeTest, AUmaskIsOfPermissionsAlone) {
    EXPECT_EQ(parse_umask("0027"), 027U);
    EXPECT_EQ(parse_umask("777"), 0777U);
    for (const char* text : {"1777", "8", "", "-1", "0o22"}) EXPECT_FALSE(parse_umask(text)) << text;
    EXPECT_EQ(mode_text(027), "0027");
}

}  // namespace
}  // namespace nlinit::config
