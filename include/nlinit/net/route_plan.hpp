// SPDX-License-Identifier: Apache-2.0
// Routes in an order that the kernel accepts, with a way to every gateway.
#pragma once

#include <span>
#include <vector>

#include "nlinit/net/network_plan.hpp"

namespace nlinit {

// The subnet's own route, then `routes` that are on link, then the others, each with a host route before it when its
// gateway is not on link yet: a /32 address with a gateway outside is what large clouds hand out. All get `metric`
// where they have none of their own, and of IPv4 the address as source; of IPv6 the kernel chooses that by RFC 6724,
// and refuses one that is still being probed. Of two routes with the same destination and metric the first counts. A
// host route to a gateway is advice only when all routes through that gateway are. Routes of the other family are left
// out.
[[nodiscard]] std::vector<Route> complete_routes(const InterfaceAddress& address, std::span<const Route> routes,
                                                 std::uint32_t metric);

// The metric of an interface's routes: what is configured, else its rank among the interfaces of this machine, 0 for
// the first. IPv6 counts ranks from the kernel's own metric on: routes that the kernel makes of a router's
// advertisement have that, and an interface of rank 100 must not come before them.
struct RouteMetric {
    std::uint32_t configured = 0;  // 0: none
    std::uint32_t rank = 0;
    [[nodiscard]] std::uint32_t of(Family family) const noexcept;
};
// The same of several addresses: `routes` belong to the first of their family, where there is one.
[[nodiscard]] std::vector<Route> complete_routes(std::span<const InterfaceAddress> addresses,
                                                 std::span<const Route> routes, RouteMetric metric);
// The routes of one family.
[[nodiscard]] std::vector<Route> routes_of(Family family, std::span<const Route> routes);

// Whether one of these routes leads to the address.
[[nodiscard]] bool leads_to(std::span<const Route> routes, const IpAddress& address) noexcept;

}  // namespace nlinit
