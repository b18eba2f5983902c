// SPDX-License-Identifier: Apache-2.0
#include "nlinit/wire/arp.hpp"

#include <algorithm>

namespace nlinit::wire {
namespace {

constexpr std::uint16_t kProtocolIpv4 = 0x0800;
constexpr std::uint8_t kMacSize = 6;
constexpr std::uint8_t kIpv4Size = 4;

MacAddress read_mac(ByteReader& in) {
    MacAddress::Octets octets{};
    std::ranges::copy(in.bytes(kMacSize), octets.begin());
    return MacAddress(octets);
}

bool is_operation(std::uint16_t operation) {
    return operation == static_cast<std::uint16_t>(ArpPacket::Operation::request) ||
           operation == static_cast<std::uint16_t>(ArpPacket::Operation::reply);
}

}  // namespace

ArpPacket make_arp_probe(MacAddress own, Ipv4Address address) {
    return {ArpPacket::Operation::request, own, {}, {}, address};
}

ArpPacket make_arp_announcement(MacAddress own, Ipv4Address address) {
    return {ArpPacket::Operation::request, own, address, {}, address};
}

std::optional<ArpPacket> parse_arp(ByteView packet) {
    ByteReader in(packet);
    const bool is_ethernet = in.u16() == kHardwareEthernet;
    const bool is_ipv4 = in.u16() == kProtocolIpv4;
    const bool has_macs = in.u8() == kMacSize;
    const bool has_addresses = in.u8() == kIpv4Size;
    const auto operation = in.u16();
    if (!is_ethernet || !is_ipv4 || !has_macs || !has_addresses || !is_operation(operation)) return std::nullopt;
    ArpPacket arp;
    arp.operation = ArpPacket::Operation{operation};
    arp.sender_mac = read_mac(in);
    arp.sender = Ipv4Address::from_integer(in.u32());
    arp.target_mac = read_mac(in);
    arp.target = Ipv4Address::from_integer(in.u32());
    if (in.overrun()) return std::nullopt;
    return arp;
}

Bytes serialize(const ArpPacket& packet) {
    ByteWriter out;
    out.u16(kHardwareEthernet);
    out.u16(kProtocolIpv4);
    out.u8(kMacSize);
    out.u8(kIpv4Size);
    out.u16(static_cast<std::uint16_t>(packet.operation));
    out.bytes(packet.sender_mac.octets());
    out.bytes(packet.sender.octets());
    out.bytes(packet.target_mac.octets());
    out.bytes(packet.target.octets());
    return std::move(out).take();
}

}  // namespace nlinit::wire
