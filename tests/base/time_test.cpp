// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/time.hpp"

#include <gtest/gtest.h>

namespace nlinit {
namespace {

using namespace std::chrono_literals;

TEST(InWords, SaysSecondsWhereThereAreNoOthers) {
    EXPECT_EQ(in_words(2s), "2 s");
    EXPECT_EQ(in_words(90min), "5400 s");
    EXPECT_EQ(in_words(0s), "0 s");
}

TEST(InWords, SaysMillisecondsElse) {
    EXPECT_EQ(in_words(1500ms), "1500 ms");
    EXPECT_EQ(in_words(1ms), "1 ms");
}

}  // namespace
}  // namespace nlinit
