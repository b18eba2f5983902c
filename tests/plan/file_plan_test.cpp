// SPDX-License-Identifier: Apache-2.0
#include "nlinit/plan/file_plan.hpp"

#include <gtest/gtest.h>

namespace nlinit::plan {
namespace {

TEST(HostsContentTest, HoldsLocalhostAndTheGuestsName) {
    EXPECT_EQ(hosts_content("guest"), "127.0.0.1\tlocalhost\n::1\t\tlocalhost\n127.0.1.1\tguest\n");
}

TEST(HostsContentTest, KernelWithoutANameIsLocalhost) {
    for (const auto* name : {"", "(none)", "localhost"})
        EXPECT_EQ(hosts_content(name), "127.0.0.1\tlocalhost\n::1\t\tlocalhost\n") << name;
}

TEST(HostsContentTest, WhatTheImageSaysStaysAndWhatIsMissingComesAfterIt) {
    const std::string image = "# ours\n127.0.0.1 localhost ip4-localhost\n10.0.0.5\tdb db.example";
    EXPECT_EQ(hosts_content("guest", image), image + "\n127.0.1.1\tguest\n");
    EXPECT_EQ(hosts_content("guest", "10.0.0.5 db # localhost guest\n"),
              "10.0.0.5 db # localhost guest\n127.0.0.1\tlocalhost\n::1\t\tlocalhost\n127.0.1.1\tguest\n");
}

TEST(HostsContentTest, AFileThatResolvesTheNameIsLeftAsItIs) {
    for (const std::string image : {"127.0.0.1 localhost GUEST\n", "::1 localhost\n10.0.0.5 guest.example guest\n"})
        EXPECT_EQ(hosts_content("guest", image), image);
}

TEST(HostsContentTest, TheNameOfAnEarlierBootMakesRoom) {
    EXPECT_EQ(hosts_content("second", hosts_content("first")), hosts_content("second"));
    const std::string image = "127.0.0.1 localhost\n127.0.1.1 a.example a\n";
    EXPECT_EQ(hosts_content("second", image), image + "127.0.1.1\tsecond\n");
}

TEST(HostnameOfTest, TakesTheFirstLineThatIsNoComment) {
    EXPECT_EQ(*hostname_of("# by hand\n\n  web-1.example \r\nother\n"), "web-1.example");
    for (const std::string text : {"web-1 # by hand", "web-1#x", "\tweb-1.", "\r\n \nweb-1\r\n"})
        EXPECT_EQ(*hostname_of(text), "web-1") << text;
    for (const auto* none : {"", " # \n", "\n", "# nothing\n"}) EXPECT_EQ(*hostname_of(none), "") << none;
}

TEST(HostnameOfTest, WhatIsNoHostNameIsShown) {
    for (const std::string text : {"two words", "(none)", "-a", "a..b", "a..", ".", "\x1b[31m"}) {
        const auto name = hostname_of(text);
        ASSERT_FALSE(name.ok()) << text;
        EXPECT_TRUE(name.error().what.starts_with("/etc/hostname: '")) << name.error().what;
    }
    EXPECT_FALSE(hostname_of(std::string(65, 'a')).ok());
}

TEST(ResolvConfContentTest, HoldsALineEachServer) {
    EXPECT_EQ(resolv_conf_content({Ipv4Address(192, 168, 64, 1)}, {}), "nameserver 192.168.64.1\n");
    EXPECT_EQ(resolv_conf_content({Ipv4Address(1, 1, 1, 1), Ipv4Address(8, 8, 8, 8)}, {"a.example", "b.example"}),
              "search a.example b.example\nnameserver 1.1.1.1\nnameserver 8.8.8.8\n");
    EXPECT_EQ(resolv_conf_content({}, {}), "");
    EXPECT_EQ(resolv_conf_content({NameServer::parse("fe80::1%eth0").value(), Ipv4Address(1, 1, 1, 1)}, {}),
              "nameserver fe80::1%eth0\nnameserver 1.1.1.1\n");
}

TEST(ResolvConfContentTest, ServersAreReadBack) {
    const std::vector<NameServer> servers{Ipv4Address(1, 1, 1, 1), NameServer::parse("fe80::1%eth0").value()};
    EXPECT_EQ(name_servers_in(resolv_conf_content(servers, {"a.example"})), servers);
    EXPECT_EQ(
        name_servers_in("# nameserver 9.9.9.9\nnameserver\t 1.1.1.1 # one\nnameserver x\nnameserver fe80::1%eth0"),
        servers);
    EXPECT_TRUE(name_servers_in("").empty());
}

TEST(ResolvConfContentTest, ServersThatNobodyReadsAreNamed) {
    std::vector<NameServer> servers{Ipv4Address(1, 1, 1, 1), NameServer::parse("2001:db8::1").value(),
                                    Ipv4Address(8, 8, 8, 8)};
    EXPECT_EQ(unread_name_servers(servers), "");
    servers.push_back(NameServer::parse("fe80::1%eth0").value());
    servers.push_back(Ipv4Address(9, 9, 9, 9));
    EXPECT_EQ(unread_name_servers(servers),
              "glibc reads the first three name servers of resolv.conf, and so not fe80::1%eth0, 9.9.9.9");
}

}  // namespace
}  // namespace nlinit::plan
