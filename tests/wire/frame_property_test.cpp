// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "nlinit/wire/frame.hpp"
#include "wire/server_frame.hpp"

namespace nlinit::wire {
namespace {

using test::ServerFrame;

std::uint8_t byte_of(std::mt19937& random) {
    return static_cast<std::uint8_t>(random());
}

// Whatever comes in, what goes out lies within it, behind both headers.
void expect_within(ByteView frame, UdpChecksum checksum) {
    const auto result = unwrap(frame, checksum);
    const auto* datagram = std::get_if<Datagram>(&result);
    if (datagram == nullptr) {
        EXPECT_LT(static_cast<std::size_t>(std::get<DropReason>(result)), kDropReasonCount);
        return;
    }
    const auto* begin = datagram->payload.data();
    EXPECT_GE(begin, frame.data() + kIpHeaderSize + kUdpHeaderSize);
    EXPECT_LE(begin + datagram->payload.size(), frame.data() + frame.size());
}

class FramePropertyTest : public testing::TestWithParam<unsigned> {};

TEST_P(FramePropertyTest, RandomBytesNeverLeadOutsideTheFrame) {
    SCOPED_TRACE("seed " + std::to_string(GetParam()));
    std::mt19937 random(GetParam());
    for (int round = 0; round < 3000; ++round) {
        Bytes frame(random() % 120);
        for (auto& byte : frame) byte = byte_of(random);
        if (!frame.empty() && random() % 2 == 0) frame[0] = static_cast<std::uint8_t>(0x40 | (random() % 16));
        expect_within(frame, UdpChecksum::verify);
        expect_within(frame, UdpChecksum::not_ready);
    }
}

// Lengths are spoiled and the IP checksum made right again, so that the arithmetic itself is reached.
TEST_P(FramePropertyTest, SpoiledLengthsNeverLeadOutsideTheFrame) {
    SCOPED_TRACE("seed " + std::to_string(GetParam()));
    std::mt19937 random(GetParam());
    for (int round = 0; round < 3000; ++round) {
        ServerFrame frame{.payload = Bytes(random() % 64, 0)};
        frame.ip_options = Bytes(random() % 11 * 4, 1);
        frame.udp_sum = 0;
        frame.padding = Bytes(random() % 32, 0);
        if (random() % 2 == 0) frame.total_length = static_cast<std::uint16_t>(random() % 160);
        if (random() % 2 == 0) frame.udp_length = static_cast<std::uint16_t>(random() % 120);
        Bytes bytes = frame.bytes();
        if (random() % 4 == 0) bytes.resize(random() % (bytes.size() + 1));
        expect_within(bytes, UdpChecksum::verify);
    }
}

TEST_P(FramePropertyTest, MutatedFramesNeverLeadOutsideTheFrame) {
    SCOPED_TRACE("seed " + std::to_string(GetParam()));
    std::mt19937 random(GetParam());
    const Bytes whole = ServerFrame{}.bytes();
    for (int round = 0; round < 3000; ++round) {
        Bytes frame = whole;
        for (auto changes = random() % 4; changes > 0; --changes) frame[random() % 40] = byte_of(random);
        frame.resize(random() % 3 == 0 ? random() % frame.size() : frame.size());
        expect_within(frame, random() % 2 == 0 ? UdpChecksum::verify : UdpChecksum::not_ready);
    }
}

// A change of one bit in the headers of a verified frame is always noticed.
TEST(FrameBitsTest, EveryFlippedHeaderBitIsADrop) {
    const Bytes whole = ServerFrame{}.bytes();
    for (std::size_t bit = 0; bit < 26 * 8; ++bit) {
        Bytes frame = whole;
        frame[bit / 8] = static_cast<std::uint8_t>(frame[bit / 8] ^ (1U << (bit % 8)));
        EXPECT_TRUE(std::holds_alternative<DropReason>(unwrap(frame, UdpChecksum::verify))) << bit;
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, FramePropertyTest, testing::Range(1U, 6U));

}  // namespace
}  // namespace nlinit::wire
