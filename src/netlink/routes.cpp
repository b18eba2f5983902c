// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/routes.hpp"

#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <utility>

#include "handles.hpp"

namespace nlinit::netlink {
namespace {

// Once it is the route's, the route frees it.
bool add_nexthop(rtnl_route* route, LinkIndex link, const std::optional<IpAddress>& gateway) {
    Handle<rtnl_nexthop> hop(rtnl_route_nh_alloc());
    if (!hop) return false;
    rtnl_route_nh_set_ifindex(hop.get(), static_cast<int>(link));
    if (gateway) {
        const auto address = to_libnl(*gateway);
        if (!address) return false;
        rtnl_route_nh_set_gateway(hop.get(), address.get());
    }
    rtnl_route_add_nexthop(route, hop.release());
    return true;
}

// The part that requests to add and to remove the route share. Empty when memory has run out.
Handle<rtnl_route> object_of(LinkIndex link, const Route& route) {
    Handle<rtnl_route> object(rtnl_route_alloc());  // of the main table, RTN_UNICAST
    const auto destination = to_libnl(route.destination);
    if (!object || !destination || rtnl_route_set_dst(object.get(), destination.get()) != 0) return nullptr;
    rtnl_route_set_priority(object.get(), route.metric);
    return add_nexthop(object.get(), link, route.gateway) ? std::move(object) : nullptr;
}

bool set_source(rtnl_route* object, const Route& route) {
    if (!route.source) return true;
    const auto source = to_libnl(*route.source);
    return source && rtnl_route_set_pref_src(object, source.get()) == 0;
}

// Of a router's advertisement, an ICMPv6 redirect, or an address.
bool is_the_kernels_own(const LinkRoute& entry, std::uint8_t protocol) {
    constexpr std::array kOwn{RTPROT_KERNEL, RTPROT_REDIRECT, RTPROT_RA};
    return entry.route.family() == Family::kIpv6 && std::ranges::find(kOwn, protocol) != kOwn.end();
}

// A kernel without IPv6 answers a request for IPv6 routes with the routes of the families that it has.
std::optional<LinkRoute> parse_route(nlmsghdr* message, Family family, std::uint8_t& protocol) {
    nlattr* attributes[RTA_MAX + 1] = {};
    if (message->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(message, sizeof(rtmsg), attributes, RTA_MAX, nullptr) < 0)
        return std::nullopt;
    const auto* header = static_cast<const rtmsg*>(nlmsg_data(message));
    const bool wanted = header->rtm_family == number_of(family) && header->rtm_table == RT_TABLE_MAIN &&
                        header->rtm_type == RTN_UNICAST && attributes[RTA_OIF] != nullptr;
    if (!wanted) return std::nullopt;
    protocol = header->rtm_protocol;
    Route route;
    const auto network = address_in(attributes[RTA_DST]).value_or(IpPrefix::everything(family).network());
    route.destination = IpPrefix{network, header->rtm_dst_len};
    route.gateway = address_in(attributes[RTA_GATEWAY]);
    route.source = address_in(attributes[RTA_PREFSRC]);
    route.metric = attributes[RTA_PRIORITY] != nullptr ? nla_get_u32(attributes[RTA_PRIORITY]) : 0;
    return LinkRoute{static_cast<LinkIndex>(nla_get_u32(attributes[RTA_OIF])), route};
}

// With strict checking a table that does not exist yet is ENOENT: there are no routes.
Result<> dump_routes(Socket& socket, Request request, Family family,
                     const std::function<void(LinkRoute&, std::uint8_t protocol)>& take) {
    auto done = socket.dump(std::move(request), [&](nlmsghdr* message) {
        std::uint8_t protocol = RTPROT_UNSPEC;
        if (auto entry = parse_route(message, family, protocol)) take(*entry, protocol);
    });
    return done.ok() || done.error().code == ENOENT ? Result<>() : done;
}

Request list_request(Family family, std::optional<LinkIndex> link = {}) {
    rtmsg header{};
    header.rtm_family = static_cast<std::uint8_t>(number_of(family));
    header.rtm_table = RT_TABLE_MAIN;
    Request request(RTM_GETROUTE, 0, header, "list the routes");
    if (link) request.put_u32(RTA_OIF, static_cast<std::uint32_t>(*link));
    return request;
}

}  // namespace

Request make_add_route(LinkIndex link, const Route& route, RouteOrigin origin) {
    const auto object = object_of(link, route);
    nl_msg* message = nullptr;
    if (object && set_source(object.get(), route)) {
        rtnl_route_set_protocol(object.get(), origin == RouteOrigin::dhcp ? RTPROT_DHCP : RTPROT_STATIC);
        rtnl_route_set_scope(object.get(), route.gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK);
        rtnl_route_build_add_request(object.get(), NLM_F_CREATE | NLM_F_REPLACE, &message);
    }
    return {message, "add route " + to_string(route)};
}

Request make_remove_route(LinkIndex link, const Route& route) {
    const auto object = object_of(link, route);
    nl_msg* message = nullptr;
    if (object) {
        rtnl_route_set_protocol(object.get(), RTPROT_UNSPEC);  // any
        rtnl_route_set_scope(object.get(), RT_SCOPE_NOWHERE);  // any
        rtnl_route_build_del_request(object.get(), 0, &message);
    }
    return {message, "remove route " + to_string(route)};
}

Result<std::vector<Route>> list_routes(Socket& socket, LinkIndex link, Family family) {
    std::vector<Route> routes;
    const auto done =
        dump_routes(socket, list_request(family, link), family, [&](LinkRoute& entry, std::uint8_t protocol) {
            if (entry.link == link && !is_the_kernels_own(entry, protocol)) routes.push_back(entry.route);
        });
    if (!done.ok()) return done.error();
    return routes;
}

Result<std::vector<Route>> list_stale_routes(Socket& socket, LinkIndex link, Family family) {
    std::vector<Route> routes;
    const auto done =
        dump_routes(socket, list_request(family, link), family, [&](LinkRoute& entry, std::uint8_t protocol) {
            if (entry.link != link || is_the_kernels_own(entry, protocol)) return;
            const bool is_of_dhcp = protocol == RTPROT_DHCP && family == Family::kIpv4;
            if (entry.route.destination.is_default() || is_of_dhcp) routes.push_back(entry.route);
        });
    if (!done.ok()) return done.error();
    return routes;
}

Result<std::vector<LinkRoute>> list_routes(Socket& socket, Family family) {
    std::vector<LinkRoute> routes;
    const auto done = dump_routes(socket, list_request(family), family, [&](LinkRoute& entry, std::uint8_t protocol) {
        if (!is_the_kernels_own(entry, protocol)) routes.push_back(entry);
    });
    if (!done.ok()) return done.error();
    return routes;
}

Result<KernelRoutes> list_kernel_routes(Socket& socket, LinkIndex link) {
    constexpr auto kFamily = Family::kIpv6;
    KernelRoutes routes;
    const auto done =
        dump_routes(socket, list_request(kFamily, link), kFamily, [&](LinkRoute& entry, std::uint8_t protocol) {
            if (entry.link != link || !is_the_kernels_own(entry, protocol)) return;
            (protocol == RTPROT_KERNEL ? routes.of_prefixes : routes.of_routers).push_back(entry.route);
        });
    if (!done.ok()) return done.error();
    return routes;
}

}  // namespace nlinit::netlink
