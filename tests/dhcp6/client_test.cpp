// SPDX-License-Identifier: Apache-2.0
// Whole exchanges, from a link that comes up to a lease in use.
#include "nlinit/dhcp6/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dhcp6/client_harness.hpp"

namespace nlinit::dhcp6 {
namespace {

using namespace std::chrono_literals;
using test::address_of;
using test::dhcp6_config;
using test::Dhcp6Harness;
using test::server_duid;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Dhcp6ClientTest, RapidCommitTakesOneRoundTrip) {
    Dhcp6Harness guest;
    guest.link_up();
    guest.receive(guest.rapid_reply());
    EXPECT_THAT(guest.take(), ElementsAre("SOLICIT rapid", "bind 2001:db8::15"));
    EXPECT_EQ(guest.state(), State::bound);
    EXPECT_EQ(guest.lease().server, server_duid());
}

TEST(Dhcp6ClientTest, WithoutRapidCommitItTakesTwo) {
    Dhcp6Harness guest;
    guest.link_up();
    guest.receive(guest.advertise(1, 255));
    guest.receive(guest.reply());
    EXPECT_THAT(guest.take(), ElementsAre("SOLICIT rapid", "REQUEST 2001:db8::15 to 1", "bind 2001:db8::15"));
}

TEST(Dhcp6ClientTest, WhatAMessageHasToHoldIsInIt) {
    Dhcp6Harness guest;
    guest.link_up();
    const auto solicit = guest.last_sent();
    EXPECT_EQ(solicit.client, dhcp6_config().duid);
    EXPECT_TRUE(solicit.server.empty());
    EXPECT_EQ(solicit.elapsed, 0);
    EXPECT_THAT(solicit.requested, Contains(OptionCode::sol_max_rt));
    ASSERT_EQ(solicit.ia_na.size(), 1U);
    EXPECT_EQ(solicit.ia_na.front().iaid, dhcp6_config().iaid);
    guest.receive(guest.advertise(1, 255));
    const auto request = guest.last_sent();
    EXPECT_EQ(request.server, server_duid());
    EXPECT_THAT(request.requested, Contains(OptionCode::sol_max_rt));
    EXPECT_NE(request.xid, solicit.xid) << "a new exchange has a new transaction (RFC 8415 16.1)";
    ASSERT_EQ(request.ia_na.front().addresses.size(), 1U);
    EXPECT_EQ(request.ia_na.front().addresses.front().valid, 0U);
}

TEST(Dhcp6ClientTest, WithoutALinkNothingIsSentAndNothingIsAwaited) {
    Dhcp6Harness guest;
    EXPECT_FALSE(guest.client().deadline());
    guest.advance_by(24h);
    guest.wake();
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.client().xid(), 0U);
}

TEST(Dhcp6ClientTest, AStartDelayIsWaitedForAtRandom) {
    auto config = dhcp6_config();
    config.start_delay = 1s;
    Dhcp6Harness guest(config);
    guest.link_up();
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_LT(guest.deadline(), guest.now() + 1s);
    guest.advance_to_deadline();
    EXPECT_THAT(guest.take(), ElementsAre("SOLICIT rapid"));
}

TEST(Dhcp6ClientTest, AdvertisesAreCollectedAndTheHighestPreferenceIsAsked) {
    Dhcp6Harness guest;
    guest.link_up();
    const auto started_at = guest.now();
    guest.receive(guest.advertise(1));
    guest.receive(guest.advertise(2, 7));
    guest.receive(guest.advertise(3, 7));
    guest.receive(guest.advertise(4, 6));
    EXPECT_THAT(guest.take(), ElementsAre("SOLICIT rapid"));
    EXPECT_GT(guest.deadline(), started_at + 1s) << "the first RAND is above 0 (RFC 8415 18.2.1)";
    EXPECT_LE(guest.deadline(), started_at + 1100ms);
    guest.advance_to_deadline();
    EXPECT_THAT(guest.take(), ElementsAre("REQUEST 2001:db8::15 to 2"));
}

TEST(Dhcp6ClientTest, APreferenceOf255EndsTheWaiting) {
    Dhcp6Harness guest;
    guest.link_up();
    guest.receive(guest.advertise(1, 254));
    EXPECT_THAT(guest.take(), ElementsAre("SOLICIT rapid"));
    guest.receive(guest.advertise(2, 255));
    EXPECT_THAT(guest.take(), ElementsAre("REQUEST 2001:db8::15 to 2"));
}

