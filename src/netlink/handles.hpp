// SPDX-License-Identifier: Apache-2.0
// libnl's objects, owned: each is given back when its handle goes. A handle that is empty: there was no memory for it.
#pragma once

#include <netlink/addr.h>
#include <netlink/route/addr.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>

#include <memory>

#include "nlinit/net/ip_address.hpp"

namespace nlinit::netlink {

struct GiveBack {
    void operator()(nl_addr* address) const noexcept { nl_addr_put(address); }
    void operator()(rtnl_addr* address) const noexcept { rtnl_addr_put(address); }
    void operator()(rtnl_route* route) const noexcept { rtnl_route_put(route); }
    void operator()(rtnl_nexthop* hop) const noexcept { rtnl_route_nh_free(hop); }
};
template <class Object>
using Handle = std::unique_ptr<Object, GiveBack>;

// AF_INET or AF_INET6.
[[nodiscard]] int number_of(Family family) noexcept;

// From octets alone: nl_addr_parse() and nl_addr_info() ask a resolver, which a static binary does not have.
[[nodiscard]] Handle<nl_addr> to_libnl(const IpAddress& address, std::uint8_t prefix_length);
[[nodiscard]] Handle<nl_addr> to_libnl(const IpAddress& address);
// A default route's destination has no octets at all.
[[nodiscard]] Handle<nl_addr> to_libnl(const IpPrefix& prefix);

}  // namespace nlinit::netlink
