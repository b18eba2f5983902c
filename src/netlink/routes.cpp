#include "nlinit/netlink/routes.hpp"

#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <optional>

namespace nlinit::netlink {
namespace {

rtmsg header_for(const Route& route) {
    rtmsg header{};
    header.rtm_family = AF_INET;
    header.rtm_dst_len = route.destination.length();
    header.rtm_table = RT_TABLE_MAIN;
    header.rtm_type = RTN_UNICAST;
    return header;
}

Request make_request(std::uint16_t type, std::uint16_t flags, const rtmsg& header, LinkIndex link, const Route& route,
                     const std::string& verb) {
    Request request(type, flags, header, verb + " route " + to_string(route));
    if (!route.destination.is_default()) request.put_address(RTA_DST, route.destination.network());
    if (route.gateway) request.put_address(RTA_GATEWAY, *route.gateway);
    if (route.metric != 0) request.put_u32(RTA_PRIORITY, route.metric);
    request.put_u32(RTA_OIF, static_cast<std::uint32_t>(link));
    return request;
}

std::optional<Route> parse_route(nlmsghdr* message, LinkIndex link) {
    nlattr* attributes[RTA_MAX + 1] = {};
    if (message->nlmsg_type != RTM_NEWROUTE || nlmsg_parse(message, sizeof(rtmsg), attributes, RTA_MAX, nullptr) < 0)
        return std::nullopt;
    const auto* header = static_cast<const rtmsg*>(nlmsg_data(message));
    const bool ours = header->rtm_table == RT_TABLE_MAIN && header->rtm_type == RTN_UNICAST &&
                      attributes[RTA_OIF] != nullptr &&
                      nla_get_u32(attributes[RTA_OIF]) == static_cast<std::uint32_t>(link);
    if (!ours) return std::nullopt;
    Route route;
    route.destination = {address_in(attributes[RTA_DST]).value_or(Ipv4Address{}), header->rtm_dst_len};
    route.gateway = address_in(attributes[RTA_GATEWAY]);
    route.source = address_in(attributes[RTA_PREFSRC]);
    route.metric = attributes[RTA_PRIORITY] != nullptr ? nla_get_u32(attributes[RTA_PRIORITY]) : 0;
    return route;
}

}  // namespace

Request make_add_route(LinkIndex link, const Route& route, RouteOrigin origin) {
    auto header = header_for(route);
    header.rtm_protocol = origin == RouteOrigin::dhcp ? RTPROT_DHCP : RTPROT_STATIC;
    header.rtm_scope = route.gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
    auto request = make_request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, header, link, route, "add");
    if (route.source) request.put_address(RTA_PREFSRC, *route.source);
    return request;
}

Request make_remove_route(LinkIndex link, const Route& route) {
    auto header = header_for(route);
    header.rtm_scope = RT_SCOPE_NOWHERE;  // any
    return make_request(RTM_DELROUTE, 0, header, link, route, "remove");
}

Result<std::vector<Route>> list_routes(Socket& socket, LinkIndex link) {
    std::vector<Route> routes;
    rtmsg header{};
    header.rtm_family = AF_INET;
    header.rtm_table = RT_TABLE_MAIN;
    Request request(RTM_GETROUTE, 0, header, "list the routes");
    request.put_u32(RTA_OIF, static_cast<std::uint32_t>(link));
    auto done = socket.dump(std::move(request), [&](nlmsghdr* message) {
        if (auto route = parse_route(message, link)) routes.push_back(*route);
    });
    // With strict checking a table that does not exist yet is ENOENT: there are no routes.
    if (!done.ok() && done.error().code != ENOENT) return done.error();
    return routes;
}

}  // namespace nlinit::netlink
