// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/link_layer.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace nlinit::dhcp_io {
namespace {

sockaddr_ll address_on(LinkIndex link, std::uint16_t protocol) {
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(protocol);
    address.sll_ifindex = static_cast<int>(link);
    return address;
}

sockaddr_ll broadcast_on(LinkIndex link, std::uint16_t protocol) {
    auto address = address_on(link, protocol);
    address.sll_halen = ETH_ALEN;
    std::memset(address.sll_addr, 0xff, ETH_ALEN);
    return address;
}

}  // namespace

Result<> attach_filter(int fd, std::span<sock_filter> instructions) {
    const sock_fprog program{static_cast<unsigned short>(instructions.size()), instructions.data()};
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0)
        return Error{errno, "attach a filter to the packet socket"};
    return {};
}

Result<sys::UniqueFd> open_filtered(std::span<sock_filter> instructions) {
    // Protocol 0 hears nothing until bind(2).
    sys::UniqueFd fd(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid()) {
        const int code = errno;
        return Error{code, code == EPERM ? "open a packet socket (it takes CAP_NET_RAW in this network namespace)"
                                         : "open a packet socket"};
    }
    if (auto attached = attach_filter(fd.get(), instructions); !attached.ok()) return attached.error();
    return fd;
}

Result<> bind_to(int fd, LinkIndex link, std::uint16_t protocol) {
    const auto address = address_on(link, protocol);
    if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return Error{errno, "bind the packet socket to its interface"};
    // A socket bound to a link that is down owes one ENETDOWN, however long the link has been up by then. Paid here,
    // when no time counts yet, it is not paid by the first packet.
    int paid = 0;
    socklen_t size = sizeof paid;
    static_cast<void>(getsockopt(fd, SOL_SOCKET, SO_ERROR, &paid, &size));
    return {};
}

Result<> send_to_all(int fd, LinkIndex link, std::uint16_t protocol, ByteView packet, const char* what) {
    const auto destination = broadcast_on(link, protocol);
    // A socket whose link went down since it was bound reports that once, however long the link has been up again by
    // then: the second try is the real one.
    for (bool tried = false;; tried = true) {
        const auto sent = sendto(fd, packet.data(), packet.size(), MSG_DONTWAIT,
                                 reinterpret_cast<const sockaddr*>(&destination), sizeof destination);
        if (sent >= 0) return {};
        if (errno != EINTR && (errno != ENETDOWN || tried)) return Error{errno, what};
    }
}

}  // namespace nlinit::dhcp_io
