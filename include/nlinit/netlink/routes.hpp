// SPDX-License-Identifier: Apache-2.0
// Routes of the main table, of either family (RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE).
#pragma once

#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/socket.hpp"

namespace nlinit::netlink {

// Who installed a route, as `ip route` shows it: RTPROT_DHCP or RTPROT_STATIC.
enum class RouteOrigin : std::uint8_t { dhcp, fixed };

// Adds the route, or replaces another one: see takes_place_of().
[[nodiscard]] Request make_add_route(LinkIndex link, const Route& route, RouteOrigin origin);
[[nodiscard]] Request make_remove_route(LinkIndex link, const Route& route);
// IPv6 routes that the kernel makes itself, for an address or a router's advertisement, are left out.
[[nodiscard]] Result<std::vector<Route>> list_routes(Socket& socket, LinkIndex link, Family family);
// Those of them that lead out, and those of IPv4 that were a DHCP client's: of whoever set the link up before.
[[nodiscard]] Result<std::vector<Route>> list_stale_routes(Socket& socket, LinkIndex link, Family family);
// All, of all links.
struct LinkRoute {
    LinkIndex link{};
    Route route;
};
[[nodiscard]] Result<std::vector<LinkRoute>> list_routes(Socket& socket, Family family);
// The link's IPv6 routes that the kernel has made itself. of_routers: of advertisements and redirects. of_prefixes: to
// the networks that are on the link by an advertisement or an address.
struct KernelRoutes {
    std::vector<Route> of_routers, of_prefixes;
};
[[nodiscard]] Result<KernelRoutes> list_kernel_routes(Socket& socket, LinkIndex link);

}  // namespace nlinit::netlink
