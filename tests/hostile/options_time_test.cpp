// SPDX-License-Identifier: Apache-2.0
// Lease times and the times of renewal (RFC 2131 4.4.5): no signed overflow, no storm of renewals.
#include "hostile/effect_fixture.hpp"

namespace nlinit {
namespace {

using dhcp::OptionCode;
using test::bytes_of;
using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;
using ::testing::Optional;
using ::testing::ValuesIn;

struct Times {
    std::string name;
    std::uint32_t lease;
    std::optional<Bytes> t1, t2;
    double renew_after, rebind_after;
};
std::ostream& operator<<(std::ostream& out, const Times& times) {
    return out << times.name;
}

const std::vector<Times> kTimes{
    {"none_given", 3600, {}, {}, 1800, 3150},
    {"both_good", 3600, bytes_of(600U), bytes_of(1200U), 600, 1200},
    {"t1_0", 3600, bytes_of(0U), bytes_of(1200U), 1800, 3150},
    {"t1_above_t2", 3600, bytes_of(1201U), bytes_of(1200U), 1800, 3150},
    {"t1_as_t2", 3600, bytes_of(1200U), bytes_of(1200U), 1800, 3150},
    {"t2_above_the_lease", 3600, bytes_of(600U), bytes_of(3601U), 1800, 3150},
    {"t2_as_the_lease", 3600, bytes_of(600U), bytes_of(3600U), 1800, 3150},
    {"both_at_their_most", 3600, Bytes(4, 255), Bytes(4, 255), 1800, 3150},
    {"both_0", 3600, Bytes(4), Bytes(4), 1800, 3150},
    {"both_of_3_bytes", 3600, Bytes(3, 1), Bytes(3, 2), 1800, 3150},
    {"both_of_5_bytes", 3600, Bytes{0, 0, 2, 88, 9}, Bytes{0, 0, 4, 176, 9}, 600, 1200},
    {"lease_of_30", 30, {}, {}, 15, 26},
    {"lease_of_16", 16, {}, {}, 15, 15},
    {"t1_of_a_second", 86400, bytes_of(1U), bytes_of(75600U), 15, 75600},
    {"both_of_a_second_or_two", 86400, bytes_of(1U), bytes_of(2U), 15, 16},
    {"lease_of_half_of_all", 0x80000000, {}, {}, 0x40000000, 0x70000000},
    {"lease_of_nearly_all", 0xfffffffe, {}, {}, 0x7fffffff, 3758096382},
};

class LeaseTimes : public test::EffectFixture, public ::testing::WithParamInterface<Times> {};

TEST_P(LeaseTimes, AreMadeSane) {
    const auto& times = GetParam();
    exchange([&](auto& answer) {
        answer.set(OptionCode::lease_time, bytes_of(times.lease));
        if (times.t1) answer.set(OptionCode::renewal_time, *times.t1);
        if (times.t2) answer.set(OptionCode::rebinding_time, *times.t2);
    });
    expect_success();
    EXPECT_EQ(lease()["seconds"].number(), times.lease);
    // A tenth sooner or later, at random, and whole seconds.
    EXPECT_THAT(lease()["renew_after"].number(),
                Optional(AllOf(Ge(times.renew_after * 0.9 - 1), Le(times.renew_after * 1.1))));
    EXPECT_THAT(lease()["rebind_after"].number(),
                Optional(AllOf(Ge(times.rebind_after * 0.9 - 1), Le(times.rebind_after * 1.1))));
    EXPECT_GE(lease()["renew_after"].number(), 15);
    EXPECT_THAT(test::lifetime_of("192.0.2.50/24", "eth0", cable_.client),
                Optional(AllOf(Ge(times.lease - 5), Le(times.lease))));
}
INSTANTIATE_TEST_SUITE_P(Exchange, LeaseTimes, ValuesIn(kTimes), test::kByName);

class LeaseOfASpecialLength : public test::EffectFixture {};

TEST_F(LeaseOfASpecialLength, ForEverHasNoTimersAndNoLifetime) {
    exchange(test::with(OptionCode::lease_time, Bytes(4, 255)));
    expect_success();
    EXPECT_TRUE(lease()["infinite"].flag());
    EXPECT_FALSE(lease().has("renew_after"));
    EXPECT_EQ(test::lifetime_of("192.0.2.50/24", "eth0", cable_.client), std::nullopt);
}

TEST_F(LeaseOfASpecialLength, BytesBehindItAreNoPartOfIt) {
    exchange(test::with(OptionCode::lease_time, Bytes{0, 0, 2, 88, 9}));
    expect_success();
    EXPECT_EQ(lease()["seconds"].number(), 600);
}

// RFC 3396 joins the two, and the first four bytes are the time.
TEST_F(LeaseOfASpecialLength, SentTwiceTheFirstCounts) {
    exchange([](auto& answer) {
        answer.set(OptionCode::lease_time, bytes_of(600U));
        answer.add(OptionCode::lease_time, bytes_of(60U));
    });
    expect_success();
    EXPECT_EQ(lease()["seconds"].number(), 600);
}

// Renewed every half second it would be a storm, and used for longer it would be another's.
TEST_F(LeaseOfASpecialLength, OneSecondIsKeptAndWarnedOf) {
    exchange(test::with(OptionCode::lease_time, bytes_of(1U)));
    EXPECT_EQ(finished().exit_code, 0);
    EXPECT_EQ(lease()["seconds"].number(), 1);
    EXPECT_EQ(lease()["renew_after"].number(), 1);
    EXPECT_EQ(lease()["rebind_after"].number(), 1);
    EXPECT_THAT(finished().errors, ::testing::HasSubstr("lease of 1 s is too short to renew"));
    EXPECT_THAT(test::lifetime_of("192.0.2.50/24", "eth0", cable_.client).value_or(1), Le(1U))
        << "of one that may be gone by now";
}

}  // namespace
}  // namespace nlinit