TEST(Dhcp6ClientTest, AfterTheFirstTimeoutTheFirstAdvertiseCounts) {
    Dhcp6Harness guest;
    guest.link_up();
    guest.advance_to_deadline();
    guest.take();
    guest.receive(guest.advertise(3));
    EXPECT_THAT(guest.take(), ElementsAre("REQUEST 2001:db8::15 to 3"));
}

TEST(Dhcp6ClientTest, ASolicitIsRepeatedEverLessOftenAndSaysHowLong) {
    Dhcp6Harness guest;
    guest.link_up();
    auto sent_at = guest.now();
    Duration before{0};
    for (int i = 0; i < 6; ++i) {
        const auto wait = guest.deadline() - sent_at;
        EXPECT_GT(wait, before * 18 / 10);
        before = wait;
        guest.advance_to_deadline();
        sent_at = guest.now();
        EXPECT_EQ(guest.last_sent().elapsed, (guest.now() - TimePoint(3s)) / 10ms);
    }
    EXPECT_THAT(guest.take(), Each("SOLICIT rapid"));
}

TEST(Dhcp6ClientTest, AServerThatDoesNotAnswerARequestIsGivenUpAfterTenOfThem) {
    Dhcp6Harness guest;
    guest.link_up();
    guest.receive(guest.advertise(1, 255));
    guest.take();
    for (int i = 0; i < 9; ++i) guest.advance_to_deadline();
    EXPECT_THAT(guest.take(), Each("REQUEST 2001:db8::15 to 1"));
    EXPECT_EQ(guest.state(), State::requesting);
    guest.advance_to_deadline();
    EXPECT_THAT(guest.take(), ElementsAre("SOLICIT rapid"));
}

TEST(Dhcp6ClientTest, RapidCommitCanBeSwitchedOff) {
    auto config = dhcp6_config();
    config.rapid_commit = false;
    Dhcp6Harness guest(config);
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre("SOLICIT"));
    guest.expect_drop(guest.rapid_reply(), DropReason::rapid_commit_mismatch);
}

TEST(Dhcp6ClientTest, AReplyToASolicitWithoutTheOptionIsNone) {
    Dhcp6Harness guest;
    guest.link_up();
    guest.expect_drop(guest.reply(), DropReason::rapid_commit_mismatch);
}

TEST(Dhcp6ClientTest, TheServersLimitOfTheTimeoutIsObeyedWithinBounds) {
    for (const auto& [said, longest] : {std::pair(60U, 66s), std::pair(59U, 3960s), std::pair(86401U, 3960s)}) {
        Dhcp6Harness guest;
        guest.link_up();
        auto none = guest.advertise();
        none.ia_na.front().addresses.clear();
        none.ia_na.front().status = {StatusCode::no_addrs_avail, ""};
        none.sol_max_rt = said;
        guest.expect_drop(none, DropReason::no_addresses_available);
        for (int i = 0; i < 20; ++i) guest.advance_to_deadline();
        EXPECT_LE(guest.deadline() - guest.now(), longest) << said;
        EXPECT_GE(guest.deadline() - guest.now(), longest * 8 / 11) << said;
    }
}

TEST(Dhcp6ClientTest, AReleaseIsSentWhenTheAddressIsOutOfUseAndRepeatedUntilItIsHeard) {
    auto config = dhcp6_config();
    config.release_on_stop = true;
    auto guest = Dhcp6Harness::bound(config);
    guest.stop();
    EXPECT_THAT(guest.take(), ElementsAre("unbind 2001:db8::15 stopped", "RELEASE 2001:db8::15 to 1"));
    guest.advance_to_deadline();
    EXPECT_THAT(guest.take(), ElementsAre("RELEASE 2001:db8::15 to 1"));
    guest.receive(guest.status(StatusCode::no_binding));
    EXPECT_EQ(guest.state(), State::stopped);
    EXPECT_FALSE(guest.client().deadline());
}

TEST(Dhcp6ClientTest, AReleaseThatNobodyHearsIsSentFourTimes) {
    auto config = dhcp6_config();
    config.release_on_stop = true;
    auto guest = Dhcp6Harness::bound(config);
    guest.stop();
    guest.advance_by(10min);
    EXPECT_EQ(guest.client().messages().sent[8], 4U);
    EXPECT_EQ(guest.state(), State::stopped);
}

TEST(Dhcp6ClientTest, AStopWithoutReleaseSaysNothing) {
    auto guest = Dhcp6Harness::bound();
    guest.stop();
    EXPECT_THAT(guest.take(), ElementsAre("unbind 2001:db8::15 stopped"));
    EXPECT_EQ(guest.state(), State::stopped);
}

}  // namespace
}  // namespace nlinit::dhcp6
