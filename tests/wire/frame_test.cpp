// SPDX-License-Identifier: Apache-2.0
#include "nlinit/wire/frame.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "wire/server_frame.hpp"

namespace nlinit::wire {

void PrintTo(const Datagram& datagram, std::ostream* out) {
    *out << datagram.source.to_string() << " to " << datagram.destination.to_string() << ", " << datagram.payload.size()
         << " bytes";
}

namespace {

using test::ServerFrame;
using Words = std::vector<std::uint16_t>;

std::optional<DropReason> drop_of(ByteView frame, UdpChecksum checksum = UdpChecksum::verify) {
    const auto result = unwrap(frame, checksum);
    if (const auto* reason = std::get_if<DropReason>(&result)) return *reason;
    return std::nullopt;
}

std::optional<Bytes> payload_of(ByteView frame, UdpChecksum checksum = UdpChecksum::verify) {
    const auto result = unwrap(frame, checksum);
    const auto* datagram = std::get_if<Datagram>(&result);
    if (datagram == nullptr) return std::nullopt;
    return Bytes(datagram->payload.begin(), datagram->payload.end());
}

Bytes ascending(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i);
    return bytes;
}

TEST(FrameTest, AWholeDatagramGivesItsPayloadAndAddresses) {
    ServerFrame frame{.payload = ascending(300)};
    const Bytes bytes = frame.bytes();
    const auto result = unwrap(bytes, UdpChecksum::verify);
    const auto* datagram = std::get_if<Datagram>(&result);
    ASSERT_NE(datagram, nullptr);
    EXPECT_EQ(datagram->source, frame.source);
    EXPECT_EQ(datagram->destination, frame.destination);
    EXPECT_EQ(Bytes(datagram->payload.begin(), datagram->payload.end()), frame.payload);
    EXPECT_EQ(datagram->payload.data(), bytes.data() + 28);
}

TEST(FrameTest, EverythingShorterThanAnIpHeaderIsDropped) {
    const Bytes whole = ServerFrame{}.bytes();
    for (std::size_t size = 0; size < kIpHeaderSize; ++size) {
        EXPECT_EQ(drop_of(ByteView(whole).first(size)), DropReason::short_ip_header) << size;
    }
}

TEST(FrameTest, AFrameCutAnywhereIsDropped) {
    const Bytes whole = ServerFrame{}.bytes();
    for (std::size_t size = kIpHeaderSize; size < whole.size(); ++size) {
        // A copy of exactly this size, so that a sanitizer sees a read beyond it.
        const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(drop_of(cut), DropReason::bad_total_length) << size;
    }
}

TEST(FrameTest, AnotherIpVersionIsDropped) {
    for (const std::uint8_t version : Bytes{0, 1, 3, 5, 6, 15}) {
        ServerFrame frame;
        frame.version = version;
        EXPECT_EQ(drop_of(frame.bytes()), DropReason::not_ipv4) << int{version};
    }
}

TEST(FrameTest, AHeaderLengthBelowFiveWordsIsDropped) {
    for (std::uint8_t ihl = 0; ihl < 5; ++ihl) {
        ServerFrame frame;
        frame.ihl = ihl;
        EXPECT_EQ(drop_of(frame.bytes()), DropReason::bad_header_length) << int{ihl};
    }
}

TEST(FrameTest, AHeaderBeyondTheFrameIsDropped) {
    for (std::uint8_t ihl = 6; ihl <= 15; ++ihl) {
        ServerFrame frame{.payload = {}};
        frame.ihl = ihl;
        Bytes bytes = frame.bytes();
        bytes.resize(ihl * 4U - 1);
        EXPECT_EQ(drop_of(bytes), DropReason::bad_header_length) << int{ihl};
    }
}

TEST(FrameTest, IpOptionsAreSkipped) {
    for (std::size_t words = 1; words <= 10; ++words) {
        ServerFrame frame{.payload = ascending(260)};
        frame.ip_options = Bytes(words * 4, 1);  // no operation
        EXPECT_EQ(payload_of(frame.bytes()), frame.payload) << words;
    }
}

TEST(FrameTest, ATotalLengthBeyondTheFrameIsDropped) {
    for (const std::uint16_t length : Words{269, 270, 1500, 0x7fff, 0x8000, 0xffff}) {
        ServerFrame frame;  // of 268 bytes
        frame.total_length = length;
        EXPECT_EQ(drop_of(frame.bytes()), DropReason::bad_total_length) << length;
    }
}

TEST(FrameTest, ATotalLengthWithoutRoomForAUdpHeaderIsDropped) {
    for (std::uint16_t length = 0; length < 28; ++length) {
        ServerFrame frame;
        frame.total_length = length;
        EXPECT_EQ(drop_of(frame.bytes()), DropReason::bad_total_length) << length;
    }
    ServerFrame with_options;
    with_options.ip_options = Bytes(40, 1);
    with_options.total_length = 67;
    EXPECT_EQ(drop_of(with_options.bytes()), DropReason::bad_total_length);
}

// total length 20, UDP length 0 and no checksum pass every check of some clients, which then copy -8 bytes.
TEST(FrameTest, AnIpHeaderAloneWithoutUdpChecksumIsDropped) {
    ServerFrame frame;
    frame.total_length = 20;
    frame.udp_length = 0;
    frame.udp_sum = 0;
    EXPECT_EQ(drop_of(frame.bytes()), DropReason::bad_total_length);
}

TEST(FrameTest, UdpLengthBelowItsHeaderIsDropped) {
    for (std::uint16_t length = 0; length < kUdpHeaderSize; ++length) {
        ServerFrame frame;
        frame.udp_length = length;
        frame.udp_sum = 0;
        EXPECT_EQ(drop_of(frame.bytes()), DropReason::bad_udp_length) << length;
        EXPECT_EQ(drop_of(frame.bytes(), UdpChecksum::not_ready), DropReason::bad_udp_length) << length;
    }
}

TEST(FrameTest, UdpLengthBeyondTheIpPayloadIsDropped) {
    for (const std::uint16_t length : Words{249, 250, 1500, 0x7fff, 0x8000, 0xffff}) {
        ServerFrame frame;  // 248 bytes of UDP
        frame.udp_length = length;
        frame.udp_sum = 0;
        frame.padding = Bytes(2000, 0);  // the frame has room for it, the IP datagram has not
        EXPECT_EQ(drop_of(frame.bytes()), DropReason::bad_udp_length) << length;
    }
    ServerFrame with_options;
    with_options.ip_options = Bytes(4, 1);
    with_options.udp_length = 252;  // what a reader would allow who forgets the IP options
    with_options.udp_sum = 0;
    EXPECT_EQ(drop_of(with_options.bytes()), DropReason::bad_udp_length);
}

TEST(FrameTest, AnEmptyDatagramHasAnEmptyPayload) {
    EXPECT_EQ(payload_of(ServerFrame{.payload = {}}.bytes()), Bytes{});
}

TEST(FrameTest, EthernetPaddingIsNotPayload) {
    ServerFrame frame{.payload = ascending(250)};
    frame.padding = Bytes(46, 0xff);
    EXPECT_EQ(payload_of(frame.bytes()), frame.payload);
}

TEST(FrameTest, BytesBetweenTheEndOfUdpAndTheEndOfIpAreNotPayload) {
    ServerFrame frame{.payload = ascending(250)};
    Bytes bytes = frame.bytes();
    bytes.insert(bytes.end(), 6, 0xee);
    test::put_u16(bytes, 2, static_cast<std::uint16_t>(bytes.size()));
    test::put_u16(bytes, 10, test::ip_checksum(bytes, 20));
    EXPECT_EQ(payload_of(bytes), frame.payload);
}

TEST(FrameTest, FragmentsAreDropped) {
    for (const std::uint16_t fragment : Words{0x2000, 0x0001, 0x1fff, 0x2001, 0x6000, 0x4001}) {
        ServerFrame frame;
        frame.fragment = fragment;
        EXPECT_EQ(drop_of(frame.bytes()), DropReason::fragment) << fragment;
    }
}

TEST(FrameTest, DontFragmentIsNoFragment) {
    for (const std::uint16_t fragment : Words{0x0000, 0x4000}) {
        ServerFrame frame;
        frame.fragment = fragment;
        EXPECT_EQ(drop_of(frame.bytes()), std::nullopt) << fragment;
    }
}

TEST(FrameTest, ABadIpChecksumIsDroppedWhateverTheKernelSaysOfUdp) {
    ServerFrame frame;
    const Bytes good = frame.bytes();
    for (const std::uint16_t change : Words{0x0001, 0x0100, 0x8000}) {
        frame.ip_sum = static_cast<std::uint16_t>(test::get_u16(good, 10) ^ change);
        EXPECT_EQ(drop_of(frame.bytes()), DropReason::bad_ip_checksum) << change;
        EXPECT_EQ(drop_of(frame.bytes(), UdpChecksum::not_ready), DropReason::bad_ip_checksum) << change;
    }
}

TEST(FrameTest, AZeroIpChecksumIsNoExcuse) {
    ServerFrame frame;
    frame.ip_sum = 0;
    EXPECT_EQ(drop_of(frame.bytes()), DropReason::bad_ip_checksum);
}

TEST(FrameTest, AnotherProtocolIsDropped) {
    for (const std::uint8_t protocol : Bytes{0, 1, 6, 16, 18, 136, 255}) {
        ServerFrame frame;
        frame.protocol = protocol;
        EXPECT_EQ(drop_of(frame.bytes()), DropReason::not_udp) << int{protocol};
    }
}

TEST(FrameTest, OtherPortsAreDropped) {
    struct Row {
        std::uint16_t source, destination;
    };
    for (const auto& [source, destination] : {Row{68, 67}, Row{67, 67}, Row{67, 69}, Row{67, 0}, Row{0x4300, 0x4400}}) {
        ServerFrame frame;
        frame.source_port = source;
        frame.destination_port = destination;
        EXPECT_EQ(drop_of(frame.bytes()), DropReason::other_port) << source << " to " << destination;
    }
}

// Relays and gateways that translate addresses answer from other ports than 67.
TEST(FrameTest, FromWhichPortAnAnswerComesIsSaidAndNoReasonToDropIt) {
    for (const std::uint16_t port : std::vector<std::uint16_t>{0, 67, 68, 1067, 49152, 65535}) {
        ServerFrame frame;
        frame.source_port = port;
        const Bytes bytes = frame.bytes();
        const auto result = unwrap(bytes, UdpChecksum::verify);
        ASSERT_TRUE(std::holds_alternative<Datagram>(result)) << port;
        EXPECT_EQ(std::get<Datagram>(result).source_port, port);
    }
}

TEST(FrameTest, OurOwnPacketLoopedBackIsDropped) {
    const Bytes own = wrap(Ipv4Address(), kBroadcastAddress, Bytes(300, 1));
    EXPECT_EQ(drop_of(own), DropReason::other_port);
}

TEST(FrameTest, ABadUdpChecksumIsDroppedUnlessTheKernelSaysThatItIsNotReady) {
    ServerFrame frame{.payload = ascending(251)};
    const Bytes good = frame.bytes();
    for (const std::uint16_t change : Words{0x0001, 0x0100, 0x8000}) {
        frame.udp_sum = static_cast<std::uint16_t>(test::get_u16(good, 26) ^ change);
        EXPECT_EQ(drop_of(frame.bytes()), DropReason::bad_udp_checksum) << change;
        EXPECT_EQ(payload_of(frame.bytes(), UdpChecksum::not_ready), frame.payload) << change;
    }
}

TEST(FrameTest, EveryDamagedByteUnderTheUdpChecksumIsNoticed) {
    const Bytes good = ServerFrame{.payload = ascending(250)}.bytes();
    for (std::size_t at = 28; at < good.size(); ++at) {
        Bytes damaged = good;
        damaged[at] ^= 0x10;
        EXPECT_EQ(drop_of(damaged), DropReason::bad_udp_checksum) << at;
    }
}

TEST(FrameTest, TheUdpChecksumCoversTheAddresses) {
    ServerFrame frame;
    const std::uint16_t sum = test::get_u16(frame.bytes(), 26);
    frame.udp_sum = sum;
    frame.source = Ipv4Address(10, 0, 2, 3);
    EXPECT_EQ(drop_of(frame.bytes()), DropReason::bad_udp_checksum);
}

TEST(FrameTest, APayloadOfOddLengthIsSummedWithAZeroAfterIt) {
    for (const std::size_t size : {241U, 243U, 299U, 301U}) {
        ServerFrame frame{.payload = ascending(size)};
        EXPECT_EQ(payload_of(frame.bytes()), frame.payload) << size;
        // What follows the datagram is not part of the sum.
        frame.padding = Bytes(3, 0xff);
        EXPECT_EQ(payload_of(frame.bytes()), frame.payload) << size;
    }
}

TEST(FrameTest, NoUdpChecksumIsAccepted) {
    ServerFrame frame{.payload = ascending(250)};
    frame.udp_sum = 0;
    EXPECT_EQ(payload_of(frame.bytes()), frame.payload);
}

// RFC 768: a sum that comes out as zero is transmitted as all ones.
Bytes payload_that_sums_to_zero(const ServerFrame& frame) {
    ServerFrame probe = frame;
    probe.payload.resize(252);
    test::put_u16(probe.payload, 250, 0);
    test::put_u16(probe.payload, 250, test::get_u16(probe.bytes(), 26));
    return probe.payload;
}

TEST(FrameTest, ARightSumSentAsAllOnesIsAccepted) {
    ServerFrame frame{.payload = ascending(250)};
    frame.payload = payload_that_sums_to_zero(frame);
    frame.udp_sum = 0xffff;
    ASSERT_EQ(test::udp_checksum(frame.bytes(), 20), 0xffff);
    EXPECT_EQ(payload_of(frame.bytes()), frame.payload);
}

TEST(FrameTest, AWrongSumOfAllOnesIsDropped) {
    ServerFrame frame{.payload = ascending(250)};
    frame.udp_sum = 0xffff;
    EXPECT_EQ(drop_of(frame.bytes()), DropReason::bad_udp_checksum);
}

TEST(FrameTest, WrapWritesAnIpv4UdpDatagramFromClientToServer) {
    const Bytes payload = ascending(301);
    const Bytes frame = wrap(Ipv4Address(10, 0, 2, 15), Ipv4Address(10, 0, 2, 2), payload);
    ASSERT_EQ(frame.size(), 28U + 301U);
    EXPECT_EQ(frame[0], 0x45);
    EXPECT_EQ(test::get_u16(frame, 2), frame.size());
    EXPECT_EQ(test::get_u16(frame, 6) & 0xbfff, 0) << "a fragment";
    EXPECT_GT(frame[8], 0) << "time to live";
    EXPECT_EQ(frame[9], 17);
    EXPECT_EQ(test::get_u16(frame, 10), test::ip_checksum(frame, 20));
    EXPECT_EQ(Bytes(frame.begin() + 12, frame.begin() + 20), (Bytes{10, 0, 2, 15, 10, 0, 2, 2}));
    EXPECT_EQ(test::get_u16(frame, 20), kClientPort);
    EXPECT_EQ(test::get_u16(frame, 22), kServerPort);
    EXPECT_EQ(test::get_u16(frame, 24), 8U + 301U);
    EXPECT_EQ(test::get_u16(frame, 26), test::udp_checksum(frame, 20));
    EXPECT_EQ(Bytes(frame.begin() + 28, frame.end()), payload);
}

TEST(FrameTest, WrapSendsAZeroSumAsAllOnes) {
    ServerFrame frame{.payload = ascending(250)};
    frame.source = Ipv4Address();
    frame.destination = kBroadcastAddress;
    const Bytes payload = payload_that_sums_to_zero(frame);  // ports may change places under the sum
    EXPECT_EQ(test::get_u16(wrap(frame.source, frame.destination, payload), 26), 0xffff);
}

TEST(FrameTest, WhatWrapWritesComesBackOncePortsChangePlaces) {
    for (const std::size_t size : {0U, 1U, 240U, 300U, 301U, 1472U}) {
        const Bytes payload = ascending(size);
        Bytes frame = wrap(Ipv4Address(), kBroadcastAddress, payload);
        test::put_u16(frame, 20, kServerPort);
        test::put_u16(frame, 22, kClientPort);
        EXPECT_EQ(payload_of(frame), payload) << size;
    }
}

// The checksum is that of `tcpdump -vv`.
TEST(FrameTest, ADatagramOfIpv6HasItsHeadersAndItsChecksum) {
    const Ipv6Endpoint client{*Ipv6Address::parse("fe80::5054:ff:fe12:3456"), 546};
    const Ipv6Endpoint servers{*Ipv6Address::parse("ff02::1:2"), 547};
    const Bytes payload{0x0b, 0x12, 0x34, 0x56};
    const Bytes packet = wrap(client, servers, payload);
    const Bytes wanted{0x60, 0,    0,    0,    0, 12, 17,   1,                                                     //
                       0xfe, 0x80, 0,    0,    0, 0,  0,    0,    0x50, 0x54, 0,    0xff, 0xfe, 0x12, 0x34, 0x56,  //
                       0xff, 0x02, 0,    0,    0, 0,  0,    0,    0,    0,    0,    0,    0,    1,    0,    2,     //
                       0x02, 0x22, 0x02, 0x23, 0, 12, 0x3a, 0xe6, 0x0b, 0x12, 0x34, 0x56};
    EXPECT_EQ(packet, wanted);
}

}  // namespace
}  // namespace nlinit::wire
