// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/hex.hpp"

#include <gtest/gtest.h>

namespace nlinit {
namespace {

TEST(HexTest, BytesAreTwoDigitsEach) {
    EXPECT_EQ(to_hex(Bytes{0x00, 0x09, 0xa0, 0xff}), "0009a0ff");
    EXPECT_EQ(to_hex({}), "");
}

TEST(HexTest, EveryByteComesBack) {
    for (unsigned value = 0; value < 256; ++value) {
        const Bytes bytes{static_cast<std::uint8_t>(value), 0x5a};
        EXPECT_EQ(parse_hex(to_hex(bytes)), bytes);
    }
}

TEST(HexTest, CapitalsAreRead) {
    EXPECT_EQ(parse_hex("0aBCdE"), (Bytes{0x0a, 0xbc, 0xde}));
}

TEST(HexTest, NothingIsNoBytes) {
    EXPECT_EQ(parse_hex(""), Bytes{});
}

TEST(HexTest, WhatIsNoPairsOfDigitsIsRefused) {
    for (const auto* text : {"0", "012", "0g", "g0", " 1", "1 ", "+1", "-1", "0x", "01 02", "01:02"})
        EXPECT_FALSE(parse_hex(text)) << text;
}

}  // namespace
}  // namespace nlinit
