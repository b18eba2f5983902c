// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/log/log_line.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace nlinit::log {
namespace {

TEST(LogLine, PutsWordsAndNumbersTogether) {
    LogLine line;
    line.text("at ").hex(0xdeadbeef).text(", ").decimal(1024).text(" times");
    EXPECT_EQ(line.view(), "at 0xdeadbeef, 1024 times");
}

TEST(LogLine, WritesTheSmallestAndTheLargestNumber) {
    LogLine line;
    line.decimal(0).text(" ").decimal(std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(line.view(), "0 18446744073709551615");
}

TEST(LogLine, EscapesWhatWouldBreakTheLineOrDriveATerminal) {
    LogLine line;
    line.escaped("a\nb\x1b[2J\x7f");
    EXPECT_EQ(line.view(), "a\\x0ab\\x1b[2J\\x7f");
}

TEST(LogLine, LeavesLettersBeyondAsciiAlone) {
    LogLine line;
    line.escaped("Zürich ≥ 1");
    EXPECT_EQ(line.view(), "Zürich ≥ 1");
}

TEST(LogLine, EscapesWhatIsNoUtf8OrDrivesATerminalAllTheSame) {
    LogLine line;
    line.escaped("\xc2\x85 \x9b[2J \xe2\x80\xae \xc3");
    EXPECT_EQ(line.view(), "\\xc2\\x85 \\x9b[2J \\xe2\\x80\\xae \\xc3");
}

TEST(LogLine, SaysThatItWasCut) {
    LogLine line;
    line.text(std::string(2000, 'x')).text("more");
    EXPECT_EQ(line.view(), std::string(LogLine::kSize - 3, 'x') + "...");
}

TEST(LogLine, IsCutBetweenCharacters) {
    for (std::size_t before = 0; before < 4; ++before) {
        std::string text(before, 'x');
        while (text.size() < 2000) text += "€";
        LogLine line;
        line.escaped(text);
        const auto shown = line.view().substr(0, line.view().size() - 3);
        EXPECT_EQ(line.view().substr(shown.size()), "...");
        EXPECT_EQ(shown, text.substr(0, shown.size()));
        EXPECT_EQ((shown.size() - before) % 3, 0U);
        EXPECT_GE(line.view().size() + 3, LogLine::kSize);
    }
}

TEST(LogLine, IsNotCutWhenItIsJustFull) {
    LogLine line;
    line.text(std::string(LogLine::kSize, 'x'));
    EXPECT_EQ(line.view(), std::string(LogLine::kSize, 'x'));
    EXPECT_EQ(line.finish(), std::string(LogLine::kSize, 'x') + "\n");
}

}  // namespace
}  // namespace nlinit::log
