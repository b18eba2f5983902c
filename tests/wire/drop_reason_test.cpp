// SPDX-License-Identifier: Apache-2.0
#include "nlinit/wire/drop_reason.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace nlinit {
namespace {

std::vector<DropReason> all_reasons() {
    std::vector<DropReason> reasons(kDropReasonCount);
    for (std::size_t i = 0; i < kDropReasonCount; ++i) reasons[i] = static_cast<DropReason>(i);
    return reasons;
}

TEST(DropReasonTest, EveryReasonHasANameOfItsOwn) {
    std::set<std::string_view> names;
    for (const auto reason : all_reasons()) {
        const auto name = name_of(reason);
        EXPECT_FALSE(name.empty()) << static_cast<int>(reason);
        EXPECT_TRUE(names.insert(name).second) << name;
        EXPECT_TRUE(std::ranges::all_of(name, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        })) << name;
    }
}

TEST(DropReasonTest, NamesAreThoseOfTheEnumerators) {
    EXPECT_EQ(name_of(DropReason::truncated_by_kernel), "truncated_by_kernel");
    EXPECT_EQ(name_of(DropReason::bad_udp_checksum), "bad_udp_checksum");
    EXPECT_EQ(name_of(DropReason::options_overrun), "options_overrun");
    EXPECT_EQ(name_of(DropReason::rapid_commit_mismatch), "rapid_commit_mismatch");
}

TEST(DropReasonTest, EveryReasonHasAnExplanationOfItsOwn) {
    std::set<std::string_view> explanations;
    for (const auto reason : all_reasons()) {
        EXPECT_FALSE(explanation_of(reason).empty()) << name_of(reason);
        EXPECT_TRUE(explanations.insert(explanation_of(reason)).second) << explanation_of(reason);
    }
}

TEST(DropCountersTest, CountEachReasonByItself) {
    DropCounters counters;
    for (const auto reason : all_reasons()) EXPECT_EQ(counters[reason], 0U) << name_of(reason);
    EXPECT_EQ(counters.total(), 0U);
    counters.count(DropReason::fragment);
    counters.count(DropReason::fragment);
    counters.count(DropReason::rapid_commit_mismatch);
    EXPECT_EQ(counters[DropReason::fragment], 2U);
    EXPECT_EQ(counters[DropReason::rapid_commit_mismatch], 1U);
    EXPECT_EQ(counters[DropReason::not_udp], 0U);
    EXPECT_EQ(counters.total(), 3U);
}

}  // namespace
}  // namespace nlinit
