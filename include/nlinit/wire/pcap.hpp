// SPDX-License-Identifier: Apache-2.0
// Packets as tcpdump and Wireshark read them: the pcap file format (pcap-savefile(5)), one header and then records.
//
// The link type is LINUX_SLL, "cooked": it has room for packets without an Ethernet header, as an AF_PACKET socket of
// type SOCK_DGRAM gives and takes them, for IPv4 and ARP in one file, and for which way each went.
//
//     write(fd, wire::pcap::file_header());
//     write(fd, wire::pcap::record({now, PacketType::outgoing, kEtherTypeIpv4, our_mac, packet}));
#pragma once

#include <chrono>
#include <cstdint>

#include "nlinit/base/bytes.hpp"
#include "nlinit/net/address.hpp"

namespace nlinit::wire::pcap {

inline constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
inline constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;
inline constexpr std::uint16_t kEtherTypeArp = 0x0806;

// tcpdump's own, and the most that readers take for a record's length.
inline constexpr std::uint32_t kSnapLength = 262144;

// Numbered as in sll_pkttype (packet(7)): what the kernel says of a packet can be cast to it.
enum class PacketType : std::uint16_t { to_us = 0, broadcast = 1, multicast = 2, to_other = 3, outgoing = 4 };

struct CapturedPacket {
    std::chrono::nanoseconds at;  // since 1970, by the wall clock
    PacketType type;
    std::uint16_t ether_type;
    MacAddress sender;  // ours if it is outgoing
    ByteView bytes;     // behind the Ethernet header
};

// For times in nanoseconds: a server on the same host answers within a few microseconds. Big endian on every machine;
// readers tell by the first four bytes.
[[nodiscard]] Bytes file_header();
[[nodiscard]] Bytes record(const CapturedPacket& packet);

}  // namespace nlinit::wire::pcap
