// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/renewal_times.hpp"

#include <gtest/gtest.h>

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kLowest = 0, kMiddle = 0x80000000, kHighest = 0xffffffff;

RenewalTimes fuzzed(const RenewalTimes& times, Duration lease, std::uint32_t bits) {
    return with_fuzz(times, lease, [=] { return bits; });
}

TEST(RenewalTimesTest, WithoutOptionsTheyAreHalfAndSevenEighths) {
    const auto [times, fit] = renewal_times(24h, {});
    EXPECT_EQ(times, (RenewalTimes{12h, 21h}));
    EXPECT_TRUE(fit);
    EXPECT_EQ(renewal_times(30s, {}).times, (RenewalTimes{15s, 26250ms}));
}

TEST(RenewalTimesTest, ALeaseOfLessThanHalfAMinuteHasTheEarliestT1) {
    EXPECT_EQ(renewal_times(20s, {}).times, (RenewalTimes{15s, 18750ms}));
    EXPECT_EQ(renewal_times(16s, {}).times, (RenewalTimes{15s, 15750ms}));
}

TEST(RenewalTimesTest, T2KeepsItsDistanceToAT1ThatIsRaised) {
    EXPECT_EQ(renewal_times(1h, {1s, 3s}).times, (RenewalTimes{15s, 17s}));
    EXPECT_EQ(renewal_times(1h, {1s, 30min}).times, (RenewalTimes{15s, 30min}));
    EXPECT_EQ(renewal_times(20s, {1s, 14s}).times, (RenewalTimes{15s, 18750ms})) << "there is no room for it";
}

TEST(RenewalTimesTest, OnesOutOfOrderAreReplacedAndToldOf) {
    const GivenTimes kUnfit[] = {{0s, {}}, {2h, 3h}, {40min, 30min}, {{}, 1h}, {{}, 20min}, {59min, {}}};
    for (const auto& given : kUnfit) {
        const auto [times, fit] = renewal_times(1h, given);
        EXPECT_EQ(times, (RenewalTimes{30min, 52min + 30s}));
        EXPECT_FALSE(fit);
    }
}

TEST(RenewalFuzzTest, BothExtremesAreATenthAway) {
    const RenewalTimes day{12h, 21h};
    EXPECT_EQ(fuzzed(day, 24h, kLowest), (RenewalTimes{12h - 72min, 21h - 126min}));
    const auto latest = fuzzed(day, 24h, kHighest);
    EXPECT_LE(latest.t1, 12h + 72min);
    EXPECT_GE(latest.t1, 12h + 71min);
    EXPECT_LE(latest.t2, 21h + 45min) << "a quarter of what is left behind T2";
    EXPECT_GE(latest.t2, 21h + 44min);
    EXPECT_LE(12h - fuzzed(day, 24h, kMiddle).t1, 1s);
}

// Each extreme of one with each of the other.
TEST(RenewalFuzzTest, T1StaysBeforeT2AndT2BeforeTheEnd) {
    struct Row {
        Duration lease, t1, t2;
    };
    for (const auto& [lease, t1, t2] :
         {Row{16s, 15s, 15750ms}, Row{20s, 15s, 18750ms}, Row{30s, 15s, 26250ms}, Row{60s, 15s, 16s},
          Row{1h, 59min + 58s, 59min + 59s}, Row{1h, 15s, 59min + 59s}, Row{24h, 12h, 21h},
          Row{std::chrono::seconds(0xfffffffe), std::chrono::seconds(0x7fffffff), std::chrono::seconds(0xfffffffd)}}) {
        for (const auto first : {kLowest, kMiddle, kHighest}) {
            for (const auto second : {kLowest, kMiddle, kHighest}) {
                unsigned calls = 0;
                const auto times = with_fuzz({t1, t2}, lease, [&] { return calls++ == 0 ? first : second; });
                EXPECT_GE(times.t1, kShortestT1);
                EXPECT_LT(times.t1, times.t2);
                EXPECT_LT(times.t2, lease);
            }
        }
    }
}

}  // namespace
}  // namespace nlinit::dhcp
