// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/conflict_detector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/client_harness.hpp"

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;
using Action = ConflictDetector::Action;
using ::testing::Optional;
using wire::ArpPacket;
using wire::make_arp_announcement;
using wire::make_arp_probe;

constexpr MacAddress kOwn = test::kGuestMac;
constexpr MacAddress kOther{{0x02, 0, 0, 0, 0, 0x77}};
constexpr Ipv4Address kAddress{10, 0, 2, 15};

class ConflictDetectorTest : public ::testing::Test {
  protected:
    std::optional<Action> hear(const ArpPacket& packet) { return detector_.take(packet, now_); }
    // Goes to the next deadline.
    std::optional<Action> go_on() {
        now_ = *detector_.deadline();
        return detector_.wake(now_);
    }
    void become_owner() {
        detector_.start(kAddress, kStandardProbing, now_);
        while (go_on() != Action::report_free) continue;
    }

    ConflictDetector detector_{kOwn, test::seeded_bits(1)};
    TimePoint now_{5s};
};

const ArpPacket kClaim{ArpPacket::Operation::reply, kOther, kAddress, kOwn, {10, 0, 2, 99}};

TEST_F(ConflictDetectorTest, ThreeProbesAndTheAddressIsFree) {
    const auto begin = now_;
    detector_.start(kAddress, kStandardProbing, now_);
    EXPECT_THAT(go_on(), Optional(Action::send_probe));
    EXPECT_LE(now_ - begin, 1s) << "PROBE_WAIT";
    for (int probe = 2; probe <= 3; ++probe) {
        const auto before = now_;
        EXPECT_THAT(go_on(), Optional(Action::send_probe));
        EXPECT_GE(now_ - before, 1s) << "PROBE_MIN";
        EXPECT_LE(now_ - before, 2s) << "PROBE_MAX";
    }
    const auto last = now_;
    EXPECT_THAT(go_on(), Optional(Action::report_free));
    EXPECT_EQ(now_ - last, 2s) << "ANNOUNCE_WAIT";
    EXPECT_EQ(detector_.deadline(), std::nullopt);
}

TEST_F(ConflictDetectorTest, QuickProbingTakesNoMoreThanAFifthOfASecond) {
    const auto begin = now_;
    detector_.start(kAddress, kQuickProbing, now_);
    int probes = 0;
    while (go_on() == Action::send_probe) ++probes;
    EXPECT_EQ(probes, 3);
    EXPECT_LE(now_ - begin, 200ms);
}

TEST_F(ConflictDetectorTest, BeforeItsTimeNothingIsDone) {
    detector_.start(kAddress, kStandardProbing, now_);
    ASSERT_THAT(go_on(), Optional(Action::send_probe));
    EXPECT_EQ(detector_.wake(*detector_.deadline() - 1ns), std::nullopt);
}

TEST_F(ConflictDetectorTest, WhileProbingAnyClaimIsAConflict) {
    detector_.start(kAddress, kStandardProbing, now_);
    ASSERT_THAT(go_on(), Optional(Action::send_probe));
    EXPECT_THAT(hear(kClaim), Optional(Action::report_conflict));
    EXPECT_EQ(detector_.deadline(), std::nullopt);
    EXPECT_EQ(hear(kClaim), std::nullopt) << "it is over";
}

TEST_F(ConflictDetectorTest, WhileProbingAnothersProbeForItIsAConflictToo) {
    detector_.start(kAddress, kStandardProbing, now_);
    EXPECT_THAT(hear(make_arp_probe(kOther, kAddress)), Optional(Action::report_conflict));
}

TEST_F(ConflictDetectorTest, OnceItIsOursAProbeForItIsLeftToTheKernelToAnswer) {
    become_owner();
    EXPECT_EQ(hear(make_arp_probe(kOther, kAddress)), std::nullopt);
}

TEST_F(ConflictDetectorTest, OurOwnPacketsAndOtherAddressesAreNoConflict) {
    detector_.start(kAddress, kStandardProbing, now_);
    EXPECT_EQ(hear(make_arp_probe(kOwn, kAddress)), std::nullopt);
    EXPECT_EQ(hear(make_arp_announcement(kOwn, kAddress)), std::nullopt);
    EXPECT_EQ(hear(make_arp_announcement(kOther, {10, 0, 2, 16})), std::nullopt);
    EXPECT_EQ(hear(make_arp_probe(kOther, {10, 0, 2, 16})), std::nullopt);
    const ArpPacket question{ArpPacket::Operation::request, kOther, {10, 0, 2, 1}, {}, kAddress};
    EXPECT_EQ(hear(question), std::nullopt) << "who asks for it with an address of his own just asks";
}

TEST_F(ConflictDetectorTest, ItIsDefendedOnceInTenSecondsAndThenGivenUp) {
    become_owner();
    EXPECT_THAT(hear(kClaim), Optional(Action::announce));
    now_ += 10s;
    EXPECT_THAT(hear(kClaim), Optional(Action::announce));
    now_ += 10s - 1ns;
    EXPECT_THAT(hear(kClaim), Optional(Action::report_conflict));
}

TEST_F(ConflictDetectorTest, ANewAddressIsDefendedHoweverLatelyTheOldOneWas) {
    become_owner();
    EXPECT_THAT(hear(kClaim), Optional(Action::announce));
    detector_.start(kAddress, kQuickProbing, now_);
    while (go_on() != Action::report_free) continue;
    EXPECT_THAT(hear(kClaim), Optional(Action::announce));
}

TEST_F(ConflictDetectorTest, AfterStopNothingIsSaid) {
    become_owner();
    detector_.stop();
    EXPECT_EQ(hear(kClaim), std::nullopt);
    EXPECT_EQ(detector_.deadline(), std::nullopt);
}

}  // namespace
}  // namespace nlinit::dhcp
