// SPDX-License-Identifier: Apache-2.0
// Silence, refusals, conflicts and the end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlinit/dhcp/client.hpp"
#include "support/client_harness.hpp"

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;
using test::ClientHarness;
using test::guest_config;
using test::kOtherDhcpServer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

// Takes the guest from SELECTING to a NAK; gives how long it then waits until its next DISCOVER.
Duration pause_after_nak(ClientHarness& guest) {
    EXPECT_EQ(guest.state(), State::selecting);
    guest.receive(guest.offer());
    EXPECT_EQ(guest.state(), State::requesting);
    guest.take();
    guest.receive(guest.nak());
    const auto refused_at = guest.now();
    if (guest.take().empty()) {
        guest.advance_to_deadline();
        EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER rapid"));
    }
    return guest.now() - refused_at;
}

// RFC 2131 3.1.5. Until then the ACK of a server with too much to do still counts.
TEST(ClientSilenceTest, AnOfferIsHeldOnToForAMinute) {
    ClientHarness guest;
    guest.link_up();
    guest.receive(guest.offer());
    const auto requested_at = guest.now();
    guest.advance_by(59s);
    EXPECT_EQ(guest.state(), State::requesting);
    auto answered = guest;
    answered.receive(answered.ack());
    EXPECT_EQ(answered.state(), State::bound);
    while (guest.state() == State::requesting) guest.advance_to_deadline();
    EXPECT_LE(guest.now() - requested_at, 70s);
    EXPECT_EQ(guest.state(), State::selecting);
}

TEST(ClientNakTest, ARefusalStartsAgainAtOnceWithAFreshXid) {
    ClientHarness guest;
    guest.link_up();
    const auto xid = guest.client().xid();
    EXPECT_EQ(pause_after_nak(guest), 0s);
    EXPECT_EQ(guest.state(), State::selecting);
    EXPECT_NE(guest.client().xid(), xid);
}

TEST(ClientNakTest, WhatTheServerSaysOfItIsKeptUntilThereIsALease) {
    ClientHarness guest;
    guest.link_up();
    guest.receive(guest.offer());
    EXPECT_EQ(guest.client().refusal(), nullptr);
    auto nak = guest.nak();
    nak.options.set_text(OptionCode::message, "no free leases\n");
    const auto address = guest.offer().yiaddr;
    guest.receive(nak);
    ASSERT_NE(guest.client().refusal(), nullptr);
    EXPECT_EQ(guest.client().refusal()->server, test::kDhcpServer);
    EXPECT_EQ(guest.client().refusal()->address, address);
    EXPECT_EQ(guest.client().refusal()->message, "no free leases");
    guest.receive(guest.offer());
    guest.receive(guest.ack());
    EXPECT_EQ(guest.client().refusal(), nullptr);
}

TEST(ClientNakTest, AServerThatRefusesForEverIsAskedEverMoreSlowly) {
    ClientHarness guest;
    guest.link_up();
    for (const Duration expected : {0s, 1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s}) {
        EXPECT_EQ(pause_after_nak(guest), expected);
    }
}

TEST(ClientNakTest, ALeaseEndsTheSlowing) {
    ClientHarness guest;
    guest.link_up();
    for (int i = 0; i < 4; ++i) (void)pause_after_nak(guest);
    guest.receive(guest.offer());
    guest.receive(guest.ack());
    guest.advance_to(guest.lease().expires_at);
    EXPECT_EQ(pause_after_nak(guest), 0s);
}

TEST(ClientNakTest, WhileRenewingARefusalWithdrawsTheAddress) {
    auto guest = ClientHarness::bound();
    guest.advance_to(guest.lease().renew_at);
    guest.take();
    guest.receive(guest.nak());
    guest.advance_by(0s);
    EXPECT_THAT(guest.take(), ElementsAre("unbind 10.0.2.15 refused", StartsWith("broadcast DISCOVER")));
}

TEST(ClientNakTest, WhileRebindingAnyServerMayRefuse) {
    auto guest = ClientHarness::bound();
    guest.advance_to(guest.lease().rebind_at);
    guest.take();
    guest.receive(guest.nak(kOtherDhcpServer), kOtherDhcpServer);
    guest.advance_by(0s);
    EXPECT_THAT(guest.take(), ElementsAre("unbind 10.0.2.15 refused", StartsWith("broadcast DISCOVER")));
}

