// SPDX-License-Identifier: Apache-2.0
// A lease from before: the carrier that flaps, and the file of the last boot (RFC 2131 3.2, INIT-REBOOT).
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
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const std::string kReboot = "broadcast REQUEST requested=10.0.2.15";

// Bound, the carrier lost and found, the address verified but not yet confirmed.
ClientHarness flapped(std::chrono::seconds lease_time = 1h) {
    auto guest = ClientHarness::bound(lease_time);
    guest.link_down();
    guest.link_up();
    EXPECT_EQ(guest.state(), State::rebooting);
    guest.take();
    return guest;
}

// The configuration of a guest whose last boot ended with a lease of an hour.
ClientConfig config_with_lease() {
    auto config = guest_config();
    config.previous_lease = ClientHarness::bound().lease();
    return config;
}

TEST(ClientLinkTest, ALostCarrierKeepsTheAddress) {
    auto guest = ClientHarness::bound();
    guest.link_down();
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.state(), State::waiting_for_link);
    EXPECT_NE(guest.client().lease(), nullptr);
}

TEST(ClientLinkTest, WhenTheCarrierIsBackTheAddressIsVerifiedAtOnce) {
    auto guest = ClientHarness::bound();
    guest.link_down();
    guest.advance_by(10s);
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre(kReboot));
    EXPECT_EQ(guest.state(), State::rebooting);
    guest.receive(guest.ack());
    EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24"));
    EXPECT_EQ(guest.state(), State::bound);
}

TEST(ClientLinkTest, AServerThatSaysNothingToTheOldAddressIsSoonAskedForAny) {
    auto guest = flapped();
    guest.take();
    const auto asked_at = guest.now();
    guest.advance_to_deadline();
    EXPECT_THAT(guest.take(), ElementsAre(kReboot));
    guest.advance_to_deadline();
    EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER requested=10.0.2.15 rapid"));
    EXPECT_LE(guest.now() - asked_at, 1200ms);
}

TEST(ClientLinkTest, ANakAfterAFlapWithdrawsTheAddressAndStartsAgain) {
    auto guest = flapped();
    guest.receive(guest.nak(kOtherDhcpServer), kOtherDhcpServer);
    guest.advance_by(0s);
    EXPECT_THAT(guest.take(), ElementsAre("unbind 10.0.2.15 refused", StartsWith("broadcast DISCOVER")));
    EXPECT_EQ(guest.client().lease(), nullptr);
}

// What another server, or the same one, says of what it offered meanwhile is not said of the address in use.
TEST(ClientLinkTest, ARefusalOfAnotherOfferWithdrawsNothing) {
    struct Row {
        Ipv4Address server, offered;
    };
    for (const auto& [server, offered] : {Row{test::kDhcpServer, {10, 0, 2, 16}}, Row{kOtherDhcpServer, {10, 0, 2, 16}},
                                          Row{kOtherDhcpServer, test::kGuestAddress}}) {
        auto guest = flapped();
        while (guest.state() == State::rebooting) guest.advance_to_deadline();
        auto offer = guest.offer();
        offer.yiaddr = offered;
        offer.options.set_address(OptionCode::server_identifier, server);
        guest.receive(offer, server);
        ASSERT_EQ(guest.state(), State::requesting);
        guest.take();
        guest.receive(guest.nak(server), server);
        EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER requested=10.0.2.15 rapid"));
        ASSERT_NE(guest.client().lease(), nullptr) << server.to_string() << ' ' << offered.to_string();
        const auto expires_at = guest.lease().expires_at;
        guest.advance_to(expires_at);
        EXPECT_THAT(guest.take(), testing::Contains("unbind 10.0.2.15 expired")) << "it still ends in time";
    }
}

TEST(ClientLinkTest, WhenItsOwnServerRefusesTheAddressInUseThatGoes) {
    auto guest = flapped();
    while (guest.state() == State::rebooting) guest.advance_to_deadline();
    guest.receive(guest.offer());
    guest.take();
    guest.receive(guest.nak());
    EXPECT_THAT(guest.take(), ElementsAre("unbind 10.0.2.15 refused", "broadcast DISCOVER rapid"));
}

TEST(ClientLinkTest, ARefusalOfATransactionThatIsOverWithdrawsNothing) {
    auto guest = flapped();
    const auto late = guest.nak();
    while (guest.state() == State::rebooting) guest.advance_to_deadline();
    guest.take();
    guest.expect_drop(late, DropReason::other_transaction);
    guest.receive(guest.offer());
    guest.expect_drop(late, DropReason::other_transaction);
    EXPECT_NE(guest.client().lease(), nullptr);
}

