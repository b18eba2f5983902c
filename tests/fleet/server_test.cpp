// SPDX-License-Identifier: Apache-2.0
#include "fleet/server.hpp"

#include <gtest/gtest.h>

namespace fleet {
namespace {

using namespace std::chrono_literals;
using nlinit::dhcp::MessageType;

constexpr TimePoint kStart{};

Request discover(ClientNumber client, bool rapid_commit = false) {
    return {MessageType::discover, rapid_commit, client, 7, {}};
}

TEST(FleetServerTest, ServesOneAfterTheOtherAndLosesWhatFindsNoRoomToWait) {
    Server server({.rate = 100, .queue = 2});
    for (const auto expected : {10ms, 20ms, 30ms}) {
        const auto answer = server.take(discover(1), kStart);
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->at, kStart + expected);
    }
    EXPECT_FALSE(server.take(discover(1), kStart));
    EXPECT_FALSE(server.take(discover(1), kStart + 9ms));
    EXPECT_TRUE(server.take(discover(1), kStart + 10ms)) << "one was served";
    EXPECT_EQ(server.received(), 6U);
    EXPECT_EQ(server.dropped(), 2U);
}

TEST(FleetServerTest, OffersAClientTheSameAddressAgainAndNobodyElse) {
    Server server({.rate = 1'000'000});
    const auto first = server.take(discover(1), kStart)->reply;
    EXPECT_EQ(first.type, MessageType::offer);
    EXPECT_NE(server.take(discover(2), kStart)->reply.address, first.address);
    EXPECT_EQ(server.take(discover(1), kStart)->reply.address, first.address);
}

TEST(FleetServerTest, AcknowledgesWhatItOfferedAndRefusesWhatItDidNot) {
    Server server({.rate = 1'000'000});
    const auto offer = server.take(discover(1), kStart)->reply;
    const auto ask = [&](ClientNumber client) {
        return server.take({MessageType::request, false, client, 7, offer.address}, kStart)->reply.type;
    };
    EXPECT_EQ(ask(1), MessageType::ack);
    EXPECT_EQ(ask(2), MessageType::nak);
}

TEST(FleetServerTest, KnowsRapidCommitOnlyWhenToldSo) {
    Server server({.rate = 1'000'000, .rapid_commit = true});
    EXPECT_EQ(server.take(discover(1, true), kStart)->reply.type, MessageType::ack);
    EXPECT_EQ(server.take(discover(1, false), kStart)->reply.type, MessageType::offer);
    Server plain({.rate = 1'000'000});
    EXPECT_EQ(plain.take(discover(1, true), kStart)->reply.type, MessageType::offer);
}

}  // namespace
}  // namespace fleet
