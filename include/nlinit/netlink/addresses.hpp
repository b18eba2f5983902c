// IPv4 addresses of a link (RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR).
#pragma once

#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/socket.hpp"

namespace nlinit::netlink {

// New, or in place of the same address with another lifetime. IFA_F_NOPREFIXROUTE: the plan has the subnet's route.
[[nodiscard]] Request make_add_address(LinkIndex link, const InterfaceAddress& address);
[[nodiscard]] Request make_remove_address(LinkIndex link, const InterfaceAddress& address);
[[nodiscard]] Result<std::vector<InterfaceAddress>> list_addresses(Socket& socket, LinkIndex link);

}  // namespace nlinit::netlink
