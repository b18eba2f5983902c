// SPDX-License-Identifier: Apache-2.0
// The life of a lease: T1, T2, its end, and a clock that jumps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "nlinit/dhcp/client.hpp"
#include "support/client_harness.hpp"

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;
using test::ClientHarness;
using test::kOtherDhcpServer;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

const std::string kRenew = "unicast 10.0.2.15 to 10.0.2.2 REQUEST ciaddr=10.0.2.15";
const std::string kRebind = "broadcast REQUEST ciaddr=10.0.2.15";

ClientHarness renewing() {
    auto guest = ClientHarness::bound();
    guest.advance_to(guest.lease().renew_at);
    EXPECT_EQ(guest.state(), State::renewing);
    guest.take();
    return guest;
}

ClientHarness rebinding() {
    auto guest = ClientHarness::bound();
    guest.advance_to(guest.lease().rebind_at);
    EXPECT_EQ(guest.state(), State::rebinding);
    guest.take();
    return guest;
}

TEST(ClientRenewalTest, OneTickBeforeT1NothingAtT1ARenewByUnicast) {
    auto guest = ClientHarness::bound();
    const auto renew_at = guest.lease().renew_at;
    guest.advance_to(renew_at - 1ns);
    guest.wake();
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.state(), State::bound);
    guest.advance_to(renew_at);
    EXPECT_THAT(guest.take(), ElementsAre(kRenew));
    EXPECT_EQ(guest.state(), State::renewing);
}

TEST(ClientRenewalTest, ARenewalHasATransactionOfItsOwn) {
    ClientHarness guest;
    guest.link_up();
    guest.receive(guest.offer());
    const auto first_xid = guest.client().xid();
    guest.receive(guest.ack());
    guest.advance_to(guest.lease().renew_at);
    EXPECT_NE(guest.client().xid(), first_xid);
    EXPECT_EQ(guest.last_sent().xid, guest.client().xid());
}

TEST(ClientRenewalTest, AnAckRenewsInPlace) {
    auto guest = renewing();
    const auto renewed_at = guest.now();
    guest.advance_by(20ms);
    guest.receive(guest.ack());
    EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24"));
    EXPECT_EQ(guest.state(), State::bound);
    EXPECT_EQ(guest.lease().acquired_at, renewed_at);
    EXPECT_EQ(guest.lease().expires_at, renewed_at + 1h);
    EXPECT_EQ(guest.deadline(), guest.lease().renew_at);
    EXPECT_GE(guest.deadline(), renewed_at + 27min);
    EXPECT_LE(guest.deadline(), renewed_at + 33min);
}

TEST(ClientRenewalTest, RenewalsAreRepeatedAtHalfOfWhatIsLeftUntilT2) {
    auto guest = renewing();
    const auto lease = guest.lease();
    auto left = lease.rebind_at - lease.renew_at;
    EXPECT_EQ(guest.deadline(), lease.renew_at + left / 2);
    guest.advance_to_deadline();
    EXPECT_THAT(guest.take(), ElementsAre(kRenew));
    EXPECT_EQ(guest.deadline(), lease.renew_at + left / 2 + left / 4);
    guest.advance_to(lease.rebind_at - 1ns);
    EXPECT_THAT(guest.take(), AllOf(SizeIs(testing::Le(20U)), Each(kRenew)));
    EXPECT_EQ(guest.state(), State::renewing);
}

TEST(ClientRenewalTest, AtT2ItAsksEverybody) {
    auto guest = renewing();
    const auto lease = guest.lease();
    guest.advance_to(lease.rebind_at - 1ns);
    guest.take();
    guest.advance_to(lease.rebind_at);
    EXPECT_THAT(guest.take(), ElementsAre(kRebind));
    EXPECT_EQ(guest.state(), State::rebinding);
}

TEST(ClientRenewalTest, WhileRebindingAnyServerMayAnswer) {
    auto guest = rebinding();
    auto ack = guest.ack();
    ack.options.set_address(OptionCode::server_identifier, kOtherDhcpServer);
    guest.receive(ack, kOtherDhcpServer);
    EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24"));
    EXPECT_EQ(guest.lease().server, kOtherDhcpServer);
    guest.advance_to(guest.lease().renew_at);
    EXPECT_THAT(guest.take(), ElementsAre("unicast 10.0.2.15 to 10.0.2.3 REQUEST ciaddr=10.0.2.15"));
}

TEST(ClientRenewalTest, WhileRenewingOnlyTheServerOfTheLeaseMayAnswer) {
    auto guest = renewing();
    auto ack = guest.ack();
    ack.options.set_address(OptionCode::server_identifier, kOtherDhcpServer);
    guest.expect_drop(ack, DropReason::other_server, kOtherDhcpServer);
    guest.expect_drop(guest.nak(kOtherDhcpServer), DropReason::other_server, kOtherDhcpServer);
}

TEST(ClientRenewalTest, AnAckForAnotherAddressIsNotOurs) {
    for (auto guest : {renewing(), rebinding()}) {
        auto ack = guest.ack();
        ack.yiaddr = {10, 0, 2, 16};
        guest.expect_drop(ack, DropReason::other_address);
    }
}

