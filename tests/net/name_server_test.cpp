// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/name_server.hpp"

#include <gtest/gtest.h>

namespace nlinit {
namespace {

TEST(NameServerTest, HostsOfBothFamiliesAndTheLoopbackPrintAsTheyAreWritten) {
    for (const auto* text : {"10.0.2.3", "127.0.0.53", "2001:db8::53", "::1", "fe80::1", "fe80::1%eth0"}) {
        const auto server = NameServer::parse(text);
        ASSERT_TRUE(server) << text;
        EXPECT_EQ(server->to_string(), text);
    }
}

TEST(NameServerTest, AZoneIsOfALinkLocalAddressAlone) {
    EXPECT_EQ(NameServer::parse("fe80::1%eth0")->zone, "eth0");
    for (const auto* text : {"2001:db8::53%eth0", "10.0.2.3%eth0", "fe80::1%", "fe80::1%a b", "fe80::1%a/b",
                             "fe80::1%eth0%1", "fe80::1%a\nb", "fe80::1%a-name-of-16-chars"})
        EXPECT_FALSE(NameServer::parse(text)) << text;
}

TEST(NameServerTest, WhatIsNoHostIsNoNameServer) {
    for (const auto* text : {"", "0.0.0.0", "255.255.255.255", "::", "ff02::1", "::ffff:10.0.0.1", "10.0.2", "[::1]"})
        EXPECT_FALSE(NameServer::parse(text)) << text;
}

}  // namespace
}  // namespace nlinit
