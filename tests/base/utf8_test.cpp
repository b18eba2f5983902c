// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/utf8.hpp"

#include <gtest/gtest.h>

namespace nlinit {
namespace {

std::string utf8_of(std::uint32_t code_point) {
    std::string out;
    append_utf8(out, code_point);
    return out;
}

TEST(Utf8Test, CodePointsOfEveryLength) {
    EXPECT_EQ(utf8_of('a'), "a");
    EXPECT_EQ(utf8_of(0x7f), "\x7f");
    EXPECT_EQ(utf8_of(0x80), "\xc2\x80");
    EXPECT_EQ(utf8_of(0xe4), "ä");
    EXPECT_EQ(utf8_of(0x7ff), "\xdf\xbf");
    EXPECT_EQ(utf8_of(0x800), "\xe0\xa0\x80");
    EXPECT_EQ(utf8_of(0x20ac), "€");
    EXPECT_EQ(utf8_of(0xffff), "\xef\xbf\xbf");
    EXPECT_EQ(utf8_of(0x10000), "\xf0\x90\x80\x80");
    EXPECT_EQ(utf8_of(0x1f600), "😀");
    EXPECT_EQ(utf8_of(0x10ffff), "\xf4\x8f\xbf\xbf");
}

TEST(Utf8Test, WhatIsNoCharacterIsReplaced) {
    for (const std::uint32_t code_point : {0xd800U, 0xdfffU, 0x110000U, 0xffffffffU})
        EXPECT_EQ(utf8_of(code_point), "\xef\xbf\xbd") << code_point;
}

TEST(Utf8Test, WhatIsWrittenIsReadInItsLength) {
    for (std::uint32_t code_point = 0; code_point < 0x110000; code_point += 61) {
        const auto text = utf8_of(code_point);
        EXPECT_EQ(utf8_length(text), text.size()) << code_point;
        EXPECT_EQ(utf8_length(text + 'x'), text.size()) << code_point;
        if (text.size() > 1) {
            EXPECT_EQ(utf8_length(text.substr(0, text.size() - 1)), 0U) << code_point;
        }
    }
}

TEST(Utf8Test, WhatIsWrittenIsReadAsItWas) {
    for (std::uint32_t code_point = 0; code_point < 0x110000; code_point += 61) {
        if (code_point >= 0xd800 && code_point < 0xe000) continue;
        EXPECT_EQ(code_point_of(utf8_of(code_point)), code_point);
    }
}

}  // namespace
}  // namespace nlinit
