// What the kernel has made of routers' advertisements on a link, to be taken away where routers are not obeyed any
// more: by itself it stays until its lifetimes end.
#pragma once

#include "nlinit/base/result.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/socket.hpp"

namespace nlinit::netlink {

// Its addresses, temporary ones too, its default and other routes, and those to the prefixes that it puts on the link.
// What users and programs have set stays, and so does the link-local address.
[[nodiscard]] Result<> remove_router_state(Socket& socket, LinkIndex link);

// The ways through routers alone: default routes, more specific ones, and those of redirects.
[[nodiscard]] Result<> remove_router_ways(Socket& socket, LinkIndex link);

}  // namespace nlinit::netlink
