// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/result.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>

namespace nlinit {
namespace {

Result<int> half_of(int number) {
    if (number % 2 != 0) return Error{EINVAL, "halve " + std::to_string(number)};
    return number / 2;
}

Result<> check(bool good) {
    if (!good) return Error{0, "it is not good"};
    return {};
}

TEST(ResultTest, AValueIsOkAndReadable) {
    const auto result = half_of(84);
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(*result, 42);
}

TEST(ResultTest, AnErrorKeepsItsCodeAndSentence) {
    const auto result = half_of(7);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, EINVAL);
    EXPECT_EQ(result.error().what, "halve 7");
}

TEST(ResultTest, NoValueIsOkByDefault) {
    EXPECT_TRUE(check(true).ok());
    const auto result = check(false);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().what, "it is not good");
}

TEST(ResultTest, CarriesAndGivesAwayMoveOnlyValues) {
    Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
    ASSERT_TRUE(result.ok());
    const std::unique_ptr<int> taken = *std::move(result);
    ASSERT_TRUE(taken);
    EXPECT_EQ(*taken, 7);
}

TEST(ResultTest, MembersAreReachedByArrow) {
    Result<std::string> result(std::string("abc"));
    result->push_back('d');
    EXPECT_EQ(std::as_const(result)->size(), 4U);
    EXPECT_EQ(*result, "abcd");
}

TEST(ErrorTest, IsPrintedWithTheNameOfItsErrno) {
    EXPECT_EQ(to_string(Error{EPERM, "mount tmpfs on /run"}), "mount tmpfs on /run: Operation not permitted");
}

TEST(ErrorTest, IsPrintedBareWithoutAnErrno) {
    EXPECT_EQ(to_string(Error{0, "no such profile"}), "no such profile");
}

}  // namespace
}  // namespace nlinit