TEST(ClientRenewalTest, OneTickBeforeExpiryTheAddressIsInUseAtExpiryItGoes) {
    auto guest = rebinding();
    const auto expires_at = guest.lease().expires_at;
    guest.advance_to(expires_at - 1ns);
    EXPECT_THAT(guest.take(), Each(kRebind));
    EXPECT_NE(guest.client().lease(), nullptr);
    const auto xid = guest.client().xid();
    guest.advance_to(expires_at);
    EXPECT_THAT(guest.take(), ElementsAre("unbind 10.0.2.15 expired", StartsWith("broadcast DISCOVER")));
    EXPECT_EQ(guest.client().lease(), nullptr);
    EXPECT_EQ(guest.state(), State::selecting);
    EXPECT_NE(guest.client().xid(), xid);
}

TEST(ClientRenewalTest, AfterExpiryItGoesOnForEverAndBindsAgain) {
    auto guest = ClientHarness::bound();
    guest.advance_by(48h);
    EXPECT_EQ(guest.state(), State::selecting);
    guest.take();
    guest.receive(guest.offer());
    guest.receive(guest.ack());
    EXPECT_THAT(guest.take(),
                ElementsAre("broadcast REQUEST requested=10.0.2.15 server=10.0.2.2", "bind 10.0.2.15/24"));
}

TEST(ClientRenewalTest, AMinuteLongLeaseIsTriedForMoreThanOnce) {
    auto guest = ClientHarness::bound(60s);
    guest.advance_to(guest.lease().expires_at - 1ns);
    EXPECT_THAT(guest.take(), SizeIs(testing::Ge(4U)));
}

// RFC 2131 4.4.5: a client must stop using the address when the lease has expired.
TEST(ClientRenewalTest, ALeaseIsUsedToItsEndAndNoLongerHoweverShortItIs) {
    for (const auto duration : {1s, 5s, 15s, 16s, 29s}) {
        auto guest = ClientHarness::bound(duration);
        const auto expires_at = guest.lease().acquired_at + duration;
        guest.advance_to(expires_at - 1ns);
        EXPECT_NE(guest.client().lease(), nullptr) << duration.count();
        for (const auto& line : guest.take()) EXPECT_THAT(line, ::testing::HasSubstr("REQUEST ciaddr"));
        guest.advance_to(expires_at);
        EXPECT_THAT(guest.take(), ElementsAre("unbind 10.0.2.15 expired", StartsWith("broadcast DISCOVER")));
    }
}

TEST(ClientRenewalTest, WhatIsTooShortToRenewIsAskedForAnewAtItsEnd) {
    auto guest = ClientHarness::bound(10s);
    EXPECT_EQ(guest.lease().renew_at, guest.lease().expires_at);
    EXPECT_EQ(guest.lease().rebind_at, guest.lease().expires_at);
    guest.advance_to(guest.lease().expires_at - 1ns);
    EXPECT_THAT(guest.take(), IsEmpty());
    guest.advance_to_deadline();
    EXPECT_EQ(guest.state(), State::selecting);
    guest.receive(guest.offer());
    guest.receive(guest.ack_for(10s));
    EXPECT_EQ(guest.state(), State::bound);
    EXPECT_EQ(guest.lease().expires_at, guest.now() + 10s);
}

TEST(ClientRenewalTest, WhatIsTooShortToRenewByItselfIsRenewedOnDemand) {
    auto guest = ClientHarness::bound(10s);
    guest.advance_by(5s);
    guest.renew_now();
    EXPECT_THAT(guest.take(), ElementsAre(kRenew));
    guest.receive(guest.ack_for(10s));
    EXPECT_EQ(guest.lease().expires_at, guest.now() + 10s);
}

TEST(ClientRenewalTest, LeasesOfSecondsMakeNoStorm) {
    for (const auto duration : {1s, 2s, 9s, 10s, 15s, 16s, 29s}) {
        auto guest = ClientHarness::bound(duration);
        const auto began = guest.now();
        unsigned leases = 1;
        while (guest.now() < began + 10min) {
            guest.advance_to_deadline();
            if (guest.state() == State::selecting) guest.receive(guest.offer());
            if (guest.state() == State::bound || guest.state() == State::init) continue;
            guest.receive(guest.ack_for(duration));
            ASSERT_EQ(guest.state(), State::bound);
            ++leases;
        }
        EXPECT_LE(leases, 10min / 10s + 2) << duration.count();
    }
}

TEST(ClientRenewalTest, NoT1MakesAStorm) {
    auto guest = ClientHarness::bound();
    const auto began = guest.now();
    unsigned renewals = 0;
    while (guest.now() < began + 10min) {
        guest.advance_to(guest.lease().renew_at);
        auto ack = guest.ack_for(24h);
        ack.options.set_u32(OptionCode::renewal_time, 1);
        ack.options.set_u32(OptionCode::rebinding_time, 2);
        guest.receive(ack);
        ASSERT_EQ(guest.state(), State::bound);
        ++renewals;
    }
    EXPECT_LE(renewals, 10min / 15s);
}

