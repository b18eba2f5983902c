// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/packet_log.hpp"

namespace nlinit::dhcp_io {
namespace {

constexpr std::size_t kMaxRemembered = 64;

}  // namespace

using wire::pcap::PacketType;

void PacketLog::sent(const dhcp::Message& message, Ipv4Address destination, ByteView packet) {
    remember(true, name_of(message.type), message.xid, destination);
    if (capture_) capture_->write(PacketType::outgoing, wire::pcap::kEtherTypeIpv4, own_, packet);
}

void PacketLog::heard(const PacketSocket::Packet& packet) {
    if (capture_) capture_->write(packet.type, wire::pcap::kEtherTypeIpv4, packet.sender, packet.bytes);
}

void PacketLog::sent(const wire::ArpPacket& packet) {
    if (capture_) capture_->write(PacketType::outgoing, wire::pcap::kEtherTypeArp, own_, wire::serialize(packet));
}

// Which of the others' packets were for all and which for us alone, the ARP socket does not say.
void PacketLog::heard(const wire::ArpPacket& packet) {
    if (capture_)
        capture_->write(PacketType::broadcast, wire::pcap::kEtherTypeArp, packet.sender_mac, wire::serialize(packet));
}

void PacketLog::sent(const dhcp6::Message& message, const Ipv6Address& source, ByteView payload) {
    remember(true, name_of(message.type), message.xid, dhcp6::kAllServers);
    if (capture_)
        capture_->write(PacketType::outgoing, wire::pcap::kEtherTypeIpv6, own_,
                        wire::wrap({source, dhcp6::kClientPort}, {dhcp6::kAllServers, dhcp6::kServerPort}, payload));
}

// Of its sender's MAC address a UDP socket does not tell.
void PacketLog::heard(const Dhcp6Socket::Datagram& datagram, const Ipv6Address& own) {
    if (capture_)
        capture_->write(PacketType::to_us, wire::pcap::kEtherTypeIpv6, {},
                        wire::wrap(datagram.sender, {own, dhcp6::kClientPort}, datagram.payload));
}

void PacketLog::remember(bool sent, std::string_view type, std::uint32_t xid, const IpAddress& peer) {
    if (first_.size() < kMaxRemembered) first_.push_back({BootClock::now(), sent, type, xid, peer});
}

}  // namespace nlinit::dhcp_io