TEST(ClientConflictTest, AConflictDeclinesWithdrawsAndPauses) {
    auto guest = ClientHarness::bound();
    guest.conflict();
    EXPECT_THAT(guest.take(), UnorderedElementsAre("broadcast DECLINE requested=10.0.2.15 server=10.0.2.2",
                                                   "unbind 10.0.2.15 conflict"));
    EXPECT_EQ(guest.last_sent().elapsed, 0s) << "RFC 2131 table 5";
    EXPECT_EQ(guest.client().lease(), nullptr);
    const auto declined_at = guest.now();
    guest.advance_to(declined_at + 10s - 1ns);  // RFC 2131 3.1: at least ten seconds
    EXPECT_THAT(guest.take(), IsEmpty());
    guest.advance_to(declined_at + 1min);
    EXPECT_THAT(guest.take(), IsSupersetOf({"broadcast DISCOVER rapid"}));
}

TEST(ClientConflictTest, AfterAConflictTheAddressIsNotWishedForAgain) {
    auto guest = ClientHarness::bound();
    guest.conflict();
    guest.advance_by(1min);
    for (const auto& line : guest.take()) EXPECT_NE(line, "broadcast DISCOVER requested=10.0.2.15 rapid");
}

TEST(ClientConflictTest, AConflictWithoutALeaseIsNoNews) {
    ClientHarness guest;
    guest.conflict();
    EXPECT_THAT(guest.take(), IsEmpty());
    guest.link_up();
    guest.take();
    const auto deadline = guest.deadline();
    guest.conflict();
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.deadline(), deadline);
}

TEST(ClientConflictTest, AConflictWithoutACarrierStartsAgainOnlyWithTheLink) {
    auto guest = ClientHarness::bound();
    guest.link_down();
    guest.conflict();
    guest.take();
    EXPECT_EQ(guest.client().lease(), nullptr);
    guest.advance_by(1h);
    EXPECT_THAT(guest.take(), IsEmpty());
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre(StartsWith("broadcast DISCOVER")));
}

TEST(ClientConflictTest, AConflictDuringRenewalCountsAsWell) {
    auto guest = ClientHarness::bound();
    guest.advance_to(guest.lease().rebind_at);
    guest.take();
    guest.conflict();
    EXPECT_THAT(guest.take(), UnorderedElementsAre("broadcast DECLINE requested=10.0.2.15 server=10.0.2.2",
                                                   "unbind 10.0.2.15 conflict"));
}

// The address must still be there when the RELEASE leaves from it.
TEST(ClientStopTest, AReleaseLeavesBeforeTheAddressGoes) {
    auto config = guest_config();
    config.release_on_stop = true;
    auto guest = ClientHarness::bound(1h, config);
    guest.stop();
    EXPECT_THAT(guest.take(), ElementsAre("unicast 10.0.2.15 to 10.0.2.2 RELEASE ciaddr=10.0.2.15 server=10.0.2.2",
                                          "unbind 10.0.2.15 stopped"));
    EXPECT_EQ(guest.last_sent().elapsed, 0s) << "RFC 2131 table 5";
    EXPECT_EQ(guest.state(), State::stopped);
    EXPECT_FALSE(guest.client().deadline());
    EXPECT_EQ(guest.client().lease(), nullptr);
}

TEST(ClientStopTest, NothingIsReleasedByDefault) {
    auto guest = ClientHarness::bound();
    guest.stop();
    for (const auto& line : guest.take()) EXPECT_EQ(line, "unbind 10.0.2.15 stopped");
    EXPECT_EQ(guest.state(), State::stopped);
    EXPECT_FALSE(guest.client().deadline());
}

TEST(ClientStopTest, WithoutALeaseThereIsNothingToRelease) {
    auto config = guest_config();
    config.release_on_stop = true;
    ClientHarness guest(config);
    guest.link_up();
    guest.take();
    guest.stop();
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.state(), State::stopped);
    guest.advance_by(24h);
    guest.wake();
    EXPECT_THAT(guest.take(), IsEmpty());
}

TEST(ClientStopTest, AStoppedClientHearsNothing) {
    auto guest = ClientHarness::bound();
    guest.stop();
    guest.take();
    guest.link_down();
    guest.conflict();
    guest.wake();
    guest.stop();
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.state(), State::stopped);
}

TEST(ClientWakeTest, AWakeBeforeTheDeadlineDoesNothing) {
    ClientHarness guest;
    guest.link_up();
    guest.take();
    const auto deadline = guest.deadline();
    guest.wake();
    guest.advance_to(deadline - 1ns);
    guest.wake();
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.deadline(), deadline);
}

}  // namespace
}  // namespace nlinit::dhcp
