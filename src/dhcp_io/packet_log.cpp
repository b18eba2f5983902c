#include "nlinit/dhcp_io/packet_log.hpp"

namespace nlinit::dhcp_io {
namespace {

constexpr std::size_t kMaxRemembered = 64;

}  // namespace

using wire::pcap::PacketType;

void PacketLog::sent(const dhcp::Message& message, Ipv4Address destination, ByteView packet) {
    remember(true, message, destination);
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

void PacketLog::remember(bool sent, const dhcp::Message& message, Ipv4Address peer) {
    if (first_.size() < kMaxRemembered) first_.push_back({BootClock::now(), sent, message.type, message.xid, peer});
}

}  // namespace nlinit::dhcp_io
