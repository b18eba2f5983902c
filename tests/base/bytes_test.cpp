// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nlinit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ByteReaderTest, ReadsBigEndianIntegersInOrder) {
    const Bytes data{0x01, 0x02, 0x03, 0xfc, 0xfd, 0xfe, 0xff};
    ByteReader in(data);
    EXPECT_EQ(in.u8(), 0x01);
    EXPECT_EQ(in.u16(), 0x0203);
    EXPECT_EQ(in.u32(), 0xfcfdfeffU);
    EXPECT_TRUE(in.at_end());
    EXPECT_FALSE(in.overrun());
}

TEST(ByteReaderTest, ReadingToTheLastByteIsNoOverrun) {
    const Bytes data{1, 2, 3};
    ByteReader in(data);
    EXPECT_THAT(in.bytes(3), ElementsAre(1, 2, 3));
    EXPECT_EQ(in.remaining(), 0U);
    EXPECT_FALSE(in.overrun());
    EXPECT_THAT(in.bytes(0), IsEmpty());
    EXPECT_FALSE(in.overrun());
}

TEST(ByteReaderTest, ReadingPastTheEndYieldsZerosFromThenOn) {
    const Bytes data{0xaa, 0xbb, 0xcc};
    ByteReader in(data);
    EXPECT_EQ(in.u32(), 0U);
    EXPECT_TRUE(in.overrun());
    EXPECT_EQ(in.u8(), 0);
    EXPECT_EQ(in.u16(), 0);
    EXPECT_TRUE(in.overrun());
    EXPECT_EQ(in.remaining(), 0U);
}

TEST(ByteReaderTest, SkippingPastTheEndGivesNothing) {
    const Bytes data{1, 2, 3};
    ByteReader in(data);
    EXPECT_THAT(in.bytes(4), IsEmpty());
    EXPECT_TRUE(in.overrun());
    EXPECT_THAT(in.bytes(1), IsEmpty());
}

TEST(ByteReaderTest, AnEmptySpanIsAtItsEndButNotOverrun) {
    ByteReader in(ByteView{});
    EXPECT_TRUE(in.at_end());
    EXPECT_FALSE(in.overrun());
    EXPECT_EQ(in.u8(), 0);
    EXPECT_TRUE(in.overrun());
}

TEST(ByteReaderTest, AHugeCountDoesNotWrapAround) {
    const Bytes data{1, 2};
    ByteReader in(data);
    EXPECT_EQ(in.u8(), 1);
    EXPECT_THAT(in.bytes(static_cast<std::size_t>(-1)), IsEmpty());
    EXPECT_TRUE(in.overrun());
}

TEST(ByteReaderTest, IsUsableInConstantExpressions) {
    static constexpr std::array<std::uint8_t, 3> data{0x12, 0x34, 0x56};
    constexpr auto first = [] {
        ByteReader in(data);
        return in.u16();
    }();
    static_assert(first == 0x1234);
}

TEST(ByteWriterTest, WritesBigEndianIntegersInOrder) {
    ByteWriter out;
    out.u8(0x01);
    out.u16(0x0203);
    out.u32(0x04050607);
    out.bytes(Bytes{0x08, 0x09});
    EXPECT_EQ(out.size(), 9U);
    EXPECT_THAT(std::move(out).take(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST(ByteWriterTest, PadsWithZerosButNeverCuts) {
    ByteWriter out;
    out.u16(0xffff);
    out.pad_to(4);
    out.pad_to(3);
    EXPECT_THAT(std::move(out).take(), ElementsAre(0xff, 0xff, 0, 0));
}

TEST(ByteWriterTest, WhatIsWrittenIsReadBack) {
    ByteWriter out;
    out.u32(0x80000001);
    out.u16(0x8001);
    out.u8(0x81);
    const Bytes data = std::move(out).take();
    ByteReader in(data);
    EXPECT_EQ(in.u32(), 0x80000001U);
    EXPECT_EQ(in.u16(), 0x8001);
    EXPECT_EQ(in.u8(), 0x81);
    EXPECT_TRUE(in.at_end());
    EXPECT_FALSE(in.overrun());
}

}  // namespace
}  // namespace nlinit
