// SPDX-License-Identifier: Apache-2.0
#include "lan.hpp"

#include <net/if.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <poll.h>
#include <sys/socket.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "support/kernel_view.hpp"
#include "support/libnl.hpp"

namespace nlinit::test {
namespace {

using Socket = std::unique_ptr<nl_sock, NlDeleter<nl_socket_free>>;
using Route = std::unique_ptr<rtnl_route, NlDeleter<rtnl_route_put>>;
using Address = std::unique_ptr<nl_addr, NlDeleter<nl_addr_put>>;
using Cache = std::unique_ptr<nl_cache, NlDeleter<nl_cache_free>>;

Socket connect() {
    Socket socket(nl_socket_alloc());
    require_netlink(nl_connect(socket.get(), NETLINK_ROUTE), "open a netlink socket");
    return socket;
}

// Each event of the kernel is reason to look.
void await(const std::string& state, const NetworkNamespace& ns, Family family, const std::function<bool()>& is_so) {
    constexpr int kLimitMs = 5000;
    KernelEvents events(ns, family);
    pollfd change{events.fd(), POLLIN, 0};
    while (!is_so()) {
        if (::poll(&change, 1, kLimitMs) <= 0) throw std::runtime_error("no " + state);
        static_cast<void>(events.take());
    }
}

Address parse(const std::string& text) {
    nl_addr* address = nullptr;
    require_netlink(nl_addr_parse(text.c_str(), AF_INET, &address), "parse " + text);
    return Address(address);
}

}  // namespace

void make_port(const std::string& link, const std::string& bridge, const NetworkNamespace& ns) {
    set_master(link, bridge, ns);
    set_link_up(link, ns);
}

void readdress(const std::string& link, const NetworkNamespace& ns, const std::vector<std::string>& addresses) {
    {
        const auto inside = ns.enter();
        const auto socket = connect();
        nl_cache* listed = nullptr;
        require_netlink(rtnl_addr_alloc_cache(socket.get(), &listed), "list addresses");
        const Cache cache(listed);
        const auto index = static_cast<int>(::if_nametoindex(link.c_str()));
        for (auto* object = nl_cache_get_first(listed); object != nullptr; object = nl_cache_get_next(object)) {
            auto* address = reinterpret_cast<rtnl_addr*>(object);
            if (rtnl_addr_get_ifindex(address) == index && rtnl_addr_get_family(address) == AF_INET)
                require_netlink(rtnl_addr_delete(socket.get(), address, 0), "remove an address of " + link);
        }
    }
    for (const auto& address : addresses) add_address(address, link, ns);
}

void add_route(const std::string& destination, const std::string& router, const std::string& link,
               const NetworkNamespace& ns) {
    const auto inside = ns.enter();
    const auto socket = connect();
    const Route route(rtnl_route_alloc());
    rtnl_nexthop* hop = rtnl_route_nh_alloc();  // the route's, once added to it
    rtnl_route_nh_set_ifindex(hop, static_cast<int>(::if_nametoindex(link.c_str())));
    rtnl_route_nh_set_gateway(hop, parse(router).get());
    rtnl_route_add_nexthop(route.get(), hop);
    require_netlink(rtnl_route_set_dst(route.get(), parse(destination).get()), "route to " + destination);
    require_netlink(rtnl_route_add(socket.get(), route.get(), NLM_F_CREATE), "add a route to " + destination);
}

void await_running(const std::string& link, const NetworkNamespace& ns) {
    await("running " + link, ns, Family::kIpv4, [&] { return link_of(link, ns).value_or(LinkView{}).running; });
}

void await_ipv6(const std::string& link, const NetworkNamespace& ns) {
    await("usable IPv6 on " + link, ns, Family::kIpv6, [&] { return has_usable_ipv6(link, ns); });
}

Lan::Lan() {
    make_bridge("srv0", server);
    set_mac("02:00:00:00:00:01", "srv0", server);  // else the bridge takes the lowest of its ports
    set_link_up("srv0", server);
    make_veth("spare0", server, "spare1", server);  // a bridge is up while one of its ports is
    set_link_up("spare1", server);
    make_port("spare0", "srv0", server);
    add_address("192.0.2.1/24", "srv0", server);
    await_running("srv0", server);
    plug_in(client, kClientPort);
}

void Lan::plug_in(const NetworkNamespace& other, const std::string& port) const {
    make_veth("eth0", other, port, server);
    make_port(port, "srv0", server);
}

}  // namespace nlinit::test