TEST(ClientRenewalTest, AfterAPausePastT1TheLeaseIsVerifiedAtOnce) {
    auto guest = ClientHarness::bound();
    guest.pause_by(40min);
    EXPECT_THAT(guest.take(), ElementsAre(kRenew));
}

TEST(ClientRenewalTest, AfterAPausePastT2EverybodyIsAskedAtOnce) {
    for (auto guest : {ClientHarness::bound(), renewing()}) {
        const auto renewal_xid = guest.client().xid();
        guest.pause_by(guest.lease().rebind_at + 1min - guest.now());
        EXPECT_EQ(guest.take().back(), kRebind);
        EXPECT_EQ(guest.state(), State::rebinding);
        EXPECT_NE(guest.client().xid(), renewal_xid);
    }
}

TEST(ClientRenewalTest, AfterAPausePastExpiryTheAddressGoesAndDiscoveryStartsAgain) {
    for (auto guest : {ClientHarness::bound(), renewing(), rebinding()}) {
        const auto xid = guest.client().xid();
        guest.pause_by(24h);
        EXPECT_THAT(guest.take(), ElementsAre("unbind 10.0.2.15 expired", StartsWith("broadcast DISCOVER")));
        EXPECT_EQ(guest.client().lease(), nullptr);
        EXPECT_NE(guest.client().xid(), xid);
        EXPECT_GT(guest.deadline(), guest.now());
    }
}

// The answer lay in the socket while the VM was paused, and is read before the timer.
TEST(ClientRenewalTest, AnAckThatIsReadAfterItsLeaseEndedBindsNothing) {
    auto guest = renewing();
    const auto ack = guest.ack();
    guest.sleep_by(24h);
    guest.receive(ack);
    EXPECT_THAT(guest.take(), testing::Not(testing::Contains(StartsWith("bind"))));
    guest.advance_by(0s);
    EXPECT_EQ(guest.client().lease(), nullptr);
    EXPECT_EQ(guest.state(), State::selecting);
}

TEST(ClientRenewalTest, AnyEventAfterTheEndOfTheLeaseFindsItEnded) {
    for (auto guest : {ClientHarness::bound(), renewing(), rebinding()}) {
        guest.sleep_by(24h);
        guest.link_up();
        guest.advance_by(0s);
        EXPECT_THAT(guest.take(), testing::Contains("unbind 10.0.2.15 expired"));
        EXPECT_EQ(guest.state(), State::selecting);
    }
}

TEST(ClientRenewalTest, RenewedOptionsReplaceTheOldOnes) {
    auto guest = renewing();
    auto ack = guest.ack();
    ack.options.set_address(OptionCode::router, {10, 0, 2, 7});
    ack.options.set_u32(OptionCode::lease_time, 7200);
    guest.receive(ack);
    EXPECT_EQ(guest.lease().default_gateway(), Ipv4Address(10, 0, 2, 7));
    EXPECT_EQ(guest.lease().duration, 2h);
}

TEST(ClientRenewalTest, ADayOfRenewalsTakesOneRequestEach) {
    auto guest = ClientHarness::bound();
    const auto end = guest.now() + 24h;
    std::size_t renewals = 0;
    while (guest.now() < end) {
        guest.advance_to(guest.lease().renew_at);
        EXPECT_THAT(guest.take(), ElementsAre(kRenew));
        guest.advance_by(1ms);
        guest.receive(guest.ack());
        EXPECT_THAT(guest.take(), ElementsAre("bind 10.0.2.15/24"));
        ++renewals;
    }
    EXPECT_GE(renewals, 24U * 60 / 33);
    EXPECT_LE(renewals, 24U * 60 / 27 + 1);
}

// RFC 2131 4.4.5: "some random fuzz".
TEST(ClientRenewalTest, GuestsThatWereBoundTogetherDoNotRenewTogether) {
    std::set<TimePoint> renewals, rebindings;
    for (std::uint32_t seed = 0; seed < 100; ++seed) {
        ClientHarness guest(test::guest_config(), seed);
        guest.link_up();
        guest.receive(guest.offer());
        auto ack = guest.ack();
        ack.options.set_u32(OptionCode::renewal_time, 1800);
        ack.options.set_u32(OptionCode::rebinding_time, 3150);
        guest.receive(ack);
        renewals.insert(guest.lease().renew_at);
        rebindings.insert(guest.lease().rebind_at);
        EXPECT_EQ(guest.lease().expires_at, guest.now() + 1h) << "the end is the server's";
    }
    EXPECT_GE(renewals.size(), 99U);
    EXPECT_GE(*renewals.rbegin() - *renewals.begin(), 5min);
    EXPECT_GE(rebindings.size(), 99U);
    EXPECT_GE(*rebindings.rbegin() - *rebindings.begin(), 4min);
}

}  // namespace
}  // namespace nlinit::dhcp
