// SPDX-License-Identifier: Apache-2.0
// Whole exchanges, from a link that comes up to a lease in use.
#include "nlinit/dhcp/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/client_harness.hpp"

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;
using test::ClientHarness;
using test::guest_config;
using test::kGuestAddress;
using test::kOtherDhcpServer;
using test::without_option;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ClientTest, RapidCommitTakesOneRoundTrip) {
    ClientHarness guest;
    guest.link_up();
    guest.receive(guest.rapid_ack());
    EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER rapid", "bind 10.0.2.15/24"));
    EXPECT_EQ(guest.state(), State::bound);
}

TEST(ClientTest, PlainDhcpTakesTwo) {
    ClientHarness guest;
    guest.link_up();
    guest.receive(guest.offer());
    guest.receive(guest.ack());
    EXPECT_THAT(guest.take(),
                ElementsAre("broadcast DISCOVER rapid", "broadcast REQUEST requested=10.0.2.15 server=10.0.2.2",
                            "bind 10.0.2.15/24"));
    EXPECT_EQ(guest.state(), State::bound);
    EXPECT_EQ(guest.lease().address, kGuestAddress);
}

TEST(ClientTest, WithoutALinkNothingIsSentAndNothingIsAwaited) {
    ClientHarness guest;
    EXPECT_FALSE(guest.client().deadline());
    guest.advance_by(24h);
    guest.wake();
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.client().xid(), 0U);
    EXPECT_EQ(guest.client().lease(), nullptr);
}

TEST(ClientTest, TheFirstDiscoverLeavesAtOnce) {
    ClientHarness guest;
    guest.link_up();
    ASSERT_EQ(guest.history().size(), 1U);
    EXPECT_EQ(guest.history().front().at, guest.now());
    EXPECT_EQ(guest.state(), State::selecting);
}

TEST(ClientTest, AStartDelayIsWaitedForAtRandom) {
    auto config = guest_config();
    config.start_delay = 10s;
    std::vector<TimePoint> starts;
    for (const std::uint32_t seed : {1U, 2U, 3U}) {
        ClientHarness guest(config, seed);
        guest.link_up();
        EXPECT_THAT(guest.take(), IsEmpty());
        EXPECT_EQ(guest.state(), State::init);
        starts.push_back(guest.deadline());
        EXPECT_GE(guest.deadline(), guest.now());
        EXPECT_LE(guest.deadline(), guest.now() + 10s);
        guest.advance_to_deadline();
        EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER rapid"));
    }
    EXPECT_FALSE(starts[0] == starts[1] && starts[1] == starts[2]);
}

TEST(ClientTest, ASecondLinkUpDoesNotSendTwice) {
    ClientHarness guest;
    guest.link_up();
    const auto xid = guest.client().xid();
    guest.take();
    guest.link_up();
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.client().xid(), xid);
}

TEST(ClientTest, RapidCommitIsAskedForTwiceThenLeftOut) {
    ClientHarness guest;
    guest.link_up();
    for (int i = 0; i < 4; ++i) guest.advance_to_deadline();
    EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER rapid", "broadcast DISCOVER rapid", "broadcast DISCOVER",
                                          "broadcast DISCOVER", "broadcast DISCOVER"));
}

TEST(ClientTest, RapidCommitCanBeSwitchedOff) {
    auto config = guest_config();
    config.rapid_commit = false;
    ClientHarness guest(config);
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER"));
}

TEST(ClientTest, AnOfferThatCarriesRapidCommitIsAPlainOffer) {
    ClientHarness guest;
    guest.link_up();
    guest.take();
    auto offer = guest.offer();
    offer.options.set(OptionCode::rapid_commit, {});
    guest.receive(offer);
    EXPECT_THAT(guest.take(), ElementsAre("broadcast REQUEST requested=10.0.2.15 server=10.0.2.2"));
}

