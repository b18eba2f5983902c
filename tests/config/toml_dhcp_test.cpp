// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlinit/config/toml_config.hpp"
#include "nlinit/config/toml_document.hpp"

namespace nlinit::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string only_problem(const std::string& text) {
    const auto parsed = parse_toml(text, "minimal");
    if (parsed.problems.size() != 1) return std::to_string(parsed.problems.size()) + " problems";
    return to_string(parsed.problems.front(), "text");
}

TEST(TomlDhcpTest, EveryKeyReachesItsPlace) {
    const auto parsed = parse_toml(R"(
        [network.dhcp]
        hostname = "guest"
        client_id = "01:52:54:00:12:34:56"
        vendor_class = "acme"
        user_class = "lab"
        request = [43, 66]
        lease_file = "/var/lib/nlinit/%i.lease"
        allow = "10.0.0.1"
        deny = ["10.0.0.2", "10.0.0.3"]
        start_delay = "10s"
        fallback_lease = "10min"
        acd = "optimistic"
        rapid_commit = false
        broadcast = true
        release = true
        use_hostname = true
        ipv6_only = true
        ms_routes = true
    )",
                                   "minimal");
    for (const auto& problem : parsed.problems) ADD_FAILURE() << to_string(problem, "text");
    const auto& dhcp = parsed.config.network.dhcp;
    EXPECT_EQ(dhcp.hostname, "guest");
    EXPECT_THAT(dhcp.client_id, ElementsAre(1, 0x52, 0x54, 0, 0x12, 0x34, 0x56));
    EXPECT_EQ(dhcp.vendor_class, "acme");
    EXPECT_EQ(dhcp.user_class, "lab");
    EXPECT_THAT(dhcp.request, ElementsAre(43, 66));
    EXPECT_EQ(dhcp.lease_file, "/var/lib/nlinit/%i.lease");
    EXPECT_THAT(dhcp.allow, ElementsAre(Ipv4Address(10, 0, 0, 1)));
    EXPECT_EQ(dhcp.deny.size(), 2U);
    EXPECT_EQ(dhcp.start_delay, std::chrono::seconds(10));
    EXPECT_EQ(dhcp.fallback_lease, std::chrono::minutes(10));
    EXPECT_EQ(dhcp.conflict_detection, ConflictDetection::optimistic);
    EXPECT_FALSE(dhcp.rapid_commit);
    EXPECT_TRUE(dhcp.broadcast && dhcp.release && dhcp.use_hostname && dhcp.ipv6_only && dhcp.ms_routes);
}

TEST(TomlDhcpTest, AnInterfacesOwnTableGoesOverTheNetworks) {
    const auto parsed = parse_toml(R"(
        [network.dhcp]
        hostname = "guest"
        acd = "probe"
        [[network.interface]]
        match = "eth0"
        [[network.interface]]
        match = "eth1"
        [network.interface.dhcp]
        acd = "off"
    )",
                                   "minimal");
    for (const auto& problem : parsed.problems) ADD_FAILURE() << to_string(problem, "text");
    ASSERT_EQ(parsed.config.network.interfaces.size(), 2U);
    EXPECT_FALSE(parsed.config.network.interfaces[0].dhcp);
    ASSERT_TRUE(parsed.config.network.interfaces[1].dhcp);
    EXPECT_EQ(parsed.config.network.interfaces[1].dhcp->hostname, "guest");
    EXPECT_EQ(parsed.config.network.interfaces[1].dhcp->conflict_detection, ConflictDetection::off);
}

TEST(TomlDhcpTest, AClientIdentifierMayBeText) {
    EXPECT_THAT(parse_toml("[network.dhcp]\nclient_id = \"vm-7\"", "minimal").config.network.dhcp.client_id,
                ElementsAre(0, 'v', 'm', '-', '7'));
}

TEST(TomlDhcpTest, AClientIdentifierOfNoneIsNotSent) {
    const auto parsed = parse_toml(R"(
        [network.dhcp]
        client_id = "none"
        [[network.interface]]
        match = "eth1"
        dhcp = { client_id = "vm-7" }
        )",
                                   "minimal");
    EXPECT_TRUE(parsed.problems.empty());
    EXPECT_FALSE(parsed.config.network.dhcp.send_client_id);
    EXPECT_THAT(parsed.config.network.dhcp.client_id, ::testing::IsEmpty());
    EXPECT_TRUE(parsed.config.network.interfaces.back().dhcp->send_client_id) << "it has one of its own";
}

TEST(TomlDhcpTest, AnEmptyVendorClassIsNotSent) {
    const auto parsed = parse_toml("[network.dhcp]\nvendor_class = \"\"", "minimal");
    EXPECT_TRUE(parsed.problems.empty());
    EXPECT_EQ(parsed.config.network.dhcp.vendor_class, "");
}

TEST(TomlDhcpTest, WhatIsWrongIsNamedAndLosesNothingElse) {
    EXPECT_THAT(only_problem("[network.dhcp]\nacd = \"maybe\""), HasSubstr("off, probe or optimistic"));
    EXPECT_THAT(only_problem("[network.dhcp]\nrequest = [0]"), HasSubstr("option numbers from 1 to 254"));
    EXPECT_THAT(only_problem("[network.dhcp]\nrequest = 43"), HasSubstr("a list of option numbers"));
    EXPECT_THAT(only_problem("[network.dhcp]\nrequest = [1, 300, 3]"), HasSubstr("1 to 254, not 300"));
    EXPECT_THAT(parse_toml("[network.dhcp]\nrequest = [1, 300, 3]", "minimal").config.network.dhcp.request,
                ElementsAre(1, 3));
    EXPECT_THAT(only_problem("[network.dhcp]\nlease_file = \"here\""), HasSubstr("absolute path"));
    EXPECT_THAT(only_problem("[network.dhcp]\nallow = [\"127.0.0.1\"]"), HasSubstr("DHCP server"));
    EXPECT_THAT(only_problem("[network.dhcp]\nclient_id = \"\""), HasSubstr("hexadecimal"));
    EXPECT_THAT(only_problem("[network.dhcp]\nrapid_comit = false"), HasSubstr("rapid_commit"));
    EXPECT_THAT(only_problem("[network.dhcp]\nfallback_lease = 600"), HasSubstr("a time such as"));
    EXPECT_FALSE(parse_toml("[network.dhcp]\nacd = \"maybe\"\nrapid_commit = false", "minimal")
                     .config.network.dhcp.rapid_commit);
}

}  // namespace
}  // namespace nlinit::config
