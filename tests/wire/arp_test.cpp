// SPDX-License-Identifier: Apache-2.0
#include "nlinit/wire/arp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace nlinit::wire {
namespace {

constexpr MacAddress kOwn{{0x52, 0x54, 0x00, 0x12, 0x34, 0x56}};
constexpr Ipv4Address kAddress{192, 0, 2, 50};

const Bytes kProbeBytes{0,    1,    8,    0,    6,    4,    0,   1,        // who has
                        0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0,   0, 0, 0,  // nobody asks
                        0,    0,    0,    0,    0,    0,    192, 0, 2, 50};

TEST(ArpTest, AProbeAsksWithoutClaimingAnAddress) {
    EXPECT_EQ(serialize(make_arp_probe(kOwn, kAddress)), kProbeBytes);
}

TEST(ArpTest, AnAnnouncementClaimsTheAddressItAsksFor) {
    const auto announcement = make_arp_announcement(kOwn, kAddress);
    EXPECT_EQ(announcement.sender, kAddress);
    EXPECT_EQ(announcement.target, kAddress);
    EXPECT_EQ(announcement.sender_mac, kOwn);
    EXPECT_EQ(announcement.operation, ArpPacket::Operation::request) << "RFC 5227 3";
}

TEST(ArpTest, WhatIsWrittenIsRead) {
    const ArpPacket reply{ArpPacket::Operation::reply, kOwn, kAddress, MacAddress{{2, 0, 0, 0, 0, 1}}, {192, 0, 2, 1}};
    EXPECT_EQ(parse_arp(serialize(reply)), reply);
}

TEST(ArpTest, PaddingBehindThePacketIsNotRead) {
    Bytes padded = kProbeBytes;
    padded.resize(46, 0xff);
    EXPECT_EQ(parse_arp(padded), make_arp_probe(kOwn, kAddress));
}

TEST(ArpTest, WhatIsCutShortIsNothing) {
    for (std::size_t size = 0; size < kArpSize; ++size)
        EXPECT_EQ(parse_arp(ByteView(kProbeBytes).first(size)), std::nullopt) << size;
}

TEST(ArpTest, OtherHardwareProtocolsSizesAndOperationsAreNothing) {
    for (const std::size_t byte : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U}) {
        Bytes other = kProbeBytes;
        other[byte] ^= 0x40;
        EXPECT_EQ(parse_arp(other), std::nullopt) << "byte " << byte;
    }
    Bytes rarp = kProbeBytes;
    rarp[7] = 3;
    EXPECT_EQ(parse_arp(rarp), std::nullopt);
}

}  // namespace
}  // namespace nlinit::wire
