// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp6/retransmission.hpp"

#include <gtest/gtest.h>

namespace nlinit::dhcp6 {
namespace {

using namespace std::chrono_literals;

RandomBits constantly(std::uint32_t bits) {
    return [bits] { return bits; };
}
constexpr std::uint32_t kLowest = 0, kHalf = 0x80000000, kHighest = 0xffffffff;

struct Row {
    const char* message;
    Retransmission parameters;
    Duration irt, mrt;
    unsigned mrc;
    Duration mrd;
};

// RFC 8415 7.6, line by line.
const Row kTable[] = {
    {"SOLICIT", kSolicit, 1s, 3600s, 0, 0s}, {"REQUEST", kRequest, 1s, 30s, 10, 0s},
    {"CONFIRM", kConfirm, 1s, 4s, 0, 10s},   {"RENEW", kRenew, 10s, 600s, 0, 0s},
    {"REBIND", kRebind, 10s, 600s, 0, 0s},   {"INFORMATION-REQUEST", kInformationRequest, 1s, 3600s, 0, 0s},
    {"RELEASE", kRelease, 1s, 0s, 4, 0s},    {"DECLINE", kDecline, 1s, 0s, 4, 0s},
};

TEST(Dhcp6RetransmissionTest, TheParametersAreThoseOfTheRfc) {
    for (const auto& row : kTable)
        EXPECT_EQ(row.parameters, (Retransmission{row.irt, row.mrt, row.mrc, row.mrd})) << row.message;
}

TEST(Dhcp6RetransmissionTest, TheFirstTimeoutIsUpToATenthLessOrMore) {
    for (const auto& row : kTable) {
        EXPECT_EQ(first_timeout(row.parameters, constantly(kLowest)), row.irt * 9 / 10) << row.message;
        EXPECT_EQ(first_timeout(row.parameters, constantly(kHalf)), row.irt) << row.message;
        EXPECT_GT(first_timeout(row.parameters, constantly(kHighest)), row.irt * 1099 / 1000) << row.message;
        EXPECT_LT(first_timeout(row.parameters, constantly(kHighest)), row.irt * 11 / 10) << row.message;
    }
}

// RFC 8415 18.2.1: its RAND is above 0.
TEST(Dhcp6RetransmissionTest, TheFirstOneOfASolicitIsMore) {
    EXPECT_GT(first_solicit_timeout(constantly(kLowest)), 1s);
    EXPECT_LE(first_solicit_timeout(constantly(kHighest)), 1100ms);
    EXPECT_GT(first_solicit_timeout(constantly(kHighest)), 1099ms);
}

// RFC 8415 15: RT = 2*RTprev + RAND*RTprev.
TEST(Dhcp6RetransmissionTest, EachFurtherOneIsAboutTwiceTheOneBefore) {
    for (const auto& row : kTable) {
        for (const Duration previous : {row.irt, row.irt * 3 / 2}) {
            EXPECT_EQ(next_timeout(row.parameters, previous, constantly(kLowest)), previous * 19 / 10) << row.message;
            EXPECT_EQ(next_timeout(row.parameters, previous, constantly(kHalf)), previous * 2) << row.message;
        }
    }
}

// RFC 8415 15: if RT > MRT, RT = MRT + RAND*MRT.
TEST(Dhcp6RetransmissionTest, BeyondTheLongestItIsAboutTheLongest) {
    for (const auto& row : kTable) {
        if (row.mrt == Duration::zero()) continue;
        EXPECT_EQ(next_timeout(row.parameters, row.mrt, constantly(kLowest)), row.mrt * 9 / 10) << row.message;
        EXPECT_EQ(next_timeout(row.parameters, row.mrt * 11 / 10, constantly(kHalf)), row.mrt) << row.message;
        EXPECT_LT(next_timeout(row.parameters, row.mrt, constantly(kHighest)), row.mrt * 11 / 10) << row.message;
    }
}

TEST(Dhcp6RetransmissionTest, AServersLimitIsBetweenAMinuteAndADay) {
    EXPECT_FALSE(is_valid_max_rt(59));
    EXPECT_TRUE(is_valid_max_rt(60));
    EXPECT_TRUE(is_valid_max_rt(86400));
    EXPECT_FALSE(is_valid_max_rt(86401));
}

TEST(Dhcp6RetransmissionTest, SetbacksInARowAreEverFurtherApart) {
    const Duration expected[] = {0s, 0s, 1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s};
    for (unsigned n = 0; n < std::size(expected); ++n) EXPECT_EQ(setback_delay(n), expected[n]) << n;
    EXPECT_EQ(setback_delay(0xffffffff), 60s);
}

TEST(Dhcp6RetransmissionTest, APartIsLessThanTheWhole) {
    EXPECT_EQ(part_of(1s, constantly(kLowest)), 0s);
    EXPECT_LT(part_of(1s, constantly(kHighest)), 1s);
    EXPECT_EQ(part_of(0s, constantly(kHighest)), 0s);
}

}  // namespace
}  // namespace nlinit::dhcp6
