// Addresses of a link, of either family (RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR).
#pragma once

#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/socket.hpp"

namespace nlinit::netlink {

// New, or in place of the same address with another lifetime. IFA_F_NOPREFIXROUTE: the plan has the subnet's route.
[[nodiscard]] Request make_add_address(LinkIndex link, const InterfaceAddress& address);
[[nodiscard]] Request make_remove_address(LinkIndex link, const InterfaceAddress& address);
// Of IPv6 those that somebody set: neither link-local ones nor what the kernel makes of a router's advertisement.
[[nodiscard]] Result<std::vector<InterfaceAddress>> list_addresses(Socket& socket, LinkIndex link, Family family);

}  // namespace nlinit::netlink
