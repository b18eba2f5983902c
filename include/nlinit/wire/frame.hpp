// SPDX-License-Identifier: Apache-2.0
// A DHCP datagram in and out of IPv4 and UDP, as an AF_PACKET socket of type SOCK_DGRAM sees it: from the IPv4 header
// on.
#pragma once

#include <cstdint>
#include <variant>

#include "nlinit/base/bytes.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/net/ipv6_address.hpp"
#include "nlinit/wire/drop_reason.hpp"

namespace nlinit::wire {

inline constexpr std::uint16_t kServerPort = 67;  // RFC 2131 4.1
inline constexpr std::uint16_t kClientPort = 68;
inline constexpr std::size_t kIpHeaderSize = 20;
inline constexpr std::size_t kUdpHeaderSize = 8;

// What the kernel says of the UDP checksum. A peer on the same host (virtio, veth) leaves it to hardware that is not
// there; the kernel marks such frames TP_STATUS_CSUMNOTREADY (packet(7)).
enum class UdpChecksum : bool { verify, not_ready };

struct Datagram {
    Ipv4Address source;
    Ipv4Address destination;
    ByteView payload;  // borrowed from the frame
    std::uint16_t source_port = kServerPort;
};

// The one place where the lengths of frame, IPv4 header and UDP header meet. Gives the payload of a whole, unfragmented
// UDP datagram to a DHCP client's port, or the reason why it is none; bytes after it are padding. From which port it
// comes is the sender's affair: RFC 2131 4.1 names the port that servers listen on, and relays and gateways that
// translate addresses send from others.
[[nodiscard]] std::variant<Datagram, DropReason> unwrap(ByteView frame, UdpChecksum checksum);

// The payload as a datagram from client port to server port, with both checksums.
[[nodiscard]] Bytes wrap(Ipv4Address source, Ipv4Address destination, ByteView payload);

// A datagram that the kernel has sent or taken, as it looks from the IPv6 header on but for what a UDP socket does not
// tell: traffic class, flow label and extension headers are none, the hop limit is 1.
struct Ipv6Endpoint {
    Ipv6Address address;
    std::uint16_t port = 0;
};
[[nodiscard]] Bytes wrap(const Ipv6Endpoint& source, const Ipv6Endpoint& destination, ByteView payload);

}  // namespace nlinit::wire
