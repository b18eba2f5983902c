// SPDX-License-Identifier: Apache-2.0
// ARP (RFC 826) for IPv4 over Ethernet, as an AF_PACKET socket of type SOCK_DGRAM sees it: from the hardware type on.
#pragma once

#include <cstdint>
#include <optional>

#include "nlinit/base/bytes.hpp"
#include "nlinit/net/address.hpp"

namespace nlinit::wire {

inline constexpr std::size_t kArpSize = 28;

struct ArpPacket {
    enum class Operation : std::uint16_t { request = 1, reply = 2 };

    Operation operation = Operation::request;
    MacAddress sender_mac;
    Ipv4Address sender;
    MacAddress target_mac;
    Ipv4Address target;
    friend bool operator==(const ArpPacket&, const ArpPacket&) = default;
};

// RFC 5227 1.1: who has this address? Asked without claiming one, so that no cache is changed.
[[nodiscard]] ArpPacket make_arp_probe(MacAddress own, Ipv4Address address);
// RFC 5227 1.1: this address is ours; caches forget who had it before.
[[nodiscard]] ArpPacket make_arp_announcement(MacAddress own, Ipv4Address address);

// Nothing when it is for other hardware, another protocol, or cut short; what follows is padding.
[[nodiscard]] std::optional<ArpPacket> parse_arp(ByteView packet);
[[nodiscard]] Bytes serialize(const ArpPacket& packet);

}  // namespace nlinit::wire
