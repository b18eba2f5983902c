// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/log/log_ring.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace nlinit::log {
namespace {

using Lines = std::vector<std::pair<LogLevel, std::string>>;

template <class Ring>
Lines drain(Ring& ring) {
    Lines lines;
    ring.take_out([&](const auto& line) {
        lines.emplace_back(line.level, line.view());
        return true;
    });
    return lines;
}

TEST(LogRing, GivesBackItsLinesInOrderWithTheirLevels) {
    LogRing<4, 16> ring;
    ring.push(LogLevel::info, "one");
    ring.push(LogLevel::error, "two");
    EXPECT_EQ(drain(ring), (Lines{{LogLevel::info, "one"}, {LogLevel::error, "two"}}));
}

TEST(LogRing, ForgetsTheOldestLinesAndCountsThem) {
    LogRing<2, 16> ring;
    for (const char* line : {"one", "two", "three", "four", "five"}) ring.push(LogLevel::info, line);
    EXPECT_EQ(ring.lost(), 3U);
    EXPECT_EQ(drain(ring), (Lines{{LogLevel::info, "four"}, {LogLevel::info, "five"}}));
}

TEST(LogRing, KeepsWhatIsNotTaken) {
    LogRing<4, 16> ring;
    ring.push(LogLevel::info, "one");
    ring.push(LogLevel::debug, "two");
    ring.push(LogLevel::info, "three");
    ring.take_out([](const auto& line) { return line.level == LogLevel::info; });
    EXPECT_EQ(drain(ring), (Lines{{LogLevel::debug, "two"}}));
    EXPECT_TRUE(drain(ring).empty());
}

TEST(LogRing, CutsWhatIsLongerThanALine) {
    LogRing<2, 4> ring;
    ring.push(LogLevel::info, "abcdefgh");
    EXPECT_EQ(drain(ring), (Lines{{LogLevel::info, "abcd"}}));
}

}  // namespace
}  // namespace nlinit::log