TEST(ClientLinkTest, SilenceAfterAFlapKeepsTheAddressUntilItExpires) {
    auto guest = flapped();
    const auto expires_at = guest.lease().expires_at;
    guest.advance_to(expires_at - 1ns);
    EXPECT_THAT(guest.take(), Each(testing::Not(StartsWith("unbind"))));
    EXPECT_NE(guest.client().lease(), nullptr);
    guest.advance_to(expires_at);
    EXPECT_THAT(guest.take(), testing::Contains("unbind 10.0.2.15 expired"));
    guest.advance_by(2min);
    EXPECT_EQ(guest.state(), State::selecting);
}

TEST(ClientLinkTest, AnAddressThatExpiresWhileItIsVerifiedIsSearchedForAtOnce) {
    auto guest = ClientHarness::bound();
    guest.link_down();
    guest.sleep_by(guest.lease().expires_at - guest.now() - 100ms);
    guest.link_up();
    guest.advance_by(100ms);
    EXPECT_THAT(guest.take(), ElementsAre(kReboot, "unbind 10.0.2.15 expired", StartsWith("broadcast DISCOVER")));
}

TEST(ClientLinkTest, AnotherAddressIsNotWhatWasAsked) {
    auto guest = flapped();
    auto ack = guest.ack();
    ack.yiaddr = {10, 0, 2, 16};
    guest.expect_drop(ack, DropReason::other_address);
    guest.expect_drop(guest.offer(), DropReason::not_expected_in_state);
}

TEST(ClientLinkTest, WithoutACarrierNothingIsSentButTheAddressStillExpires) {
    auto guest = ClientHarness::bound();
    const auto expires_at = guest.lease().expires_at;
    guest.link_down();
    EXPECT_EQ(guest.deadline(), expires_at);
    guest.advance_to(expires_at - 1ns);
    EXPECT_THAT(guest.take(), IsEmpty());
    guest.advance_to(expires_at);
    EXPECT_THAT(guest.take(), ElementsAre("unbind 10.0.2.15 expired"));
    guest.advance_by(24h);
    EXPECT_THAT(guest.take(), IsEmpty());
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre(StartsWith("broadcast DISCOVER")));
}

TEST(ClientLinkTest, ALeaseThatEndedWithoutACarrierIsNotAskedFor) {
    auto guest = ClientHarness::bound();
    guest.link_down();
    guest.sleep_by(24h);
    guest.link_up();
    guest.advance_by(0s);
    EXPECT_THAT(guest.take(), ElementsAre("unbind 10.0.2.15 expired", StartsWith("broadcast DISCOVER")));
}

TEST(ClientLinkTest, ALeaseUnderVerificationIsReleasedAtTheEnd) {
    auto config = guest_config();
    config.release_on_stop = true;
    auto guest = ClientHarness::bound(1h, config);
    guest.link_down();
    guest.link_up();
    guest.take();
    guest.stop();
    EXPECT_EQ(guest.take().back(), "unbind 10.0.2.15 stopped");
}

TEST(ClientLinkTest, AnInfiniteLeaseIsVerifiedAfterAFlapToo) {
    auto guest = ClientHarness::bound(Lease::kInfinite);
    guest.link_down();
    EXPECT_FALSE(guest.client().deadline());
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre(kReboot));
    guest.advance_by(24h);
    EXPECT_NE(guest.client().lease(), nullptr);
}

TEST(ClientLinkTest, AFlapDuringRenewalVerifiesByReboot) {
    for (const auto when : {31min, 55min}) {
        auto guest = ClientHarness::bound();
        guest.advance_by(when);
        guest.take();
        guest.link_down();
        guest.link_up();
        EXPECT_THAT(guest.take(), ElementsAre(kReboot));
    }
}

TEST(ClientLinkTest, AFlapBeforeTheLeaseStartsDiscoveryAgain) {
    ClientHarness guest;
    guest.link_up();
    const auto xid = guest.client().xid();
    guest.receive(guest.offer());
    guest.take();
    guest.link_down();
    EXPECT_EQ(guest.state(), State::waiting_for_link);
    EXPECT_FALSE(guest.client().deadline());
    guest.advance_by(1h);
    EXPECT_THAT(guest.take(), IsEmpty());
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER rapid"));
    EXPECT_NE(guest.client().xid(), xid);
}

TEST(ClientLinkTest, AFlapThatFlapsAgainIsVerifiedAgain) {
    auto guest = flapped();
    guest.link_down();
    EXPECT_NE(guest.client().lease(), nullptr);
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre(kReboot));
}

TEST(ClientRebootTest, APreviousLeaseIsAskedForFirst) {
    ClientHarness guest(config_with_lease());
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre(kReboot));
    EXPECT_EQ(guest.state(), State::rebooting);
    EXPECT_EQ(guest.client().lease(), nullptr) << "not in use before the ACK";
    guest.receive(guest.ack());
    EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24"));
}

