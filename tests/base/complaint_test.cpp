// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/complaint.hpp"

#include <gtest/gtest.h>

#include <array>

namespace nlinit {
namespace {

TEST(InQuotesTest, EscapesWhatATerminalWouldAct) {
    EXPECT_EQ(in_quotes("plain"), "'plain'");
    EXPECT_EQ(in_quotes(std::string_view("\x1b[2J\n\0\xff", 7)), "'\\x1b[2J\\x0a\\x00\\xff'");
}

TEST(InQuotesTest, CutsLongTexts) {
    const std::string text(kMaxPrinted, 'x');
    EXPECT_EQ(in_quotes(text), "'" + text + "'");
    EXPECT_EQ(in_quotes(text + "y"), "'" + text + "...'");
}

TEST(InQuotesTest, HasTheLimitAndTheMarkThatItIsGiven) {
    EXPECT_EQ(in_quotes("a\nbcdef", 4, '"'), "\"a\\x0abc...\"");
}

TEST(DidYouMeanTest, FindsTheNearestOfTheCandidates) {
    constexpr std::array<std::string_view, 5> kCandidates{"timeout", "wait", "dns", "search", "interface"};
    const struct {
        std::string_view word, suggestion;
    } cases[] = {
        {"tiemout", ": did you mean 'timeout'?"},  // two letters swapped
        {"timout", ": did you mean 'timeout'?"},   // one missing
        {"waitt", ": did you mean 'wait'?"},       // one too many
        {"interfaces", ": did you mean 'interface'?"},
        {"dms", ": did you mean 'dns'?"},
        {"xyz", ""},  // nothing near
        {"dxx", ""},  // two errors of three letters: nothing left of it
        {"", ""},
    };
    for (const auto& [word, suggestion] : cases) EXPECT_EQ(did_you_mean(word, kCandidates), suggestion) << word;
}

TEST(DidYouMeanTest, LongWordsAreNoSlips) {
    const std::string word(100'000, 'a');
    const std::array<std::string_view, 1> candidates{word};
    EXPECT_EQ(did_you_mean(word + "b", candidates), "");
}

}  // namespace
}  // namespace nlinit
