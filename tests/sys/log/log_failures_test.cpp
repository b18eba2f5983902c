// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/log/log_failures.hpp"

#include <gtest/gtest.h>

namespace nlinit::log {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{};

TEST(Failures, TellsEachLineTheFirstTime) {
    Failures failures;
    for (const char* line : {"net: a", "net: b"}) {
        const auto verdict = failures.note(line, kStart);
        EXPECT_TRUE(verdict.is_told) << line;
        EXPECT_EQ(verdict.more, 0U) << line;
    }
    EXPECT_EQ(failures.lines(), (std::vector<std::string>{"net: a", "net: b"}));
}

TEST(Failures, CountsRepeatsAndTellsThemEverMoreRarely) {
    Failures failures;
    unsigned told = 0;
    std::uint64_t counted = 0;
    for (int second = 0; second < 3600; second += 10) {
        const auto verdict = failures.note("net: refused", kStart + std::chrono::seconds(second));
        told += verdict.is_told ? 1U : 0U;
        counted += verdict.more;
    }
    EXPECT_GT(told, 3U);
    EXPECT_LT(told, 14U);
    EXPECT_GT(counted, 150U);
    EXPECT_EQ(failures.lines().size(), 1U);
}

TEST(Failures, SaysHowOftenALineCameSinceItWasTold) {
    Failures failures;
    for (int i = 0; i < 5; ++i) EXPECT_EQ(failures.note("payload: died", kStart + i * 100ms).is_told, i == 0);
    const auto verdict = failures.note("payload: died", kStart + 2s);
    EXPECT_TRUE(verdict.is_told);
    EXPECT_EQ(verdict.more, 5U);
    EXPECT_FALSE(failures.note("payload: died", kStart + 5s).is_told);
    EXPECT_EQ(failures.note("payload: died", kStart + 6s).more, 2U);
}

TEST(Failures, TellsALineAsNewThatDidNotComeForLong) {
    Failures failures;
    for (int hour = 0; hour < 3; ++hour) {
        const auto verdict = failures.note("payload: died", kStart + std::chrono::hours(hour));
        EXPECT_TRUE(verdict.is_told);
        EXPECT_EQ(verdict.more, 0U);
    }
}

// As where a server puts another number into each.
TEST(Failures, TakesLinesForOneThatAreEverOthers) {
    Failures failures;
    unsigned told = 0;
    for (int i = 0; i < 10'000; ++i)
        told += failures.note("dhcp: packet " + std::to_string(i), kStart + i * 1ms).is_told ? 1U : 0U;
    EXPECT_LT(told, Failures::kMaxLines + 6);
    EXPECT_EQ(failures.lines().size(), Failures::kMaxLines + 1);
    EXPECT_EQ(failures.lines().back(), "further failures are in the kernel's log only");
}

}  // namespace
}  // namespace nlinit::log
