// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/udp_socket.hpp"

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>

#include "nlinit/wire/frame.hpp"

namespace nlinit::dhcp_io {
namespace {

sockaddr_in endpoint(Ipv4Address address, std::uint16_t port) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = htons(port);
    result.sin_addr.s_addr = htonl(address.to_integer());
    return result;
}

Result<sys::UniqueFd> open_bound(const std::string& interface, Ipv4Address source) {
    sys::UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid()) return Error{errno, "open a UDP socket"};
    const int on = 1;
    if (setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return Error{errno, "share UDP port 68"};
    if (setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(),
                   static_cast<socklen_t>(interface.size())) != 0)
        return Error{errno, "bind a UDP socket to " + interface};
    const auto local = endpoint(source, wire::kClientPort);
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0)
        return Error{errno, "bind UDP port 68 of " + source.to_string()};
    return fd;
}

}  // namespace

Result<sys::UniqueFd> send_unicast(const std::string& interface, Ipv4Address source, Ipv4Address destination,
                                   ByteView payload) {
    auto fd = open_bound(interface, source);
    if (!fd.ok()) return fd.error();
    const auto server = endpoint(destination, wire::kServerPort);
    const auto sent =
        sendto(fd->get(), payload.data(), payload.size(), 0, reinterpret_cast<const sockaddr*>(&server), sizeof server);
    if (sent < 0) return Error{errno, "send to DHCP server " + destination.to_string()};
    return fd;
}

bool is_sent_by(int socket, TimePoint deadline) noexcept {
    constexpr int kInterval = 2;  // ms; no event tells of it, for a socket is writable while there is room
    int left = 0;
    while (::ioctl(socket, SIOCOUTQ, &left) == 0 && left > 0) {
        if (BootClock::now() >= deadline) return false;
        ::poll(nullptr, 0, kInterval);
    }
    return true;
}

}  // namespace nlinit::dhcp_io
