// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/packet_socket.hpp"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "nlinit/dhcp_io/link_layer.hpp"
#include "nlinit/wire/arp.hpp"

namespace nlinit::dhcp_io {
namespace {

constexpr std::uint32_t kWholePacket = 0xffffffff;

std::uint32_t big_endian(const MacAddress::Octets& octets, std::size_t first, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = first; i < first + count; ++i) value = (value << 8) | octets[i];
    return value;
}

// Classic BPF over the IPv4 header and what follows. Everything is checked again in wire::unwrap and dhcp::parse; this
// keeps the traffic of a busy link, and other clients' replies on a large bridge, from waking us. A load beyond the end
// of a packet drops it. Comments give the offset behind the IPv4 header, whose length is in X.
std::array<sock_filter, 19> filter_for(const MacAddress& mac, std::optional<std::uint32_t> only_xid) {
    constexpr std::uint32_t kPacketType = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE);
    const auto high = big_endian(mac.octets(), 0, 4);
    const auto low = big_endian(mac.octets(), 4, 2);
    // At least 0 are all.
    const std::uint16_t xid_test = !only_xid ? BPF_JGE : *only_xid == 0 ? BPF_JGT : BPF_JEQ;
    const std::uint32_t xid = !only_xid ? 0 : *only_xid == 0 ? UINT32_MAX : *only_xid;
    const auto xid_jump = static_cast<std::uint16_t>(BPF_JMP | xid_test | BPF_K);
    return {{
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kPacketType),               // frames for another host, or of another VLAN,
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OTHERHOST, 16, 0),  // are not for us
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),                         // IPv4 protocol
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 17, 0, 14),                // is UDP
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 6),                         // flags and fragment offset
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 12, 0),           // a later fragment has no UDP header
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),                        // X = IPv4 header length
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),                         // +2: UDP destination port
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, wire::kClientPort, 0, 9),
        BPF_STMT(BPF_LD | BPF_B | BPF_IND, 8),         // +8: op
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 7),  // is BOOTREPLY
        BPF_STMT(BPF_LD | BPF_W | BPF_IND, 12),        // +12: xid
        BPF_JUMP(xid_jump, xid, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_IND, 36),  // +36: chaddr, first four bytes
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, high, 0, 3),
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, 40),  // +40: chaddr, last two
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, low, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, kWholePacket),
        BPF_STMT(BPF_RET | BPF_K, 0),
    }};
}

bool is_for_us(const sockaddr_ll& sender) {
    return sender.sll_pkttype == PACKET_HOST || sender.sll_pkttype == PACKET_BROADCAST ||
           sender.sll_pkttype == PACKET_MULTICAST;
}

MacAddress mac_of(const sockaddr_ll& station) {
    MacAddress::Octets octets{};
    std::copy_n(station.sll_addr, octets.size(), octets.begin());
    return MacAddress(octets);
}

wire::UdpChecksum checksum_state(msghdr& message) {
    for (auto* control = CMSG_FIRSTHDR(&message); control != nullptr; control = CMSG_NXTHDR(&message, control)) {
        if (control->cmsg_level != SOL_PACKET || control->cmsg_type != PACKET_AUXDATA) continue;
        tpacket_auxdata data{};
        std::memcpy(&data, CMSG_DATA(control), sizeof data);
        if ((data.tp_status & TP_STATUS_CSUMNOTREADY) != 0) return wire::UdpChecksum::not_ready;
    }
    return wire::UdpChecksum::verify;
}

}  // namespace

Result<PacketSocket> PacketSocket::open(LinkIndex link, MacAddress mac) {
    auto instructions = filter_for(mac, std::nullopt);
    auto fd = open_filtered(instructions);
    if (!fd.ok()) return fd.error();
    const int on = 1;
    if (setsockopt(fd->get(), SOL_PACKET, PACKET_AUXDATA, &on, sizeof on) != 0)
        return Error{errno, "ask for the checksum state of packets"};
    if (auto bound = bind_to(fd->get(), link, ETH_P_IP); !bound.ok()) return bound.error();
    return PacketSocket(*std::move(fd), link, mac);
}

Result<> PacketSocket::take_only(std::uint32_t xid) {
    auto instructions = filter_for(mac_, xid);
    auto attached = attach_filter(fd_.get(), instructions);
    if (attached.ok()) only_xid_ = xid;
    return attached;
}

Result<> PacketSocket::broadcast(ByteView packet) const {
    return send_to_all(fd_.get(), link_, ETH_P_IP, packet, "send a DHCP packet");
}

Result<> PacketSocket::broadcast(const wire::ArpPacket& packet) const {
    return send_to_all(fd_.get(), link_, ETH_P_ARP, wire::serialize(packet), "send an ARP packet");
}

PacketSocket::Received PacketSocket::receive() {
    sockaddr_ll sender{};
    iovec part{buffer_.data(), buffer_.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(tpacket_auxdata))];
    msghdr message{};
    message.msg_name = &sender;
    message.msg_namelen = sizeof sender;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ssize_t size = 0;
    do {
        size = recvmsg(fd_.get(), &message, 0);
        // ENETDOWN comes once after a bind on a link that was down, and whenever the link goes down.
    } while (size < 0 && (errno == EINTR || errno == ENETDOWN));
    if (size < 0) return Nothing{};
    if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) return DropReason::truncated_by_kernel;
    if (sender.sll_ifindex != static_cast<int>(link_)) return DropReason::other_interface;
    if (sender.sll_pkttype == PACKET_OUTGOING) return DropReason::own_transmission;
    if (!is_for_us(sender)) return DropReason::not_for_this_host;
    return Packet{ByteView(buffer_).first(static_cast<std::size_t>(size)), checksum_state(message),
                  wire::pcap::PacketType{sender.sll_pkttype}, mac_of(sender)};
}

}  // namespace nlinit::dhcp_io
