// Routes of the main table, of either family (RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE).
#pragma once

#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/socket.hpp"

namespace nlinit::netlink {

// Who installed a route, as `ip route` shows it: RTPROT_DHCP or RTPROT_STATIC.
enum class RouteOrigin : std::uint8_t { dhcp, fixed };

// New, or in place of another: see takes_place_of().
[[nodiscard]] Request make_add_route(LinkIndex link, const Route& route, RouteOrigin origin);
[[nodiscard]] Request make_remove_route(LinkIndex link, const Route& route);
// Of IPv6 without those that the kernel makes itself, of an address or a router's advertisement.
[[nodiscard]] Result<std::vector<Route>> list_routes(Socket& socket, LinkIndex link, Family family);

}  // namespace nlinit::netlink
