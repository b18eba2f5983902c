#include "nlinit/dhcp/renewal_times.hpp"

#include <gtest/gtest.h>

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;

TEST(RenewalTimesTest, WithoutOptionsTheyAreHalfAndSevenEighths) {
    const auto [times, fit] = renewal_times(24h, {});
    EXPECT_EQ(times, (RenewalTimes{12h, 21h}));
    EXPECT_TRUE(fit);
    EXPECT_EQ(renewal_times(30s, {}).times, (RenewalTimes{15s, 26250ms}));
}

TEST(RenewalTimesTest, ALeaseOfLessThanHalfAMinuteHasTheEarliestT1) {
    EXPECT_EQ(renewal_times(20s, {}).times, (RenewalTimes{15s, 18750ms}));
    EXPECT_EQ(renewal_times(16s, {}).times, (RenewalTimes{15s, 15750ms}));
}

TEST(RenewalTimesTest, T2KeepsItsDistanceToAT1ThatIsRaised) {
    EXPECT_EQ(renewal_times(1h, {1s, 3s}).times, (RenewalTimes{15s, 17s}));
    EXPECT_EQ(renewal_times(1h, {1s, 30min}).times, (RenewalTimes{15s, 30min}));
    EXPECT_EQ(renewal_times(20s, {1s, 14s}).times, (RenewalTimes{15s, 18750ms})) << "there is no room for it";
}

TEST(RenewalTimesTest, OnesOutOfOrderAreReplacedAndToldOf) {
    const GivenTimes kUnfit[] = {{0s, {}}, {2h, 3h}, {40min, 30min}, {{}, 1h}, {{}, 20min}, {59min, {}}};
    for (const auto& given : kUnfit) {
        const auto [times, fit] = renewal_times(1h, given);
        EXPECT_EQ(times, (RenewalTimes{30min, 52min + 30s}));
        EXPECT_FALSE(fit);
    }
}

}  // namespace
}  // namespace nlinit::dhcp