// A server that pings first answers after up to three seconds.
TEST(ClientTest, ALateOfferIsTakenBecauseTheXidStaysTheSame) {
    ClientHarness guest;
    guest.link_up();
    const auto offer = guest.offer();
    guest.advance_by(3s);
    EXPECT_GE(guest.take().size(), 3U);
    guest.receive(offer);
    EXPECT_THAT(guest.take(), ElementsAre("broadcast REQUEST requested=10.0.2.15 server=10.0.2.2"));
}

// It answers one of the first two DISCOVERs, and the server holds the lease to be taken already.
TEST(ClientTest, ALateRapidAckStillCountsOnceRapidCommitIsLeftOut) {
    ClientHarness guest;
    guest.link_up();
    guest.advance_to_deadline();
    guest.advance_to_deadline();
    EXPECT_EQ(guest.take().back(), "broadcast DISCOVER");
    guest.receive(guest.rapid_ack());
    EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24"));
}

TEST(ClientTest, TheFirstAcceptableOfferWins) {
    ClientHarness guest;
    guest.link_up();
    guest.take();
    auto bad = guest.offer();
    bad.yiaddr = {255, 255, 255, 255};
    guest.expect_drop(bad, DropReason::bad_offered_address);
    guest.receive(guest.offer());
    auto second = guest.offer();
    second.yiaddr = {10, 0, 2, 16};
    second.options.set_address(OptionCode::server_identifier, kOtherDhcpServer);
    guest.expect_drop(second, DropReason::not_expected_in_state, kOtherDhcpServer);
    EXPECT_THAT(guest.take(), ElementsAre("broadcast REQUEST requested=10.0.2.15 server=10.0.2.2"));
}

TEST(ClientTest, AnOfferWithoutServerIdentifierIsItsSourcesOffer) {
    ClientHarness guest;
    guest.link_up();
    guest.take();
    guest.receive(without_option(guest.offer(), OptionCode::server_identifier), {10, 0, 2, 9});
    EXPECT_THAT(guest.take(), ElementsAre("broadcast REQUEST requested=10.0.2.15 server=10.0.2.9"));
}

TEST(ClientTest, TheRequestCarriesTheXidOfItsDiscover) {
    ClientHarness guest;
    guest.link_up();
    const auto discover = guest.last_sent();
    guest.receive(guest.offer());
    EXPECT_EQ(guest.last_sent().xid, discover.xid);
    EXPECT_EQ(guest.last_sent().type, MessageType::request);
    EXPECT_NE(discover.xid, 0U);
}

TEST(ClientTest, ResendsOfOneTransactionCarryItsXidAndTrueSeconds) {
    ClientHarness guest;
    guest.link_up();
    const auto started = guest.now();
    EXPECT_EQ(guest.last_sent().elapsed, 0s);
    const auto xid = guest.client().xid();
    for (int i = 0; i < 8; ++i) {
        guest.advance_to_deadline();
        const auto passed = std::chrono::floor<std::chrono::seconds>(guest.now() - started);
        EXPECT_EQ(guest.last_sent().elapsed, std::max(passed, std::chrono::seconds(1)));
        EXPECT_EQ(guest.last_sent().xid, xid);
    }
}

TEST(ClientTest, AnUnansweredRequestIsRepeatedThenDiscoveryStartsAgain) {
    ClientHarness guest;
    guest.link_up();
    guest.receive(guest.offer());
    guest.take();
    guest.advance_to_deadline();
    EXPECT_THAT(guest.take(), ElementsAre("broadcast REQUEST requested=10.0.2.15 server=10.0.2.2"));
    guest.advance_by(5min);
    EXPECT_EQ(guest.state(), State::selecting);
}

