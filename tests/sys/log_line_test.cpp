#include "nlinit/sys/log_line.hpp"

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

TEST(LogLine, SaysThatItWasCut) {
    LogLine line;
    line.text(std::string(2000, 'x')).text("more");
    EXPECT_EQ(line.view(), std::string(LogLine::kSize - 3, 'x') + "...");
}

TEST(LogLine, IsNotCutWhenItIsJustFull) {
    LogLine line;
    line.text(std::string(LogLine::kSize, 'x'));
    EXPECT_EQ(line.view(), std::string(LogLine::kSize, 'x'));
    EXPECT_EQ(line.finish(), std::string(LogLine::kSize, 'x') + "\n");
}

}  // namespace
}  // namespace nlinit::log
