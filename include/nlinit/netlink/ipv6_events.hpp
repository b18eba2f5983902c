// SPDX-License-Identifier: Apache-2.0
// The kernel's events of IPv6 on links: addresses, default routes, networks, and what routers have advertised.
#pragma once

#include <functional>
#include <optional>
#include <variant>

#include "nlinit/base/result.hpp"
#include "nlinit/net/link_ipv6.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/net/router_advertisement.hpp"
#include "nlinit/netlink/socket.hpp"

namespace nlinit::netlink {

struct AddressEvent {
    LinkIndex link{};
    KernelIpv6Address address;
    bool removed = false;
};
struct WayOutEvent {
    LinkIndex link{};
    Ipv6WayOut way;
    bool removed = false;
    bool replaces = false;  // the kernel removes the other ways of this metric
};
// A network on the link. The kernel has made its route itself: of an advertised prefix, or for an address.
struct OnLinkNetworkEvent {
    LinkIndex link{};
    Route route;  // destination and metric
    bool removed = false;
};
struct RouterFlagsEvent {
    LinkIndex link{};
    RouterFlags flags;
};
// One option of a router advertisement; each option is an event of its own (RTM_NEWNDUSEROPT).
struct RouterOptionsEvent {
    LinkIndex link{};
    Ipv6Address router;
    RouterOptions options;
};
using Ipv6Event = std::variant<AddressEvent, WayOutEvent, OnLinkNetworkEvent, RouterFlagsEvent, RouterOptionsEvent>;
[[nodiscard]] LinkIndex link_of(const Ipv6Event& event);
using OnIpv6Event = std::function<void(const Ipv6Event& event)>;

// Applies an event to the state of its link. Router flags and options do not change that state.
void apply(const Ipv6Event& event, LinkIpv6& link);

// Calls on_event with what the message says of IPv6. Ignores IPv4, other routes and malformed messages.
void parse_ipv6(nlmsghdr* message, const OnIpv6Event& on_event);

// What routers have said to all links: of an advertisement without anything that the kernel takes it tells no listener.
[[nodiscard]] Result<> list_router_flags(Socket& socket, const OnIpv6Event& on_event);

// An AddressEvent for each address of every link.
[[nodiscard]] Result<> list_ipv6_addresses(Socket& socket, const OnIpv6Event& on_event);

// The present state of all links, as events. Options of advertisements are not among them: the kernel reports each once
// and keeps none.
[[nodiscard]] Result<> list_ipv6(Socket& socket, const OnIpv6Event& on_event);

}  // namespace nlinit::netlink
