// SPDX-License-Identifier: Apache-2.0
// Conflict detection (RFC 5227), networks that want no IPv4 (RFC 8925), and renewals on demand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlinit/dhcp/client.hpp"
#include "support/client_harness.hpp"

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;
using test::ClientHarness;
using test::guest_config;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

ClientConfig config_with(ConflictDetection detection) {
    auto config = guest_config();
    config.conflict_detection = detection;
    return config;
}

ClientHarness granted(ConflictDetection detection) {
    ClientHarness guest(config_with(detection));
    guest.link_up();
    guest.receive(guest.offer());
    guest.take();
    guest.receive(guest.ack());
    return guest;
}

constexpr const char* kDecline = "broadcast DECLINE requested=10.0.2.15 server=10.0.2.2";

TEST(ClientCheckingTest, WithoutDetectionNothingIsProbed) {
    auto guest = granted(ConflictDetection::off);
    EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24"));
}

TEST(ClientCheckingTest, TheAddressIsUsedOnlyWhenItIsSeenToBeFree) {
    auto guest = granted(ConflictDetection::probe);
    EXPECT_THAT(guest.take(), ElementsAre("probe 10.0.2.15"));
    EXPECT_EQ(guest.state(), State::checking);
    EXPECT_EQ(guest.client().lease(), nullptr);
    const auto requested_at = guest.now();
    guest.sleep_by(200ms);
    guest.address_is_free();
    EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24"));
    EXPECT_EQ(guest.lease().acquired_at, requested_at) << "the lease runs while it is checked";
}

TEST(ClientCheckingTest, AnAddressThatIsTakenIsDeclinedAndNeverUsed) {
    auto guest = granted(ConflictDetection::probe);
    guest.take();
    guest.conflict();
    EXPECT_THAT(guest.take(), ElementsAre(kDecline));
    const auto declined_at = guest.now();
    guest.advance_to(declined_at + 10s - 1ns);
    EXPECT_THAT(guest.take(), IsEmpty()) << "RFC 2131 3.1.5";
    guest.advance_to(declined_at + 10s);
    EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER rapid"));
}

TEST(ClientCheckingTest, APreviousAddressThatIsTakenIsNotWishedForAgain) {
    auto config = config_with(ConflictDetection::probe);
    config.previous_lease = ClientHarness::bound().lease();
    ClientHarness guest(config);
    guest.link_up();
    guest.receive(guest.ack());
    EXPECT_EQ(guest.take().back(), "probe 10.0.2.15");
    guest.conflict();
    guest.advance_by(10s);
    EXPECT_THAT(guest.take(), ElementsAre(kDecline, "broadcast DISCOVER rapid"));
}

TEST(ClientCheckingTest, WhoeverDoesNotProbeDoesNotHoldUpTheGuest) {
    auto guest = granted(ConflictDetection::probe);
    guest.take();
    guest.advance_by(10s);
    EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24"));
}

TEST(ClientCheckingTest, AtTheEndAnAddressThatIsStillProbedIsGivenBack) {
    for (const bool release : {true, false}) {
        auto config = config_with(ConflictDetection::probe);
        config.release_on_stop = release;
        ClientHarness guest(config);
        guest.link_up();
        guest.receive(guest.offer());
        guest.receive(guest.ack());
        ASSERT_EQ(guest.state(), State::checking);
        guest.take();
        guest.stop();
        if (release) {
            EXPECT_THAT(guest.take(), ElementsAre("broadcast RELEASE ciaddr=10.0.2.15 server=10.0.2.2"));
        } else {
            EXPECT_THAT(guest.take(), IsEmpty());
        }
        EXPECT_EQ(guest.state(), State::stopped);
    }
}

TEST(ClientCheckingTest, AfterAFlapTheCheckedLeaseIsVerified) {
    auto guest = granted(ConflictDetection::probe);
    guest.link_down();
    guest.take();
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre("broadcast REQUEST requested=10.0.2.15"));
    guest.receive(guest.ack());
    EXPECT_THAT(guest.take(), ElementsAre("probe 10.0.2.15"));
}

TEST(ClientCheckingTest, ALeaseThatEndsWhileItIsCheckedIsAskedForAnew) {
    auto guest = granted(ConflictDetection::probe);
    guest.take();
    guest.pause_by(2h);
    EXPECT_EQ(guest.client().lease(), nullptr);
    EXPECT_THAT(guest.take(), Contains("broadcast DISCOVER rapid"));
}

