// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/arp_socket.hpp"

#include <linux/if_ether.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "nlinit/dhcp_io/link_layer.hpp"

namespace nlinit::dhcp_io {
namespace {

// Offsets are those of RFC 826 for IPv4 over Ethernet. Whether it is that is asked when the packet is read.
std::array<sock_filter, 9> filter_for(Ipv4Address address) {
    constexpr std::uint32_t kPacketType = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE);
    const auto ours = address.to_integer();
    return {{
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kPacketType),              // frames for another host, or of another VLAN,
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OTHERHOST, 6, 0),  // are not for us
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 14),                       // the sender's address
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ours, 3, 0),              // is ours,
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),                 // or there is none, and
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 24),                       // the target's address
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ours, 0, 1),              // is ours
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
        BPF_STMT(BPF_RET | BPF_K, 0),
    }};
}

}  // namespace

Result<ArpSocket> ArpSocket::open(LinkIndex link, Ipv4Address address) {
    auto instructions = filter_for(address);
    auto fd = open_filtered(instructions);
    if (!fd.ok()) return fd.error();
    if (auto bound = bind_to(fd->get(), link, ETH_P_ARP); !bound.ok()) return bound.error();
    return ArpSocket(*std::move(fd), link);
}

Result<> ArpSocket::broadcast(const wire::ArpPacket& packet) const {
    return send_to_all(fd_.get(), link_, ETH_P_ARP, wire::serialize(packet), "send an ARP packet");
}

std::optional<wire::ArpPacket> ArpSocket::receive() const {
    std::array<std::uint8_t, 128> buffer;  // what is longer is padding
    ssize_t size = 0;
    do {
        size = recv(fd_.get(), buffer.data(), buffer.size(), 0);
        // ENETDOWN comes once when the link goes down.
    } while (size < 0 && (errno == EINTR || errno == ENETDOWN));
    if (size < 0) return std::nullopt;
    return wire::parse_arp(ByteView(buffer).first(static_cast<std::size_t>(size)));
}

}  // namespace nlinit::dhcp_io
