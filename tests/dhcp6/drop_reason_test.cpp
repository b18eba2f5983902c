// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp6/drop_reason.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace nlinit::dhcp6 {
namespace {

TEST(Dhcp6DropReasonTest, EveryReasonHasANameAndAnExplanationOfItsOwn) {
    std::set<std::string_view> words;
    for (std::size_t i = 0; i < kDropReasonCount; ++i) {
        const auto reason = static_cast<DropReason>(i);
        EXPECT_TRUE(words.insert(name_of(reason)).second) << name_of(reason);
        EXPECT_TRUE(words.insert(explanation_of(reason)).second) << explanation_of(reason);
        EXPECT_TRUE(std::ranges::all_of(name_of(reason), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; }));
    }
    EXPECT_EQ(name_of(DropReason::options_overrun), "options_overrun");
    EXPECT_EQ(name_of(DropReason::lease_over), "lease_over");
}

TEST(Dhcp6DropReasonTest, EachIsCountedByItself) {
    DropCounters counters;
    counters.count(DropReason::bad_duid);
    counters.count(DropReason::bad_duid);
    counters.count(DropReason::not_on_link);
    EXPECT_EQ(counters[DropReason::bad_duid], 2U);
    EXPECT_EQ(counters[DropReason::not_on_link], 1U);
    EXPECT_EQ(counters[DropReason::short_message], 0U);
    EXPECT_EQ(counters.total(), 3U);
}

}  // namespace
}  // namespace nlinit::dhcp6
