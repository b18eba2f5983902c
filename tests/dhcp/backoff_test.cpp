// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/backoff.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;

RandomBits always(std::uint32_t bits) {
    return [bits] { return bits; };
}

RandomBits seeded(unsigned seed) {
    return [random = std::mt19937(seed)]() mutable { return static_cast<std::uint32_t>(random()); };
}

TEST(RetransmissionDelayTest, TheFirstResendComesAfterAboutThreeHundredMilliseconds) {
    for (const auto bits : {0U, 1U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
        const auto delay = retransmission_delay(0, 0s, always(bits));
        EXPECT_GE(delay, 225ms) << bits;
        EXPECT_LE(delay, 375ms) << bits;
    }
}

TEST(RetransmissionDelayTest, TheLadderDoublesWithJitter) {
    Duration elapsed{0};
    for (unsigned attempt = 0; attempt < 3; ++attempt) {
        const auto low = retransmission_delay(attempt, elapsed, always(0));
        const auto high = retransmission_delay(attempt, elapsed, always(0xffffffff));
        EXPECT_LT(low, high) << "jitter after attempt " << attempt;
        const auto next_low = retransmission_delay(attempt + 1, elapsed + high, always(0));
        const auto next_high = retransmission_delay(attempt + 1, elapsed + high, always(0xffffffff));
        const auto factor =
            static_cast<double>((next_low + next_high).count()) / static_cast<double>((low + high).count());
        EXPECT_GT(factor, 1.5) << attempt;
        EXPECT_LT(factor, 2.5) << attempt;
        elapsed += high;
    }
}

TEST(RetransmissionDelayTest, NeverExceedsWhatTheRfcAllowsNorComesToNothing) {
    for (const auto attempt : {0U, 1U, 5U, 10U, 31U, 32U, 33U, 63U, 64U, 65U, 1000U, 0x7fffffffU, 0xffffffffU}) {
        for (const Duration elapsed :
             {Duration(0s), Duration(1s), Duration(39s), Duration(61s), Duration(1h), Duration(24h * 365 * 50)}) {
            for (const auto bits : {0U, 0x80000000U, 0xffffffffU}) {
                const auto delay = retransmission_delay(attempt, elapsed, always(bits));
                EXPECT_GE(delay, 100ms) << attempt;
                EXPECT_LE(delay, 65s) << attempt;  // 64 s and the RFC's second of jitter
            }
        }
    }
}

TEST(RetransmissionDelayTest, InTheEndItIsUpToTheRfcsSixtyFourSeconds) {
    EXPECT_GE(retransmission_delay(100, 1h, always(0)), 30s);
    EXPECT_GE(retransmission_delay(100, 1h, always(0xffffffff)), 60s);
}

// Servers that restart, and ports of a bridge that learn, are back within that time.
TEST(RetransmissionDelayTest, InTheFirstTwentySecondsAServersReturnIsNoticedWithinTwoAndAHalf) {
    for (const auto attempt : {3U, 6U, 10U, 20U}) {
        for (const Duration elapsed : {Duration(2s), Duration(10s), Duration(20s)}) {
            EXPECT_GE(retransmission_delay(attempt, elapsed, always(0)), 1500ms) << attempt;
            EXPECT_LE(retransmission_delay(attempt, elapsed, always(0xffffffff)), 2500ms) << attempt;
        }
    }
}

TEST(RetransmissionDelayTest, ALongerOutageGrowsByAnEighthAtMost) {
    for (const Duration elapsed : {Duration(20s), Duration(60s), Duration(5min)}) {
        EXPECT_GE(retransmission_delay(100, elapsed, always(0)), elapsed / 16) << elapsed.count();
        EXPECT_LE(retransmission_delay(100, elapsed, always(0xffffffff)), elapsed / 8) << elapsed.count();
    }
}

TEST(RetransmissionDelayTest, AMinuteWithoutAServerTakesFewTransmissions) {
    for (const auto seed : {1U, 2U, 3U}) {
        const auto random = seeded(seed);
        Duration elapsed{0};
        unsigned attempt = 0;
        while (elapsed < 60s) elapsed += retransmission_delay(attempt++, elapsed, random);
        EXPECT_GE(attempt, 15U) << "seed " << seed;
        EXPECT_LE(attempt, 30U) << "seed " << seed;
    }
}

TEST(RetransmissionDelayTest, GuestsThatStartTogetherDoNotStayTogether) {
    std::set<Duration> delays;
    for (unsigned guest = 0; guest < 100; ++guest) delays.insert(retransmission_delay(0, 0s, seeded(guest)));
    EXPECT_GE(delays.size(), 90U);
}

TEST(RenewalDelayTest, HalfOfWhatIsLeftNotBelowAMinute) {
    EXPECT_EQ(renewal_delay(1350s, 1350s), 675s);
    EXPECT_EQ(renewal_delay(600s, 1350s), 300s);
    EXPECT_EQ(renewal_delay(100s, 1350s), 60s);
    EXPECT_EQ(renewal_delay(24h, 24h), 12h);
}

TEST(RenewalDelayTest, AShortPhaseHasAFloorOfItsQuarter) {
    EXPECT_EQ(renewal_delay(120s, 120s), 60s);
    EXPECT_EQ(renewal_delay(60s, 120s), 30s);
    EXPECT_EQ(renewal_delay(40s, 120s), 30s);
    EXPECT_EQ(renewal_delay(10s, 120s), 30s);
}

TEST(RenewalDelayTest, IsNeverNothing) {
    for (const Duration phase : {Duration(1s), Duration(4s), Duration(60s), Duration(10h)}) {
        EXPECT_GT(renewal_delay(0s, phase), 0s);
        EXPECT_GT(renewal_delay(1ns, phase), 0s);
    }
}

TEST(NakDelayTest, FollowsTheLadderAndStaysAtAMinute) {
    const Duration expected[] = {0s, 1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s};
    unsigned naks = 0;
    for (const auto delay : expected) EXPECT_EQ(nak_delay(++naks), delay) << naks;
    for (const auto many : {31U, 32U, 33U, 64U, 65U, 1000U, 0xffffffffU}) EXPECT_EQ(nak_delay(many), 60s) << many;
}

}  // namespace
}  // namespace nlinit::dhcp
