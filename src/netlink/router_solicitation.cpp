// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/router_solicitation.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::netlink {

// The message has no option with our MAC address, because an optimistic address must not be announced (RFC 4429 3.2).
// The kernel fills in the checksum (RFC 3542 3.1).
Result<> solicit_routers(LinkIndex link) {
    constexpr int kOfThisLinkAlone = 255;  // RFC 4861 6.1.1
    constexpr std::array<std::uint8_t, 8> kSolicitation{133};
    sockaddr_in6 all_routers{};
    all_routers.sin6_family = AF_INET6;
    all_routers.sin6_scope_id = static_cast<std::uint32_t>(link);
    all_routers.sin6_addr.s6_addr[0] = 0xff;  // ff02::2
    all_routers.sin6_addr.s6_addr[1] = 0x02;
    all_routers.sin6_addr.s6_addr[15] = 2;
    const sys::UniqueFd fd(socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMPV6));
    if (!fd.valid() ||
        setsockopt(fd.get(), IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &kOfThisLinkAlone, sizeof kOfThisLinkAlone) != 0)
        return Error{errno, "open an ICMPv6 socket"};
    const auto sent = sendto(fd.get(), kSolicitation.data(), kSolicitation.size(), 0,
                             reinterpret_cast<const sockaddr*>(&all_routers), sizeof all_routers);
    return sent < 0 ? Result<>(Error{errno, "solicit routers"}) : Result<>();
}

}  // namespace nlinit::netlink
