// SPDX-License-Identifier: Apache-2.0
// Removes what the kernel has made of routers' advertisements on a link, when routers are not obeyed any more. By
// itself that stays until its lifetimes end.
#pragma once

#include "nlinit/base/result.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/socket.hpp"

namespace nlinit::netlink {

// Removes addresses, also temporary ones, default and other routes, and the routes to prefixes on the link. What users
// and programs have set stays, and so does the link-local address.
[[nodiscard]] Result<> remove_router_state(Socket& socket, LinkIndex link);

// Removes only the routes through routers: default routes, more specific ones, and those of redirects.
[[nodiscard]] Result<> remove_router_ways(Socket& socket, LinkIndex link);

}  // namespace nlinit::netlink