TEST(ClientRebootTest, ARefusedPreviousLeaseWasNeverInUse) {
    ClientHarness guest(config_with_lease());
    guest.link_up();
    guest.take();
    guest.receive(guest.nak(kOtherDhcpServer), kOtherDhcpServer);
    guest.advance_by(0s);
    EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER rapid"));
}

TEST(ClientRebootTest, ARefusalOfAnotherOfferDoesNotEndTheWishForThePreviousAddress) {
    ClientHarness guest(config_with_lease());
    guest.link_up();
    while (guest.state() == State::rebooting) guest.advance_to_deadline();
    auto offer = guest.offer();
    offer.yiaddr = {10, 0, 2, 16};
    guest.receive(offer);
    guest.take();
    guest.receive(guest.nak());
    EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER requested=10.0.2.15 rapid"));
}

TEST(ClientRebootTest, SilenceIsFollowedByDiscovery) {
    ClientHarness guest(config_with_lease());
    guest.link_up();
    guest.advance_by(1min);
    EXPECT_EQ(guest.state(), State::selecting);
    guest.take();
    guest.receive(guest.offer());
    guest.receive(guest.ack());
    EXPECT_EQ(guest.take().back(), "bind 10.0.2.15/24");
}

TEST(ClientRebootTest, AnExpiredPreviousLeaseIsNotAskedFor) {
    auto config = config_with_lease();
    config.previous_lease->expires_at = TimePoint(1s);  // the harness starts at 3 s
    ClientHarness guest(config);
    guest.link_up();
    EXPECT_EQ(guest.state(), State::selecting);
    EXPECT_THAT(guest.take(), ElementsAre(StartsWith("broadcast DISCOVER")));
}

TEST(ClientRebootTest, AnyServerMayConfirm) {
    ClientHarness guest(config_with_lease());
    guest.link_up();
    auto ack = guest.ack();
    ack.options.set_address(OptionCode::server_identifier, kOtherDhcpServer);
    guest.receive(ack, kOtherDhcpServer);
    EXPECT_EQ(guest.lease().server, kOtherDhcpServer);
}

TEST(ClientRebootTest, TheConfirmedLeaseCountsFromItsOwnRequest) {
    ClientHarness guest(config_with_lease());
    guest.link_up();
    const auto requested_at = guest.now();
    guest.advance_by(20ms);
    guest.receive(guest.ack());
    EXPECT_EQ(guest.lease().acquired_at, requested_at);
}

// A file on a disk that came after the network.
TEST(ClientRecallTest, ALeaseThatIsFoundWhileAServerIsLookedForIsAskedForAtOnce) {
    const auto lease = ClientHarness::bound().lease();
    ClientHarness guest;
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER rapid"));
    guest.recall(lease);
    EXPECT_THAT(guest.take(), ElementsAre(kReboot));
    EXPECT_EQ(guest.state(), State::rebooting);
    guest.receive(guest.ack());
    EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24"));
}

TEST(ClientRecallTest, ALeaseThatIsFoundBeforeTheCarrierIsAskedForWithTheCarrier) {
    const auto lease = ClientHarness::bound().lease();
    ClientHarness guest;
    guest.recall(lease);
    EXPECT_THAT(guest.take(), IsEmpty());
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre(kReboot));
}

TEST(ClientRecallTest, AStartThatIsPutOffIsNotWaitedFor) {
    auto config = guest_config();
    config.start_delay = 1h;
    ClientHarness guest(config);
    guest.link_up();
    EXPECT_EQ(guest.state(), State::init);
    guest.recall(ClientHarness::bound().lease());
    EXPECT_THAT(guest.take(), ElementsAre(kReboot));
}

TEST(ClientRecallTest, AServersOfferComesBeforeALeaseThatIsFoundAfterIt) {
    const auto lease = ClientHarness::bound().lease();
    ClientHarness guest;
    guest.link_up();
    guest.receive(guest.offer());
    guest.take();
    guest.recall(lease);
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.state(), State::requesting);
    guest.receive(guest.ack());
    guest.take();
    guest.recall(lease);
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.state(), State::bound);
}

TEST(ClientRecallTest, ALeaseThatIsOverIsNotAskedFor) {
    const auto lease = ClientHarness::bound(60s).lease();
    ClientHarness guest;
    guest.link_up();
    guest.take();
    guest.sleep_by(61s);
    guest.recall(lease);
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.state(), State::selecting);
}

// RFC 2131 3.1.5: at least ten seconds.
TEST(ClientRecallTest, APauseAfterAConflictIsNotCutShort) {
    const auto lease = ClientHarness::bound().lease();
    auto guest = ClientHarness::bound();
    guest.conflict();
    guest.take();
    guest.recall(lease);
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.state(), State::init);
}

}  // namespace
}  // namespace nlinit::dhcp
