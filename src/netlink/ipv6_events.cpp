// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/ipv6_events.hpp"

#include <linux/icmpv6.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace nlinit::netlink {
namespace {

// net/if_inet6.h of the kernel, which no header of its interface has.
constexpr std::uint32_t kAdvertisementCame = 0x20, kOther = 0x80, kManaged = 0x40;
constexpr std::uint8_t kRouterAdvertisement = 134;  // of ICMPv6 (RFC 4861 4.2)

LinkIndex index_of(std::uint32_t number) {
    return LinkIndex{static_cast<int>(number)};
}

std::optional<Ipv6Address> ipv6_in(nlattr* attribute) {
    const auto address = address_in(attribute);
    return address ? address->ipv6() : std::nullopt;
}

// The kernel tells of new times before its timer sets IFA_F_DEPRECATED.
bool is_past_preferred(nlattr* cache_info) {
    ifa_cacheinfo times{};
    if (cache_info == nullptr || nla_memcpy(&times, cache_info, sizeof times) < static_cast<int>(sizeof times))
        return false;
    return times.ifa_prefered == 0;
}

void parse_address(nlmsghdr* message, const OnIpv6Event& on_event) {
    nlattr* attributes[IFA_MAX + 1] = {};
    if (nlmsg_parse(message, sizeof(ifaddrmsg), attributes, IFA_MAX, nullptr) < 0) return;
    const auto* header = static_cast<const ifaddrmsg*>(nlmsg_data(message));
    // IFA_ADDRESS is the other end's where there is one.
    const auto address = ipv6_in(attributes[attributes[IFA_LOCAL] != nullptr ? IFA_LOCAL : IFA_ADDRESS]);
    if (header->ifa_family != AF_INET6 || !address) return;
    const auto flags = attributes[IFA_FLAGS] != nullptr ? nla_get_u32(attributes[IFA_FLAGS]) : header->ifa_flags;
    const auto has = [flags](std::uint32_t flag) { return (flags & flag) != 0; };
    on_event(
        AddressEvent{.link = index_of(header->ifa_index),
                     .address = {.address = *address,
                                 .prefix_length = header->ifa_prefixlen,
                                 .tentative = has(IFA_F_TENTATIVE),
                                 .optimistic = has(IFA_F_OPTIMISTIC),
                                 .duplicate = has(IFA_F_DADFAILED),
                                 .deprecated = has(IFA_F_DEPRECATED) || is_past_preferred(attributes[IFA_CACHEINFO]),
                                 .permanent = has(IFA_F_PERMANENT)},
                     .removed = message->nlmsg_type == RTM_DELADDR});
}

// The kernel keeps the wire's numbers, in which low is 3 and medium 0 (RFC 4191 2.1); the result is in order.
std::uint8_t preference_in(nlattr* attribute) {
    constexpr std::uint8_t kMedium = 1, kHigh = 2;
    if (attribute == nullptr) return kMedium;
    const auto value = nla_get_u8(attribute);
    return value == ICMPV6_ROUTER_PREF_HIGH ? kHigh : value == ICMPV6_ROUTER_PREF_LOW ? std::uint8_t{0} : kMedium;
}

IpAddress gateway_in(nlattr* attribute) {
    return address_in(attribute).value_or(Ipv6Address());
}

// A route with several next hops is a way out for each of them.
void split_ways(nlattr* multipath, WayOutEvent event, const OnIpv6Event& on_event) {
    constexpr std::size_t kAlignment = RTNH_ALIGNTO;
    auto* hop = static_cast<rtnexthop*>(nla_data(multipath));
    auto rest = static_cast<std::size_t>(nla_len(multipath));
    while (rest >= sizeof *hop && hop->rtnh_len >= sizeof *hop && hop->rtnh_len <= rest) {
        nlattr* attributes[RTA_MAX + 1] = {};
        auto* first = reinterpret_cast<nlattr*>(hop + 1);
        if (nla_parse(attributes, RTA_MAX, first, static_cast<int>(hop->rtnh_len - sizeof *hop), nullptr) >= 0) {
            event.link = LinkIndex{hop->rtnh_ifindex};
            event.way.gateway = gateway_in(attributes[RTA_GATEWAY]);
            on_event(event);
        }
        const std::size_t size = std::min((hop->rtnh_len + kAlignment - 1) / kAlignment * kAlignment, rest);
        rest -= size;
        hop = reinterpret_cast<rtnexthop*>(reinterpret_cast<char*>(hop) + size);
    }
}

// An advertised prefix may have any length, also 0. The kernel refuses a link-local one only.
void tell_of_network(const rtmsg& header, nlattr** attributes, const WayOutEvent& event, const OnIpv6Event& on_event) {
    const bool is_of_kernel = header.rtm_protocol == RTPROT_KERNEL || header.rtm_protocol == RTPROT_RA;
    const auto network = ipv6_in(attributes[RTA_DST]).value_or(Ipv6Address());
    if (!is_of_kernel || attributes[RTA_GATEWAY] != nullptr || network.is_link_local()) return;
    const Route route{.destination = IpPrefix(network, header.rtm_dst_len), .metric = event.way.metric};
    on_event(OnLinkNetworkEvent{.link = event.link, .route = route, .removed = event.removed});
}

void parse_route(nlmsghdr* message, const OnIpv6Event& on_event) {
    nlattr* attributes[RTA_MAX + 1] = {};
    if (nlmsg_parse(message, sizeof(rtmsg), attributes, RTA_MAX, nullptr) < 0) return;
    const auto* header = static_cast<const rtmsg*>(nlmsg_data(message));
    const bool is_of_interest = header->rtm_family == AF_INET6 && header->rtm_table == RT_TABLE_MAIN &&
                                header->rtm_type == RTN_UNICAST && header->rtm_src_len == 0;
    if (!is_of_interest) return;
    WayOutEvent event;
    event.removed = message->nlmsg_type == RTM_DELROUTE;
    event.replaces = (message->nlmsg_flags & NLM_F_REPLACE) != 0;
    if (attributes[RTA_PRIORITY] != nullptr) event.way.metric = nla_get_u32(attributes[RTA_PRIORITY]);
    if (attributes[RTA_OIF] != nullptr) {
        event.link = index_of(nla_get_u32(attributes[RTA_OIF]));
        tell_of_network(*header, attributes, event, on_event);
    }
    if (header->rtm_dst_len != 0) return;
    event.way.preference = preference_in(attributes[RTA_PREF]);
    if (attributes[RTA_MULTIPATH] != nullptr) return split_ways(attributes[RTA_MULTIPATH], event, on_event);
    if (attributes[RTA_OIF] == nullptr) return;
    event.way.gateway = gateway_in(attributes[RTA_GATEWAY]);
    on_event(event);
}

void parse_flags(nlmsghdr* message, const OnIpv6Event& on_event) {
    nlattr* attributes[IFLA_MAX + 1] = {};
    nlattr* ipv6[IFLA_INET6_MAX + 1] = {};
    if (nlmsg_parse(message, sizeof(ifinfomsg), attributes, IFLA_MAX, nullptr) < 0) return;
    const auto* header = static_cast<const ifinfomsg*>(nlmsg_data(message));
    if (header->ifi_family != AF_INET6 || attributes[IFLA_PROTINFO] == nullptr ||
        nla_parse_nested(ipv6, IFLA_INET6_MAX, attributes[IFLA_PROTINFO], nullptr) < 0 ||
        ipv6[IFLA_INET6_FLAGS] == nullptr)
        return;
    const auto flags = nla_get_u32(ipv6[IFLA_INET6_FLAGS]);
    on_event(RouterFlagsEvent{.link = LinkIndex{header->ifi_index},
                              .flags = {.is_answered = (flags & kAdvertisementCame) != 0,
                                        .managed = (flags & kManaged) != 0,
                                        .other = (flags & kOther) != 0}});
}

// The options of neighbour discovery stand between header and attributes.
void parse_options(nlmsghdr* message, const OnIpv6Event& on_event) {
    if (!nlmsg_valid_hdr(message, sizeof(nduseroptmsg))) return;
    const auto* header = static_cast<const nduseroptmsg*>(nlmsg_data(message));
    const int before_attributes = static_cast<int>(sizeof *header + header->nduseropt_opts_len);
    nlattr* attributes[NDUSEROPT_MAX + 1] = {};
    if (header->nduseropt_family != AF_INET6 || header->nduseropt_icmp_type != kRouterAdvertisement ||
        nlmsg_parse(message, before_attributes, attributes, NDUSEROPT_MAX, nullptr) < 0)
        return;
    const auto router = ipv6_in(attributes[NDUSEROPT_SRCADDR]);
    if (!router) return;
    const auto* options = reinterpret_cast<const std::uint8_t*>(header + 1);
    on_event(RouterOptionsEvent{.link = LinkIndex{header->nduseropt_ifindex},
                                .router = *router,
                                .options = parse_router_options({options, header->nduseropt_opts_len})});
}

template <class Header>
Result<> list(Socket& socket, std::uint16_t type, std::uint8_t Header::*family, const char* what,
              const OnIpv6Event& on_event) {
    Header header{};
    header.*family = AF_INET6;
    auto done = socket.dump(Request(type, 0, header, what), [&](nlmsghdr* message) { parse_ipv6(message, on_event); });
    // ENOENT: the table of routes does not exist yet, so there are no routes.
    return done.ok() || done.error().code == ENOENT ? Result<>() : done;
}

}  // namespace

