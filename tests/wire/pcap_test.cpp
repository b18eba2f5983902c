// SPDX-License-Identifier: Apache-2.0
#include "nlinit/wire/pcap.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nlinit::wire::pcap {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

constexpr MacAddress kMac({0x52, 0x54, 0x00, 0x12, 0x34, 0x56});
constexpr std::size_t kRecordHeaderSize = 16, kSllHeaderSize = 16;

Bytes slice(const Bytes& bytes, std::size_t from, std::size_t size) {
    const auto part = ByteView(bytes).subspan(from, size);
    return {part.begin(), part.end()};
}

Bytes time_of(std::chrono::nanoseconds at) {
    return slice(record({at, PacketType::to_us, kEtherTypeIpv4, kMac, {}}), 0, 8);
}

TEST(PcapTest, TheFileBeginsWithVersionNanosecondsAndCookedPackets) {
    EXPECT_THAT(file_header(), ElementsAreArray(Bytes{
                                   0xa1, 0xb2, 0x3c, 0x4d,  // magic: times in nanoseconds, big endian
                                   0x00, 0x02, 0x00, 0x04,  // 2.4
                                   0x00, 0x00, 0x00, 0x00,  //
                                   0x00, 0x00, 0x00, 0x00,  //
                                   0x00, 0x04, 0x00, 0x00,  // at most 262144 bytes a packet
                                   0x00, 0x00, 0x00, 0x71,  // LINKTYPE_LINUX_SLL
                               }));
}

TEST(PcapTest, ASentPacketIsARecordWithOurAddress) {
    const Bytes packet{0x45, 0x00, 0x01};
    const auto at = 1'700'000'000s + 123'456'789ns;
    EXPECT_THAT(record({at, PacketType::outgoing, kEtherTypeIpv4, kMac, packet}),
                ElementsAreArray(Bytes{
                    0x65, 0x53, 0xf1, 0x00,                          // seconds
                    0x07, 0x5b, 0xcd, 0x15,                          // nanoseconds
                    0x00, 0x00, 0x00, 0x13,                          // 19 bytes are here
                    0x00, 0x00, 0x00, 0x13,                          // of 19
                    0x00, 0x04,                                      // sent by us
                    0x00, 0x01,                                      // over Ethernet
                    0x00, 0x06,                                      // whose addresses have six bytes
                    0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x00, 0x00,  // in a field of eight
                    0x08, 0x00,                                      // IPv4
                    0x45, 0x00, 0x01,
                }));
}

TEST(PcapTest, TheWayAPacketWentIsNumberedAsTheKernelDoes) {
    const auto type_of = [](PacketType type) {
        return slice(record({0ns, type, kEtherTypeArp, kMac, {}}), kRecordHeaderSize, 2);
    };
    EXPECT_THAT(type_of(PacketType::to_us), ElementsAre(0, 0));
    EXPECT_THAT(type_of(PacketType::broadcast), ElementsAre(0, 1));
    EXPECT_THAT(type_of(PacketType::multicast), ElementsAre(0, 2));
    EXPECT_THAT(type_of(PacketType::to_other), ElementsAre(0, 3));
    EXPECT_THAT(type_of(PacketType::outgoing), ElementsAre(0, 4));
}

TEST(PcapTest, ArpIsToldFromIpv4ByItsEtherType) {
    const auto bytes = record({0ns, PacketType::broadcast, kEtherTypeArp, kMac, {}});
    EXPECT_THAT(slice(bytes, kRecordHeaderSize + 14, 2), ElementsAre(0x08, 0x06));
}

TEST(PcapTest, APacketOfNoBytesIsItsHeadersAlone) {
    const auto bytes = record({0ns, PacketType::to_us, kEtherTypeIpv4, kMac, {}});
    EXPECT_EQ(bytes.size(), kRecordHeaderSize + kSllHeaderSize);
    EXPECT_THAT(slice(bytes, 8, 8), ElementsAre(0, 0, 0, 16, 0, 0, 0, 16));
}

TEST(PcapTest, WhatIsLongerThanTheFileAllowsIsCutAndSaysSo) {
    const Bytes longest(kSnapLength - kSllHeaderSize), longer(kSnapLength - kSllHeaderSize + 1);
    const auto whole = record({0ns, PacketType::to_us, kEtherTypeIpv4, kMac, longest});
    EXPECT_EQ(whole.size(), kRecordHeaderSize + kSnapLength);
    EXPECT_THAT(slice(whole, 8, 8), ElementsAre(0, 4, 0, 0, 0, 4, 0, 0));
    const auto cut = record({0ns, PacketType::to_us, kEtherTypeIpv4, kMac, longer});
    EXPECT_EQ(cut.size(), kRecordHeaderSize + kSnapLength);
    EXPECT_THAT(slice(cut, 8, 8), ElementsAre(0, 4, 0, 0, 0, 4, 0, 1));
}

TEST(PcapTest, ATimeThatTheFormatDoesNotKnowIsTheNearestThatItDoes) {
    EXPECT_THAT(time_of(-1ns), ElementsAre(0, 0, 0, 0, 0, 0, 0, 0));
    EXPECT_THAT(time_of(999'999'999ns), ElementsAre(0, 0, 0, 0, 0x3b, 0x9a, 0xc9, 0xff));
    EXPECT_THAT(time_of(0xffff'ffffLL * 1s), ElementsAre(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0));
    EXPECT_THAT(time_of(0x1'0000'0000LL * 1s), ElementsAre(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0));
}

}  // namespace
}  // namespace nlinit::wire::pcap
