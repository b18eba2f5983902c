// SPDX-License-Identifier: Apache-2.0
#include "nlinit/wire/frame.hpp"

#include <initializer_list>

namespace nlinit::wire {
namespace {

constexpr std::uint8_t kProtocolUdp = 17;
constexpr std::uint16_t kMoreFragments = 0x2000;
constexpr std::uint16_t kFragmentOffset = 0x1fff;
constexpr std::uint16_t kDontFragment = 0x4000;
constexpr std::uint8_t kTimeToLive = 64;
constexpr std::size_t kPseudoHeaderSize = 12;  // RFC 768

// RFC 1071: the 16-bit one's complement sum, not yet complemented. A whole that contains its own checksum sums to
// 0xffff, whether a zero checksum was sent as such or as 0xffff.
std::uint16_t ones_complement_sum(std::initializer_list<ByteView> parts) {
    std::uint32_t sum = 0;
    for (const auto part : parts) {
        // Without an index, because the hardened build checks each use of one, and this runs before the route is set.
        bool is_high = true;
        for (const auto byte : part) {
            sum += is_high ? std::uint32_t{byte} << 8 : byte;
            is_high = !is_high;
        }
    }
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

Bytes pseudo_header(Ipv4Address source, Ipv4Address destination, std::uint16_t udp_length) {
    ByteWriter out(kPseudoHeaderSize);
    out.bytes(source.octets());
    out.bytes(destination.octets());
    out.u8(0);
    out.u8(kProtocolUdp);
    out.u16(udp_length);
    return std::move(out).take();
}

// RFC 8200 8.1.
Bytes pseudo_header(const Ipv6Address& source, const Ipv6Address& destination, std::uint16_t udp_length) {
    ByteWriter out;
    out.bytes(source.octets());
    out.bytes(destination.octets());
    out.u32(udp_length);
    out.u32(kProtocolUdp);
    return std::move(out).take();
}

struct UdpPorts {
    std::uint16_t source = kClientPort, destination = kServerPort;
};

Bytes udp_header(UdpPorts ports, std::uint16_t length, std::uint16_t checksum) {
    ByteWriter out(kUdpHeaderSize);
    out.u16(ports.source);
    out.u16(ports.destination);
    out.u16(length);
    out.u16(checksum);
    return std::move(out).take();
}

Bytes ip_header(Ipv4Address source, Ipv4Address destination, std::uint16_t total_length, std::uint16_t checksum) {
    ByteWriter out(kIpHeaderSize);
    out.u8(0x45);  // version 4, five words
    out.u8(0);
    out.u16(total_length);
    out.u16(0);
    out.u16(kDontFragment);
    out.u8(kTimeToLive);
    out.u8(kProtocolUdp);
    out.u16(checksum);
    out.bytes(source.octets());
    out.bytes(destination.octets());
    return std::move(out).take();
}

constexpr std::uint16_t complement(std::uint16_t sum) {
    return static_cast<std::uint16_t>(~sum);
}

// RFC 768: 0 says that there is no checksum.
Bytes finished_udp_header(UdpPorts ports, const Bytes& pseudo, std::uint16_t length, ByteView payload) {
    const auto sum = complement(ones_complement_sum({pseudo, udp_header(ports, length, 0), payload}));
    return udp_header(ports, length, sum == 0 ? 0xffff : sum);
}

std::variant<Datagram, DropReason> unwrap_udp(Ipv4Address source, Ipv4Address destination, ByteView packet,
                                              UdpChecksum checksum) {
    ByteReader in(packet);
    const auto source_port = in.u16();
    const auto destination_port = in.u16();
    const auto length = in.u16();
    const auto sum = in.u16();
    if (destination_port != kClientPort) return DropReason::other_port;
    if (length < kUdpHeaderSize || length > packet.size()) return DropReason::bad_udp_length;
    const ByteView datagram = packet.first(length);
    if (sum != 0 && checksum == UdpChecksum::verify &&
        ones_complement_sum({pseudo_header(source, destination, length), datagram}) != 0xffff)
        return DropReason::bad_udp_checksum;
    return Datagram{source, destination, datagram.subspan(kUdpHeaderSize), source_port};
}

}  // namespace

std::variant<Datagram, DropReason> unwrap(ByteView frame, UdpChecksum checksum) {
    if (frame.size() < kIpHeaderSize) return DropReason::short_ip_header;
    ByteReader in(frame);
    const auto version_and_words = in.u8();
    in.u8();  // type of service
    const std::size_t total_length = in.u16();
    in.u16();  // identification
    const auto fragment = in.u16();
    in.u8();  // time to live
    const auto protocol = in.u8();
    in.u16();  // header checksum
    const auto source = Ipv4Address::from_integer(in.u32());
    const auto destination = Ipv4Address::from_integer(in.u32());

    if (version_and_words >> 4 != 4) return DropReason::not_ipv4;
    const std::size_t header_size = std::size_t{version_and_words & 0xfU} * 4;
    if (header_size < kIpHeaderSize || header_size > frame.size()) return DropReason::bad_header_length;
    if (total_length > frame.size() || total_length < header_size + kUdpHeaderSize) return DropReason::bad_total_length;
    if ((fragment & (kMoreFragments | kFragmentOffset)) != 0) return DropReason::fragment;
    if (ones_complement_sum({frame.first(header_size)}) != 0xffff) return DropReason::bad_ip_checksum;
    if (protocol != kProtocolUdp) return DropReason::not_udp;
    return unwrap_udp(source, destination, frame.subspan(header_size, total_length - header_size), checksum);
}

Bytes wrap(Ipv4Address source, Ipv4Address destination, ByteView payload) {
    const auto udp_length = static_cast<std::uint16_t>(kUdpHeaderSize + payload.size());
    const auto total_length = static_cast<std::uint16_t>(kIpHeaderSize + udp_length);
    const auto ip_sum = complement(ones_complement_sum({ip_header(source, destination, total_length, 0)}));

    ByteWriter out(total_length);
    out.bytes(ip_header(source, destination, total_length, ip_sum));
    out.bytes(finished_udp_header({}, pseudo_header(source, destination, udp_length), udp_length, payload));
    out.bytes(payload);
    return std::move(out).take();
}

Bytes wrap(const Ipv6Endpoint& source, const Ipv6Endpoint& destination, ByteView payload) {
    const auto udp_length = static_cast<std::uint16_t>(kUdpHeaderSize + payload.size());
    const auto pseudo = pseudo_header(source.address, destination.address, udp_length);
    ByteWriter out;
    out.u32(std::uint32_t{6} << 28);  // version
    out.u16(udp_length);
    out.u8(kProtocolUdp);
    out.u8(1);
    out.bytes(source.address.octets());
    out.bytes(destination.address.octets());
    out.bytes(finished_udp_header({source.port, destination.port}, pseudo, udp_length, payload));
    out.bytes(payload);
    return std::move(out).take();
}

}  // namespace nlinit::wire