LinkIndex link_of(const Ipv6Event& event) {
    return std::visit([](const auto& each) { return each.link; }, event);
}

void apply(const Ipv6Event& event, LinkIpv6& link) {
    const auto take_or_drop = [&link](const auto& what, bool removed) { removed ? link.drop(what) : link.take(what); };
    if (const auto* address = std::get_if<AddressEvent>(&event)) take_or_drop(address->address, address->removed);
    if (const auto* network = std::get_if<OnLinkNetworkEvent>(&event)) take_or_drop(network->route, network->removed);
    const auto* way = std::get_if<WayOutEvent>(&event);
    if (way != nullptr && way->removed) link.drop(way->way);
    if (way != nullptr && !way->removed) link.take(way->way, way->replaces);
}

void parse_ipv6(nlmsghdr* message, const OnIpv6Event& on_event) {
    switch (message->nlmsg_type) {
        case RTM_NEWADDR:
        case RTM_DELADDR:
            return parse_address(message, on_event);
        case RTM_NEWROUTE:
        case RTM_DELROUTE:
            return parse_route(message, on_event);
        case RTM_NEWLINK:
            return parse_flags(message, on_event);
        case RTM_NEWNDUSEROPT:
            return parse_options(message, on_event);
        default:
            return;
    }
}

Result<> list_router_flags(Socket& socket, const OnIpv6Event& on_event) {
    return list(socket, RTM_GETLINK, &ifinfomsg::ifi_family, "list what routers say", on_event);
}

Result<> list_ipv6_addresses(Socket& socket, const OnIpv6Event& on_event) {
    return list(socket, RTM_GETADDR, &ifaddrmsg::ifa_family, "list the IPv6 addresses", on_event);
}

Result<> list_ipv6(Socket& socket, const OnIpv6Event& on_event) {
    auto done = list_router_flags(socket, on_event);
    if (done.ok()) done = list_ipv6_addresses(socket, on_event);
    if (done.ok()) done = list(socket, RTM_GETROUTE, &rtmsg::rtm_family, "list the IPv6 routes", on_event);
    return done;
}

}  // namespace nlinit::netlink
