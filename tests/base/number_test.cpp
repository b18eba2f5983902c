// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/number.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace nlinit {
namespace {

TEST(ParseNumberTest, TakesDigitsOnly) {
    EXPECT_EQ(parse_number<std::uint8_t>("255"), 255);
    for (const std::string_view text : {"", "256", "-1", "+1", " 1", "1 ", "0x1"})
        EXPECT_EQ(parse_number<std::uint8_t>(text), std::nullopt) << text;
}

}  // namespace
}  // namespace nlinit
