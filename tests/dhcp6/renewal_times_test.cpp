// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp6/renewal_times.hpp"

#include <gtest/gtest.h>

#include <random>

namespace nlinit::dhcp6 {
namespace {

using namespace std::chrono_literals;

struct Case {
    const char* what;
    std::uint32_t t1, t2, preferred, valid;
    Duration expected_t1, expected_t2;
};

TEST(Dhcp6RenewalTimesTest, WhatAServerSaysIsTakenWithinBounds) {
    const Case cases[] = {
        {"as given", 100, 200, 300, 400, 100s, 200s},
        {"RFC 8415 21.4: half and 4/5 of the preferred lifetime", 0, 0, 1000, 2000, 500s, 800s},
        {"T1 alone", 100, 0, 1000, 2000, 100s, 800s},
        {"T1 alone, and late", 900, 0, 1000, 2000, 900s, 900s},
        {"T2 alone", 0, 900, 1000, 2000, 500s, 900s},
        {"T2 alone, and early", 0, 80, 1000, 2000, 50s, 80s},
        {"T2 after the end", 100, 2001, 1000, 2000, 500s, 800s},
        {"T2 at the end", 100, 2000, 1000, 2000, 100s, 2000s},
        {"none is before 15 s", 1, 2, 1000, 2000, 15s, 15s},
        {"T1 is not before 15 s", 1, 200, 1000, 2000, 15s, 200s},
        {"what ends before 15 s is not renewed", 0, 0, 10, 10, 10s, 10s},
        {"a preferred lifetime of 0", 0, 0, 0, 2000, 15s, 15s},
        {"for ever", kInfinity, kInfinity, kInfinity, kInfinity, kInfinityDuration, kInfinityDuration},
        {"an infinite lifetime", 0, 0, kInfinity, kInfinity, kInfinityDuration, kInfinityDuration},
        {"an infinite one that is renewed", 100, 200, kInfinity, kInfinity, 100s, 200s},
        {"never, though it ends", kInfinity, kInfinity, 1000, 2000, kInfinityDuration, kInfinityDuration},
        {"no T2, though it ends", 100, kInfinity, 1000, 2000, 100s, kInfinityDuration},
    };
    for (const auto& [what, t1, t2, preferred, valid, expected_t1, expected_t2] : cases) {
        const auto times = renewal_times(t1, t2, {preferred, valid});
        EXPECT_EQ(times.t1.count(), expected_t1.count()) << what;
        EXPECT_EQ(times.t2.count(), expected_t2.count()) << what;
    }
}

TEST(Dhcp6RenewalTimesTest, FuzzKeepsTheOrder) {
    std::mt19937 random(1);
    const RandomBits bits = [&] { return static_cast<std::uint32_t>(random()); };
    const std::uint32_t seconds[] = {0, 1, 14, 15, 16, 30, 1000, 86400, kInfinity - 1, kInfinity};
    const auto any = [&] { return seconds[random() % std::size(seconds)]; };
    for (int i = 0; i < 20000; ++i) {
        const auto t1 = any(), t2 = any(), preferred = any(), valid = any();
        if ((t2 > 0 && t1 > t2) || preferred > valid || valid == 0) continue;
        const Duration end = std::chrono::seconds(valid);
        const auto times = renewal_times(t1, t2, {preferred, valid});
        const auto fuzzed = with_fuzz(times, end, bits);
        SCOPED_TRACE(testing::Message() << t1 << ' ' << t2 << ' ' << preferred << ' ' << valid);
        EXPECT_LE(times.t1, times.t2);
        EXPECT_LE(fuzzed.t1, fuzzed.t2);
        EXPECT_GE(fuzzed.t1, std::min<Duration>(kShortestT1, end));
        EXPECT_TRUE(fuzzed.t2 <= end || fuzzed.t2 == kInfinityDuration);
        if (times.t1 == kInfinityDuration || times.t1 == end) {
            EXPECT_EQ(fuzzed, times);
            continue;
        }
        EXPECT_GE(fuzzed.t1, times.t1 * 0.899);
        EXPECT_LE(fuzzed.t1, times.t1 * 1.1);
    }
}

TEST(Dhcp6RenewalTimesTest, MachinesThatAreBoundTogetherDoNotRenewTogether) {
    const RenewalTimes times{1000s, 1600s};
    const auto low = with_fuzz(times, 4000s, [] { return 0U; });
    const auto high = with_fuzz(times, 4000s, [] { return 0xffffffffU; });
    EXPECT_EQ(low, (RenewalTimes{900s, 1450s}));
    EXPECT_GT(high.t1, 1099s);
    EXPECT_GT(high.t2, 1759s);
}

TEST(Dhcp6RenewalTimesTest, AnInfiniteTimeHasNoEnd) {
    EXPECT_EQ(end_of(kInfinity, TimePoint(5s)), kNever);
    EXPECT_EQ(end_of(0, TimePoint(5s)), TimePoint(5s));
    EXPECT_EQ(end_of(kInfinity - 1, TimePoint(5s)), TimePoint(5s) + std::chrono::seconds(kInfinity - 1));
    EXPECT_EQ(end_of(kInfinity - 1, kNever - 5s), kNever) << "no clock gets there";
    EXPECT_EQ(end_of(kInfinityDuration, TimePoint(5s)), kNever);
}

}  // namespace
}  // namespace nlinit::dhcp6
