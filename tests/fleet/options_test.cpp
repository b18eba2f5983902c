// SPDX-License-Identifier: Apache-2.0
#include "fleet/options.hpp"

#include <getopt.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fleet {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

nlinit::Result<RunOptions> parse(std::vector<std::string> words) {
    words.insert(words.begin(), "nlinit_fleet");
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    optind = 0;  // getopt(3): start again
    return parse_options(static_cast<int>(words.size()), argv.data());
}

TEST(FleetOptionsTest, TakesAScenario) {
    const auto options = parse({"--clients", "500", "--loss", "0.5", "--outage", "12", "--delay", "3ms", "--rapid"});
    ASSERT_TRUE(options.ok()) << options.error().what;
    EXPECT_EQ(options->scenario.clients, 500U);
    EXPECT_EQ(options->scenario.loss, 0.005);
    EXPECT_EQ(options->scenario.outage, 12s);
    EXPECT_EQ(options->scenario.delay, 3ms);
    EXPECT_TRUE(options->scenario.rapid_commit);
    EXPECT_EQ(options->strategies.size(), 5U);
}

TEST(FleetOptionsTest, TakesALadderOfOnesOwn) {
    const auto options = parse({"--ladder", "mine=first:1s,factor:3,cap:5s,jitter:0,requests:4"});
    ASSERT_TRUE(options.ok()) << options.error().what;
    ASSERT_EQ(options->strategies.size(), 1U);
    const auto& habits = *options->strategies.front().habits;
    EXPECT_EQ(habits.requests, 4U);
    const RandomBits random = [] { return 1U << 31; };
    EXPECT_EQ(habits.ladder(0, 0s, random), 1s);
    EXPECT_EQ(habits.ladder(1, 1s, random), 3s);
    EXPECT_EQ(habits.ladder(2, 4s, random), 5s);
    EXPECT_EQ(habits.ladder(4'000'000'000, 4s, random), 5s);
}

TEST(FleetOptionsTest, LeasesThatAreKeptAreHeldBesideOnesWithoutFuzz) {
    const auto options = parse({"--keep", "1440min", "--lease", "60min"});
    ASSERT_TRUE(options.ok()) << options.error().what;
    EXPECT_EQ(options->scenario.keep, 24h);
    EXPECT_EQ(options->scenario.lease, 1h);
    ASSERT_EQ(options->strategies.size(), 2U);
    EXPECT_EQ(options->strategies.back().name, "exact");
}

TEST(FleetOptionsTest, SaysWhichWordIsWrong) {
    const std::pair<std::vector<std::string>, const char*> kWrong[] = {
        {{"--loss", "100"}, "--loss 100"},
        {{"--clients", "0"}, "--clients 0"},
        {{"--rate", "fast"}, "--rate fast"},
        {{"--outage", "1 h"}, "--outage 1 h"},
        {{"--lease", "59s"}, "--lease 59s"},
        {{"--keep", "for ever"}, "--keep for ever"},
        {{"--strategies", "nlinit,hope"}, "hope"},
        {{"--ladder", "mine=first:soon"}, "first:soon"},
        {{"--ladder", "first:1s"}, "NAME="},
        {{"--rapid", "--fast"}, "--fast"},
        {{"--seed"}, "--seed"},
        {{"more"}, "more"},
    };
    for (const auto& [words, named] : kWrong) {
        const auto options = parse(words);
        ASSERT_FALSE(options.ok()) << named;
        EXPECT_THAT(options.error().what, HasSubstr(named));
    }
}

}  // namespace
}  // namespace fleet