TEST(ClientCheckingTest, OptimisticallyTheAddressIsUsedAtOnceAndGivenUpOnConflict) {
    auto guest = granted(ConflictDetection::optimistic);
    EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24", "probe 10.0.2.15"));
    guest.conflict();
    EXPECT_THAT(guest.take(), ElementsAre("unbind 10.0.2.15 conflict", kDecline));
}

TEST(ClientCheckingTest, ARenewalIsNoReasonToProbe) {
    for (const auto detection : {ConflictDetection::probe, ConflictDetection::optimistic}) {
        auto guest = granted(detection);
        guest.address_is_free();
        guest.advance_to(guest.lease().renew_at);
        guest.take();
        guest.receive(guest.ack());
        EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24"));
    }
}

TEST(ClientCheckingTest, OnWhatMayBeAnotherLinkTheAddressIsProbedAgain) {
    auto guest = granted(ConflictDetection::probe);
    guest.address_is_free();
    guest.link_down();
    guest.link_up();
    guest.take();
    guest.receive(guest.ack());
    EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24", "probe 10.0.2.15")) << "in use all the while";
}

TEST(ClientCheckingTest, SoItIsWhenTheOldServerSaysNothingAndADiscoverFindsTheAddressAgain) {
    auto guest = granted(ConflictDetection::optimistic);
    guest.link_down();
    guest.link_up();
    while (guest.state() == State::rebooting) guest.advance_to_deadline();
    guest.receive(guest.offer());
    guest.take();
    guest.receive(guest.ack());
    EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24", "probe 10.0.2.15"));
}

TEST(ClientCheckingTest, ManyConflictsSlowTheGuestDown) {
    ClientHarness guest(config_with(ConflictDetection::probe));
    guest.link_up();
    for (int conflict = 1; conflict <= 12; ++conflict) {
        guest.receive(guest.offer());
        guest.receive(guest.ack());
        guest.conflict();
        EXPECT_EQ(guest.deadline() - guest.now(), conflict < 10 ? 10s : 60s) << "RFC 5227 2.1.1, conflict " << conflict;
        guest.advance_to_deadline();
    }
    guest.receive(guest.offer());
    guest.receive(guest.ack());
    guest.address_is_free();
    guest.conflict();
    EXPECT_EQ(guest.deadline() - guest.now(), 10s) << "a free address ends the slowing";
}

class Ipv6OnlyTest : public ::testing::Test {
  protected:
    static ClientConfig config() {
        auto config = guest_config();
        config.ipv6_only_preferred = true;
        return config;
    }
    static Message with_wait(Message message, std::uint32_t seconds) {
        message.options.set_u32(OptionCode::ipv6_only_preferred, seconds);
        return message;
    }
};

TEST_F(Ipv6OnlyTest, ANetworkThatCanDoWithoutIpv4IsLeftAloneForAsLongAsItSays) {
    ClientHarness guest(config());
    guest.link_up();
    const auto asked = guest.last_sent().options.find(OptionCode::parameter_request_list);
    EXPECT_THAT(Bytes(asked->begin(), asked->end()), Contains(108));
    guest.take();
    auto offer = with_wait(guest.offer(), 1800);
    offer.yiaddr = {};  // RFC 8925 3.3
    guest.receive(offer);
    EXPECT_EQ(guest.state(), State::ipv6_only);
    EXPECT_EQ(guest.deadline() - guest.now(), 1800s);
    EXPECT_THAT(guest.take(), IsEmpty());
    guest.advance_to_deadline();
    EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER rapid"));
}

TEST_F(Ipv6OnlyTest, TheWaitIsAtLeastFiveMinutes) {
    ClientHarness guest(config());
    guest.link_up();
    guest.receive(with_wait(guest.offer(), 0));
    EXPECT_EQ(guest.deadline() - guest.now(), 300s);
}

