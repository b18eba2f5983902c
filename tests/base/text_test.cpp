#include "nlinit/base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nlinit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TakeField, TakesTheSeparatorWithTheField) {
    std::string_view rest = "a:b::c";
    EXPECT_EQ(take_field(rest, ':'), "a");
    EXPECT_EQ(take_field(rest, ':'), "b");
    EXPECT_EQ(take_field(rest, ':'), "");
    EXPECT_EQ(rest, "c");
    EXPECT_EQ(take_field(rest, ':'), "c");
    EXPECT_EQ(rest, "");
    EXPECT_EQ(take_field(rest, ':'), "");
}

TEST(TakeField, KnowsSeveralSeparators) {
    std::string_view rest = "a b\tc";
    EXPECT_EQ(take_field(rest, " \t"), "a");
    EXPECT_EQ(take_field(rest, " \t"), "b");
    EXPECT_EQ(rest, "c");
}

TEST(Split, LeavesOutWhatIsEmpty) {
    EXPECT_THAT(split("", ','), IsEmpty());
    EXPECT_THAT(split(",,", ','), IsEmpty());
    EXPECT_THAT(split("a", ','), ElementsAre("a"));
    EXPECT_THAT(split(",a,,b,", ','), ElementsAre("a", "b"));
    EXPECT_THAT(split("a b\nc\n", " \n"), ElementsAre("a", "b", "c"));
}

}  // namespace
}  // namespace nlinit
