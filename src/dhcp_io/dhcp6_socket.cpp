// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/dhcp6_socket.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "nlinit/base/append.hpp"
#include "nlinit/dhcp6/message.hpp"
#include "nlinit/dhcp_io/link_layer.hpp"

namespace nlinit::dhcp_io {
namespace {

sockaddr_in6 endpoint(const Ipv6Address& address, std::uint16_t port, LinkIndex link) {
    sockaddr_in6 result{};
    result.sin6_family = AF_INET6;
    result.sin6_port = htons(port);
    std::ranges::copy(address.octets(), result.sin6_addr.s6_addr);
    result.sin6_scope_id = static_cast<std::uint32_t>(link);
    return result;
}

Ipv6Address address_in(const sockaddr_in6& from) {
    Ipv6Address::Octets octets{};
    std::ranges::copy(from.sin6_addr.s6_addr, octets.begin());
    return Ipv6Address(octets);
}

// Classic BPF over the UDP header and what follows: type and transaction are the first four bytes of the message.
std::array<sock_filter, 5> filter_for(std::uint32_t xid) {
    constexpr std::uint32_t kXid = 0x00ffffff, kWholePacket = 0xffffffff;
    return {{
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, wire::kUdpHeaderSize),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, kXid),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, xid, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, kWholePacket),
        BPF_STMT(BPF_RET | BPF_K, 0),
    }};
}

}  // namespace

Result<Dhcp6Socket> Dhcp6Socket::open(const Link& link, const Ipv6Address& own) {
    sys::UniqueFd fd(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid()) return Error{errno, "open a UDP socket of IPv6"};
    const int on = 1;
    if (::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        return Error{errno, "share UDP port 546"};
    if (::setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, link.name.c_str(),
                     static_cast<socklen_t>(link.name.size())) != 0)
        return Error{errno, "bind a UDP socket to " + link.name};
    const auto local = endpoint(own, dhcp6::kClientPort, link.index);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0)
        return Error{errno, concat({"bind UDP port 546 of ", own.to_string(), "%", link.name})};
    return Dhcp6Socket(std::move(fd), link.index, own);
}

Result<> Dhcp6Socket::take_only(std::uint32_t xid) {
    auto instructions = filter_for(xid);
    auto attached = attach_filter(fd_.get(), instructions);
    if (attached.ok()) only_xid_ = xid;
    return attached;
}

Result<> Dhcp6Socket::send(ByteView message) const {
    const auto servers = endpoint(dhcp6::kAllServers, dhcp6::kServerPort, link_);
    if (::sendto(fd_.get(), message.data(), message.size(), 0, reinterpret_cast<const sockaddr*>(&servers),
                 sizeof servers) < 0)
        return Error{errno, "send a DHCPv6 message"};
    return {};
}

Dhcp6Socket::Received Dhcp6Socket::receive() {
    sockaddr_in6 from{};
    iovec part{buffer_.data(), buffer_.size()};
    msghdr message{};
    message.msg_name = &from;
    message.msg_namelen = sizeof from;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    ssize_t size = 0;
    do {
        size = ::recvmsg(fd_.get(), &message, 0);
    } while (size < 0 && errno == EINTR);
    if (size < 0) return Nothing{};
    if ((message.msg_flags & MSG_TRUNC) != 0) return dhcp6::DropReason::truncated_by_kernel;
    // Servers answer from any address of theirs. That no router forwards what is sent to a link-local address, as this
    // socket's is, keeps out what is not of the link (RFC 4291 2.5.6).
    return Datagram{{address_in(from), ntohs(from.sin6_port)}, ByteView(buffer_).first(static_cast<std::size_t>(size))};
}

}  // namespace nlinit::dhcp_io
