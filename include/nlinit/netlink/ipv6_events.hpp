// What the kernel tells of IPv6 on its links: addresses, default routes, networks, and what it has heard of routers.
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
    bool replaces = false;  // other ways of the same metric
};
// A network on the link whose route is of the kernel's own making: for a router's word, or for an address.
struct OnLinkNetworkEvent {
    LinkIndex link{};
    Route route;  // destination and metric
    bool removed = false;
};
struct RouterFlagsEvent {
    LinkIndex link{};
    RouterFlags flags;
};
// Of one router advertisement one such event for each of its options (RTM_NEWNDUSEROPT).
struct RouterOptionsEvent {
    LinkIndex link{};
    Ipv6Address router;
    RouterOptions options;
};
using Ipv6Event = std::variant<AddressEvent, WayOutEvent, OnLinkNetworkEvent, RouterFlagsEvent, RouterOptionsEvent>;
[[nodiscard]] LinkIndex link_of(const Ipv6Event& event);
using OnIpv6Event = std::function<void(const Ipv6Event& event)>;

// What an event means for the state of its link; those of routers' words nothing.
void apply(const Ipv6Event& event, LinkIpv6& link);

// What a message says of it; nothing of IPv4, of other routes and of what is malformed.
void parse_ipv6(nlmsghdr* message, const OnIpv6Event& on_event);

// What routers have said to all links: of an advertisement without anything that the kernel takes it tells no listener.
[[nodiscard]] Result<> list_router_flags(Socket& socket, const OnIpv6Event& on_event);

// An AddressEvent for each address of every link.
[[nodiscard]] Result<> list_ipv6_addresses(Socket& socket, const OnIpv6Event& on_event);

// All that there is now, of all links, in the form of events. Options of advertisements are told once and kept by
// nobody.
[[nodiscard]] Result<> list_ipv6(Socket& socket, const OnIpv6Event& on_event);

}  // namespace nlinit::netlink