// One forged OFFER must not silence a guest for 136 years.
TEST_F(Ipv6OnlyTest, TheWaitIsADayAtMost) {
    for (const auto seconds : {86'400U, 86'401U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
        ClientHarness guest(config());
        guest.link_up();
        guest.receive(with_wait(guest.offer(), seconds));
        EXPECT_EQ(guest.deadline() - guest.now(), 24h) << seconds;
    }
}

TEST_F(Ipv6OnlyTest, WhoDidNotAskIsNotTold) {
    ClientHarness guest;
    guest.link_up();
    guest.receive(with_wait(guest.offer(), 1800));
    EXPECT_EQ(guest.state(), State::requesting);
}

// Anyone on the link can send one; it is no server's word about the network.
TEST_F(Ipv6OnlyTest, ARefusalDoesNotSayIt) {
    auto with_lease = config();
    with_lease.previous_lease = ClientHarness::bound().lease();
    ClientHarness guest(with_lease);
    guest.link_up();
    ASSERT_EQ(guest.state(), State::rebooting);
    guest.receive(with_wait(guest.nak(), 1800));
    EXPECT_EQ(guest.state(), State::selecting);
    guest.expect_drop(with_wait(guest.nak(), 1800), DropReason::not_expected_in_state);
}

TEST_F(Ipv6OnlyTest, AnotherLinkIsAskedAtOnce) {
    ClientHarness guest(config());
    guest.link_up();
    guest.receive(with_wait(guest.rapid_ack(), 1800));
    EXPECT_EQ(guest.state(), State::ipv6_only);
    guest.link_down();
    guest.take();
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER rapid"));
}

TEST_F(Ipv6OnlyTest, AnAddressInUseIsKeptAndSoIsItsClientAfterAFlap) {
    auto guest = ClientHarness::bound(1h, config());
    guest.link_down();
    guest.link_up();
    while (guest.state() == State::rebooting) guest.advance_to_deadline();
    guest.receive(with_wait(guest.offer(), 1800));
    EXPECT_EQ(guest.state(), State::requesting);
}

TEST_F(Ipv6OnlyTest, AnAddressInUseIsKept) {
    auto guest = ClientHarness::bound(1h, config());
    guest.advance_to(guest.lease().renew_at);
    guest.take();
    guest.receive(with_wait(guest.ack(), 1800));
    EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24"));
}

TEST(ClientRenewNowTest, ABoundLeaseIsRenewedBeforeItsTime) {
    auto guest = ClientHarness::bound();
    guest.renew_now();
    EXPECT_THAT(guest.take(), ElementsAre("unicast 10.0.2.15 to 10.0.2.2 REQUEST ciaddr=10.0.2.15"));
    EXPECT_EQ(guest.last_sent().elapsed, 0s);
    const auto asked_at = guest.now();
    guest.receive(guest.ack());
    EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24"));
    EXPECT_EQ(guest.lease().acquired_at, asked_at);
}

TEST(ClientRenewNowTest, WithoutAnAnswerT1ComesAsEver) {
    auto guest = ClientHarness::bound();
    const auto t1 = guest.lease().renew_at;
    guest.renew_now();
    guest.take();
    EXPECT_LE(guest.deadline(), t1);
}

TEST(ClientRenewNowTest, T1ComesBeforeTheNextTryThatIsFarAway) {
    auto guest = ClientHarness::bound();
    const auto t1 = guest.lease().renew_at;
    guest.advance_to(t1 - 1min);
    guest.renew_now();
    EXPECT_EQ(guest.deadline(), t1);
}

TEST(ClientRenewNowTest, AnInfiniteLeaseIsVerified) {
    auto guest = ClientHarness::bound(Lease::kInfinite);
    guest.renew_now();
    EXPECT_THAT(guest.take(), ElementsAre("broadcast REQUEST requested=10.0.2.15"));
    guest.receive(guest.ack_for(Lease::kInfinite));
    EXPECT_EQ(guest.state(), State::bound);
}

TEST(ClientRenewNowTest, WhoWaitsWaitsNoLonger) {
    auto guest = ClientHarness::bound();
    guest.conflict();
    guest.take();
    guest.renew_now();
    EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER rapid"));
}

TEST(ClientRenewNowTest, WhileAnAnswerIsDueOrTheLinkIsDownItIsNoNews) {
    ClientHarness guest;
    guest.renew_now();
    EXPECT_THAT(guest.take(), IsEmpty());
    guest.link_up();
    guest.take();
    const auto deadline = guest.deadline();
    guest.renew_now();
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.deadline(), deadline);
    guest.link_down();
    guest.renew_now();
    EXPECT_THAT(guest.take(), IsEmpty());
}

}  // namespace
}  // namespace nlinit::dhcp