// 300, 600, 1200 ms …, never faster than at first and never without end.
TEST(ClientTest, AnUnansweredDiscoverIsRepeatedForEver) {
    ClientHarness guest;
    guest.link_up();
    EXPECT_GE(guest.deadline() - guest.now(), 225ms);
    EXPECT_LE(guest.deadline() - guest.now(), 375ms);
    Duration longest{0};
    while (guest.now() < TimePoint(48h)) {
        const auto before = guest.now();
        guest.advance_to_deadline();
        EXPECT_GE(guest.now() - before, 225ms);
        longest = std::max(longest, guest.now() - before);
    }
    EXPECT_LE(longest, 65s);
    EXPECT_GE(longest, 32s);
    EXPECT_EQ(guest.state(), State::selecting);
    EXPECT_EQ(guest.client().messages().total_sent(), guest.history().size());
}

TEST(ClientTest, LeaseTimeCountsFromTheRequestsDeparture) {
    ClientHarness guest;
    guest.link_up();
    guest.advance_by(50ms);
    guest.receive(guest.offer());
    const auto requested_at = guest.now();
    guest.advance_by(90ms);
    guest.receive(guest.ack());
    EXPECT_EQ(guest.lease().acquired_at, requested_at);
    EXPECT_EQ(guest.lease().expires_at, requested_at + 1h);
    EXPECT_GE(guest.deadline(), requested_at + 27min);
    EXPECT_LE(guest.deadline(), requested_at + 33min);
}

TEST(ClientTest, ARapidLeaseCountsFromADiscoversDeparture) {
    ClientHarness guest;
    guest.link_up();
    const auto sent_at = guest.now();
    guest.advance_by(90ms);
    guest.receive(guest.rapid_ack());
    EXPECT_EQ(guest.lease().acquired_at, sent_at);
}

TEST(ClientTest, AfterResendsALeaseNeverCountsFromLaterThanTheLastOne) {
    ClientHarness guest;
    guest.link_up();
    guest.receive(guest.offer());
    guest.advance_to_deadline();
    guest.advance_to_deadline();
    const auto last_sent_at = guest.now();
    guest.advance_by(50ms);
    guest.receive(guest.ack());
    EXPECT_LE(guest.lease().acquired_at, last_sent_at);
}

TEST(ClientTest, AnInfiniteLeaseIsNeverWokenFor) {
    auto guest = ClientHarness::bound(Lease::kInfinite);
    EXPECT_FALSE(guest.client().deadline());
    guest.advance_by(24h * 3650);
    guest.wake();
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.state(), State::bound);
}

TEST(ClientTest, MessagesAreCountedByType) {
    auto guest = ClientHarness::bound();
    const auto& messages = guest.client().messages();
    EXPECT_EQ(messages.sent[static_cast<std::size_t>(MessageType::discover)], 1U);
    EXPECT_EQ(messages.sent[static_cast<std::size_t>(MessageType::request)], 1U);
    EXPECT_EQ(messages.received[static_cast<std::size_t>(MessageType::offer)], 1U);
    EXPECT_EQ(messages.received[static_cast<std::size_t>(MessageType::ack)], 1U);
    EXPECT_EQ(messages.total_sent(), 2U);
    EXPECT_EQ(messages.total_received(), 2U);
    guest.receive(guest.nak());  // dropped, but received
    EXPECT_EQ(messages.received[static_cast<std::size_t>(MessageType::nak)], 1U);
}

TEST(ClientTest, StatesAndReasonsHaveNames) {
    EXPECT_EQ(name_of(State::selecting), "SELECTING");
    for (int i = 0; i <= static_cast<int>(State::waiting_for_link); ++i) {
        EXPECT_FALSE(name_of(static_cast<State>(i)).empty()) << i;
    }
    EXPECT_EQ(name_of(UnbindReason::expired), "expired");
    EXPECT_EQ(name_of(UnbindReason::refused), "refused");
    EXPECT_EQ(name_of(UnbindReason::conflict), "conflict");
    EXPECT_EQ(name_of(UnbindReason::stopped), "stopped");
}

}  // namespace
}  // namespace nlinit::dhcp
