// SPDX-License-Identifier: Apache-2.0
#include "support/kernel_view.hpp"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "support/libnl.hpp"

namespace nlinit::test {

namespace {

using Socket = std::unique_ptr<nl_sock, NlDeleter<nl_socket_free>>;
using Cache = std::unique_ptr<nl_cache, NlDeleter<nl_cache_free>>;

Socket connect() {
    Socket socket(nl_socket_alloc());
    require_netlink(nl_connect(socket.get(), NETLINK_ROUTE), "open a netlink socket");
    return socket;
}

template <class Object>
void for_each(const Cache& cache, const std::function<void(Object*)>& visit) {
    for (auto* object = nl_cache_get_first(cache.get()); object != nullptr; object = nl_cache_get_next(object))
        visit(reinterpret_cast<Object*>(object));
}

// Without the length that libnl leaves out when it is 32.
std::string to_text(const nl_addr* address) {
    std::array<char, 64> text{};
    nl_addr2str(address, text.data(), text.size());
    return text.data();
}

std::string to_text(const rtnl_addr* address) {
    const std::string local = to_text(rtnl_addr_get_local(const_cast<rtnl_addr*>(address)));
    const bool is_ipv6 = rtnl_addr_get_family(const_cast<rtnl_addr*>(address)) == AF_INET6;
    return local.find('/') == std::string::npos ? local + (is_ipv6 ? "/128" : "/32") : local;
}

int number_of(Family family) {
    return family == Family::kIpv4 ? AF_INET : AF_INET6;
}

void for_each_address(const std::string& link, const NetworkNamespace& ns, Family family,
                      const std::function<void(rtnl_addr*)>& visit) {
    const auto inside = ns.enter();
    const auto socket = connect();
    nl_cache* addresses = nullptr;
    require_netlink(rtnl_addr_alloc_cache(socket.get(), &addresses), "list addresses");
    const Cache cache(addresses);
    const int index = static_cast<int>(::if_nametoindex(link.c_str()));
    for_each<rtnl_addr>(cache, [&](rtnl_addr* address) {
        if (rtnl_addr_get_ifindex(address) == index && rtnl_addr_get_family(address) == number_of(family))
            visit(address);
    });
}

std::string protocol_of(rtnl_route* route) {
    switch (rtnl_route_get_protocol(route)) {
        case RTPROT_DHCP:
            return "dhcp";
        case RTPROT_STATIC:
            return "static";
        case RTPROT_KERNEL:
            return "kernel";
        default:
            return std::to_string(rtnl_route_get_protocol(route));
    }
}

std::string to_text(rtnl_route* route, rtnl_nexthop* hop) {
    nl_addr* destination = rtnl_route_get_dst(route);
    const bool is_default = nl_addr_get_prefixlen(destination) == 0;
    std::string text = is_default ? "default" : to_text(destination);
    if (auto* gateway = rtnl_route_nh_get_gateway(hop)) text += " via " + to_text(gateway);
    if (auto* source = rtnl_route_get_pref_src(route)) text += " src " + to_text(source);
    text += " proto " + protocol_of(route);
    if (rtnl_route_get_scope(route) == RT_SCOPE_LINK) text += " scope link";
    if (const auto metric = rtnl_route_get_priority(route); metric != 0) text += " metric " + std::to_string(metric);
    return text;
}

std::string link_event(nlmsghdr* message) {
    nlattr* attributes[IFLA_MAX + 1] = {};
    nlmsg_parse(message, sizeof(ifinfomsg), attributes, IFLA_MAX, nullptr);
    return std::string("link ") + nla_get_string(attributes[IFLA_IFNAME]) + " mtu " +
           std::to_string(nla_get_u32(attributes[IFLA_MTU]));
}

std::string with_length(nlattr* attribute, unsigned length) {
    const int family = nla_len(attribute) == sizeof(in6_addr) ? AF_INET6 : AF_INET;
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(family, nla_data(attribute), text.data(), text.size());
    return std::string(text.data()) + '/' + std::to_string(length);
}

std::string address_event(nlmsghdr* message) {
    nlattr* attributes[IFA_MAX + 1] = {};
    nlmsg_parse(message, sizeof(ifaddrmsg), attributes, IFA_MAX, nullptr);
    return "address " + with_length(attributes[IFA_LOCAL] ? attributes[IFA_LOCAL] : attributes[IFA_ADDRESS],
                                    static_cast<const ifaddrmsg*>(nlmsg_data(message))->ifa_prefixlen);
}

// Those of the local table come with every address.
std::string route_event(nlmsghdr* message) {
    nlattr* attributes[RTA_MAX + 1] = {};
    nlmsg_parse(message, sizeof(rtmsg), attributes, RTA_MAX, nullptr);
    const auto* header = static_cast<const rtmsg*>(nlmsg_data(message));
    if (header->rtm_table != RT_TABLE_MAIN) return {};
    return "route " + (attributes[RTA_DST] ? with_length(attributes[RTA_DST], header->rtm_dst_len) : "default");
}

std::string line_of(nlmsghdr* message) {
    std::string text;
    switch (message->nlmsg_type) {
        case RTM_NEWLINK:
        case RTM_DELLINK:
            text = link_event(message);
            break;
        case RTM_NEWADDR:
        case RTM_DELADDR:
            text = address_event(message);
            break;
        case RTM_NEWROUTE:
        case RTM_DELROUTE:
            text = route_event(message);
            break;
        default:
            break;
    }
    // RTM_NEW* is the first of each family's four numbers (rtnetlink.h).
    return text.empty() ? text : (message->nlmsg_type % 4 == 0 ? "new " : "gone ") + text;
}

}  // namespace

std::vector<std::string> addresses_of(const std::string& link, const NetworkNamespace& ns, Family family) {
    std::vector<std::string> lines;
    for_each_address(link, ns, family, [&](rtnl_addr* address) {
        if (family == Family::kIpv6 && rtnl_addr_get_scope(address) == RT_SCOPE_LINK) return;
        auto* broadcast = rtnl_addr_get_broadcast(address);
        const bool nodad = (rtnl_addr_get_flags(address) & IFA_F_NODAD) != 0;
        lines.push_back(to_text(address) + (broadcast ? " brd " + to_text(broadcast) : "") + (nodad ? " nodad" : ""));
    });
    return lines;
}

bool has_usable_ipv6(const std::string& link, const NetworkNamespace& ns) {
    bool link_local = false, tentative = false;
    for_each_address(link, ns, Family::kIpv6, [&](rtnl_addr* address) {
        link_local |= rtnl_addr_get_scope(address) == RT_SCOPE_LINK;
        tentative |= (rtnl_addr_get_flags(address) & IFA_F_TENTATIVE) != 0;
    });
    return link_local && !tentative;
}

std::optional<std::uint32_t> lifetime_of(const std::string& address, const std::string& link,
                                         const NetworkNamespace& ns) {
    std::optional<std::uint32_t> left;
    const auto family = address.find(':') == std::string::npos ? Family::kIpv4 : Family::kIpv6;
    for_each_address(link, ns, family, [&](rtnl_addr* candidate) {
        const auto valid = rtnl_addr_get_valid_lifetime(candidate);
        if (to_text(candidate) == address && valid != UINT32_MAX) left = valid;
    });
    return left;
}

std::vector<std::string> routes_of(const std::string& link, const NetworkNamespace& ns, Family family) {
    const auto inside = ns.enter();
    const auto socket = connect();
    nl_cache* routes = nullptr;
    require_netlink(rtnl_route_alloc_cache(socket.get(), number_of(family), 0, &routes), "list routes");
    const Cache cache(routes);
    const int index = static_cast<int>(::if_nametoindex(link.c_str()));
    std::vector<std::string> lines;
    for_each<rtnl_route>(cache, [&](rtnl_route* route) {
        auto* hop = rtnl_route_nexthop_n(route, 0);
        if (family == Family::kIpv6 && rtnl_route_get_protocol(route) == RTPROT_KERNEL) return;
        if (rtnl_route_get_table(route) == RT_TABLE_MAIN && hop && rtnl_route_nh_get_ifindex(hop) == index)
            lines.push_back(to_text(route, hop));
    });
    std::ranges::sort(lines);
    return lines;
}

std::string way_to(const IpAddress& destination, const NetworkNamespace& ns) {
    const auto inside = ns.enter();
    const auto socket = connect();
    const auto octets = destination.octets();
    const std::unique_ptr<nl_addr, NlDeleter<nl_addr_put>> address(
        nl_addr_build(number_of(destination.family()), octets.data(), octets.size()));
    rtnl_route* found = nullptr;
    if (rtnl_route_lookup(socket.get(), address.get(), &found) != 0) return {};
    const std::unique_ptr<rtnl_route, NlDeleter<rtnl_route_put>> route(found);
    auto* hop = rtnl_route_nexthop_n(found, 0);
    std::array<char, IF_NAMESIZE> name{};
    if (hop == nullptr) return {};
    const auto index = static_cast<unsigned>(rtnl_route_nh_get_ifindex(hop));
    return ::if_indextoname(index, name.data()) == nullptr ? std::string() : name.data();
}

std::optional<LinkView> link_of(const std::string& name, const NetworkNamespace& ns) {
    const auto inside = ns.enter();
    const auto socket = connect();
    rtnl_link* found = nullptr;
    const int result = rtnl_link_get_kernel(socket.get(), 0, name.c_str(), &found);
    if (result == -NLE_OBJ_NOTFOUND || result == -NLE_NODEV) return std::nullopt;
    require_netlink(result, "look at " + name);
    const std::unique_ptr<rtnl_link, NlDeleter<rtnl_link_put>> link(found);
    LinkView view;
    view.index = rtnl_link_get_ifindex(found);
    view.up = (rtnl_link_get_flags(found) & IFF_UP) != 0;
    view.carrier = rtnl_link_get_carrier(found) != 0;
    view.running = rtnl_link_get_operstate(found) == rtnl_link_str2operstate("up");
    view.mtu = rtnl_link_get_mtu(found);
    view.mac = to_text(rtnl_link_get_addr(found));
    return view;
}

KernelEvents::KernelEvents(const NetworkNamespace& ns, Family family) {
    const auto inside = ns.enter();
    socket_.reset(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
    sockaddr_nl all{};
    all.nl_family = AF_NETLINK;
    all.nl_groups = RTMGRP_LINK | (family == Family::kIpv4 ? RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE
                                                           : RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE);
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&all), sizeof all) != 0)
        throw std::system_error(errno, std::generic_category(), "subscribe to rtnetlink");
}

std::vector<std::string> KernelEvents::take() {
    std::vector<std::string> lines;
    alignas(nlmsghdr) std::array<char, 32768> buffer;
    for (;;) {
        const auto size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (size < 0) return lines;
        auto rest = static_cast<int>(size);
        for (auto* message = reinterpret_cast<nlmsghdr*>(buffer.data()); nlmsg_ok(message, rest);
             message = nlmsg_next(message, &rest)) {
            if (auto line = line_of(message); !line.empty()) lines.push_back(std::move(line));
        }
    }
}

}  // namespace nlinit::test
