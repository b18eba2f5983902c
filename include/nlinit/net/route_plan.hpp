// Routes in an order that the kernel accepts, with a way to every gateway.
#pragma once

#include <span>
#include <vector>

#include "nlinit/net/network_plan.hpp"

namespace nlinit {

// The subnet's own route, then `routes` that are on link, then the others, each with a host route before it when its
// gateway is not on link yet: a /32 address with a gateway outside is what large clouds hand out. All get the address
// as source, and `metric` where they have none of their own. A destination that comes twice with one metric counts
// once. A way to a gateway is advice only where all that goes through it is.
[[nodiscard]] std::vector<Route> complete_routes(const InterfaceAddress& address, std::span<const Route> routes,
                                                 std::uint32_t metric);

// Whether packets to that address leave by one of these routes.
[[nodiscard]] bool leads_to(std::span<const Route> routes, Ipv4Address address) noexcept;

}  // namespace nlinit
