// SPDX-License-Identifier: Apache-2.0
#include "fleet/simulation.hpp"

#include <gtest/gtest.h>

namespace fleet {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kClients = 2'000;

// Busy enough that its queue loses requests, so that retransmission decides.
Scenario busy_server() {
    return {.clients = kClients, .loss = 0.02, .rate = 4'000, .queue = 200};
}

Outcome run(const Scenario& scenario, std::string_view strategy) {
    return simulate(scenario, *find_strategy(strategy));
}

TEST(FleetTest, EveryClientComesToAnAddressOfItsOwn) {
    for (const bool rapid_commit : {false, true}) {
        auto scenario = busy_server();
        scenario.rapid_commit = rapid_commit;
        scenario.wire = true;
        const auto outcome = run(scenario, "nlinit");
        EXPECT_EQ(outcome.took.size(), kClients) << rapid_commit;
        EXPECT_EQ(outcome.on_a_shared_address, 0U) << rapid_commit;
        EXPECT_GT(outcome.dropped, 0U) << "the server was never busy";
    }
}

TEST(FleetTest, TheSameSeedGivesTheSameOutcome) {
    auto scenario = busy_server();
    const auto first = run(scenario, "nlinit");
    EXPECT_EQ(run(scenario, "nlinit"), first);
    scenario.seed = 2;
    EXPECT_NE(run(scenario, "nlinit"), first);
}

// Else a ladder that does well in the model may not do so in the client.
TEST(FleetTest, TheModelWithTheClientsLadderIsTheClient) {
    for (const bool rapid_commit : {false, true}) {
        auto scenario = busy_server();
        scenario.rapid_commit = rapid_commit;
        scenario.outage = 5s;
        scenario.spread = 1s;
        scenario.rate = 30;  // so slow that some give up their OFFER
        EXPECT_EQ(run(scenario, "ladder"), run(scenario, "nlinit")) << rapid_commit;
    }
}

TEST(FleetTest, AServerThatComesBackIsFoundByThoseThatStillAsk) {
    auto scenario = busy_server();
    scenario.outage = 12s;
    const auto outcome = run(scenario, "nlinit");
    EXPECT_EQ(outcome.took.size(), kClients);
    EXPECT_GE(outcome.took.front(), 12s);
    const auto seed = run(scenario, "seed");
    EXPECT_EQ(seed.took.size(), 0U);
    EXPECT_EQ(seed.gave_up, kClients);
    EXPECT_EQ(seed.sent, 3 * kClients);
}

// Congestion collapse: every answer comes to a client that has begun another transaction meanwhile.
TEST(FleetTest, AnswersThatComeLateStillCount) {
    const auto outcome = run({.clients = kClients, .rate = 50, .queue = 1'000}, "nlinit");
    EXPECT_EQ(outcome.took.size(), kClients) << "20 s in the queue are too long";
}

// A lone guest waits for nothing but the network and the server.
TEST(FleetTest, WithoutLossAClientTakesTwoRoundTrips) {
    const auto outcome = run({.clients = 1, .loss = 0, .delay = 10ms, .rate = 1'000}, "nlinit");
    ASSERT_EQ(outcome.took.size(), 1U);
    EXPECT_GE(outcome.took.front(), 4 * 5ms + 2 * 1ms);
    EXPECT_LE(outcome.took.front(), 4 * 15ms + 2 * 1ms);
    EXPECT_EQ(outcome.sent, 2U);
}

// RFC 2131 4.4.5: without fuzz all that were bound in one second renew in one second, for ever.
TEST(FleetTest, AHerdThatWasBoundTogetherSpreads) {
    const Scenario scenario{.clients = kClients, .loss = 0, .rate = 100'000, .lease = 1h, .keep = 6h};
    constexpr std::size_t kSecond = 1s / kSlot;
    const auto busiest = [&](const Outcome& outcome, Duration from) {
        return outcome.arrived.busiest(kSecond, TimePoint(from));
    };
    const auto exact = run(scenario, "exact");
    EXPECT_GE(busiest(exact, 20min), kClients * 9 / 10) << "the model that shows what is to be avoided";
    EXPECT_GE(busiest(exact, 5h), kClients * 9 / 10);
    const auto fuzzed = run(scenario, "nlinit");
    EXPECT_EQ(fuzzed.bound_at_the_end, kClients);
    EXPECT_LE(busiest(fuzzed, 20min), kClients / 50) << "at the first renewal";
    EXPECT_LE(busiest(fuzzed, 5h), kClients / 100) << "each renewal adds to it";
    EXPECT_LE(fuzzed.sent, exact.sent * 12 / 10);
}

TEST(FleetTest, LeasesAreRenewedThroughLoss) {
    const auto outcome = run({.clients = 200, .loss = 0.1, .rate = 10'000, .lease = 10min, .keep = 3h}, "nlinit");
    EXPECT_EQ(outcome.took.size(), 200U);
    EXPECT_GE(outcome.bound_at_the_end, 199U);
}

TEST(TrafficTest, TheBusiestSecondIsOfSlotsInARow) {
    Traffic traffic;
    for (const auto at : {0ms, 950ms, 1010ms, 1020ms, 1930ms, 2500ms}) traffic.count(TimePoint(at));
    EXPECT_EQ(traffic.busiest(1, TimePoint{}), 2U);
    EXPECT_EQ(traffic.busiest(10, TimePoint{}), 3U);
    EXPECT_EQ(traffic.busiest(10, TimePoint(2s)), 1U);
}

TEST(AfterTest, CountsThoseThatNeverCame) {
    const std::vector<Duration> times{1s, 2s, 3s};
    EXPECT_EQ(after(times, 4, 0.5), 2s);
    EXPECT_EQ(after(times, 4, 0.99), std::nullopt);
    EXPECT_EQ(after(times, 3, 1), 3s);
}

}  // namespace
}  // namespace fleet
