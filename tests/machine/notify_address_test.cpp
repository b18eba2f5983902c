// SPDX-License-Identifier: Apache-2.0
#include "nlinit/machine/notify_address.hpp"

#include <gtest/gtest.h>

namespace nlinit {
namespace {

TEST(NotifyAddressTest, EveryFormIsReadAndWrittenAlike) {
    for (const std::string text : {"vsock:2:1234", "vsock-stream:2:0", "vsock-dgram:0:4294967294",
                                   "vsock-seqpacket:1:9", "port:org.nlinit.0", "unix:/run/host.sock", "unix:@host"}) {
        const auto address = parse_notify_address(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(to_string(*address), text);
    }
}

TEST(NotifyAddressTest, AVsockHasContextAndPort) {
    const auto address = parse_notify_address("vsock-stream:2:1234");
    ASSERT_TRUE(address);
    EXPECT_EQ(address->kind, NotifyAddress::Kind::vsock);
    EXPECT_EQ(address->type, NotifyAddress::Type::stream);
    EXPECT_EQ(address->cid, 2U);
    EXPECT_EQ(address->port, 1234U);
}

TEST(NotifyAddressTest, NothingElseIsTaken) {
    for (const std::string_view text : {"",
                                        "vsock",
                                        "vsock:",
                                        "vsock:2",
                                        "vsock:2:",
                                        "vsock::1",
                                        "vsock:2:1:",
                                        "vsock:-1:1",
                                        "vsock:2:4294967295",
                                        "vsock:4294967295:1",
                                        "vsock:4294967296:1",
                                        "vsock-raw:2:1",
                                        "port:",
                                        "port:a\nb",
                                        "unix:",
                                        "unix:relative",
                                        "unix:@",
                                        "unix:/../x",
                                        "tcp:1.2.3.4:5",
                                        "/run/host.sock"})
        EXPECT_FALSE(parse_notify_address(text)) << text;
    EXPECT_FALSE(parse_notify_address("unix:/" + std::string(107, 'a')));
    EXPECT_TRUE(parse_notify_address("unix:/" + std::string(106, 'a')));
}

TEST(NotifyAddressTest, NobodyIsNoWord) {
    EXPECT_EQ(to_string(NotifyAddress{}), "");
}

}  // namespace
}  // namespace nlinit
