// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/rehearsal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/client_harness.hpp"

namespace nlinit::dhcp_io {
namespace {

using ::testing::ElementsAre;

constexpr Ipv4Address kServer(192, 0, 2, 1);

dhcp::ClientConfig config() {
    dhcp::ClientConfig config;
    config.mac = test::kGuestMac;
    return config;
}

std::vector<std::string> routes_of(const NetworkPlan& plan) {
    std::vector<std::string> routes;
    for (const auto& route : plan.routes) routes.push_back(to_string(route));
    return routes;
}

// All the way, or what it is for is not done.
void expect_a_whole_plan(const dhcp::ClientConfig& config) {
    const auto plan = rehearse(config, {}, TimePoint{});
    ASSERT_EQ(plan.addresses.size(), 1U);
    EXPECT_EQ(to_string(plan.addresses[0]), "192.0.2.2/24");
    EXPECT_THAT(routes_of(plan), ElementsAre("192.0.2.0/24", "default via 192.0.2.1"));
}

TEST(Rehearsal, WithRapidCommitEndsInAPlan) {
    expect_a_whole_plan(config());
}

TEST(Rehearsal, OfFourMessagesEndsInAPlan) {
    auto client = config();
    client.rapid_commit = false;
    expect_a_whole_plan(client);
}

TEST(Rehearsal, WaitsForNothingThatTheClientWouldWaitFor) {
    auto client = config();
    client.start_delay = std::chrono::seconds(5);
    client.conflict_detection = dhcp::ConflictDetection::probe;
    client.denied_servers = {kServer};
    expect_a_whole_plan(client);
    client.denied_servers.clear();
    client.allowed_servers = {Ipv4Address(10, 0, 0, 1)};
    expect_a_whole_plan(client);
}

TEST(Rehearsal, OfARebootEndsInThePlanOfTheRememberedAddress) {
    auto client = config();
    dhcp::Lease lease;
    lease.address = {192, 0, 2, 77};
    client.previous_lease = lease;
    const auto plan = rehearse(client, {}, TimePoint{});
    ASSERT_EQ(plan.addresses.size(), 1U);
    EXPECT_EQ(to_string(plan.addresses[0]), "192.0.2.77/24");
}

TEST(Rehearsal, KeepsToTheRoutesThatAreWanted) {
    dhcp::RoutePreferences preferences;
    preferences.default_route = false;
    EXPECT_THAT(routes_of(rehearse(config(), preferences, TimePoint{})), ElementsAre("192.0.2.0/24"));
}

}  // namespace
}  // namespace nlinit::dhcp_io
