// SPDX-License-Identifier: Apache-2.0
// Addresses of a link, of either family (RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR).
#pragma once

#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/socket.hpp"

namespace nlinit::netlink {

// Adds the address, or replaces the same address that has another lifetime. IFA_F_NOPREFIXROUTE: the kernel adds no
// route to the subnet, because the plan has that route.
[[nodiscard]] Request make_add_address(LinkIndex link, const InterfaceAddress& address);
[[nodiscard]] Request make_remove_address(LinkIndex link, const InterfaceAddress& address);
// All IPv4 addresses, and the IPv6 addresses that a program or user has set: no link-local ones, and none that the
// kernel has made of a router's advertisement.
[[nodiscard]] Result<std::vector<InterfaceAddress>> list_addresses(Socket& socket, LinkIndex link, Family family);
// All IPv6 addresses, also those that the kernel has made of a router's advertisement (SLAAC), and temporary ones.
struct AddressesByOrigin {
    std::vector<InterfaceAddress> of_routers, others;
};
[[nodiscard]] Result<AddressesByOrigin> list_ipv6_by_origin(Socket& socket, LinkIndex link);

}  // namespace nlinit::netlink
