// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/router_state.hpp"

#include <algorithm>
#include <cerrno>
#include <vector>

#include "nlinit/netlink/addresses.hpp"
#include "nlinit/netlink/routes.hpp"

namespace nlinit::netlink {
namespace {

// Whether an advertisement alone has made the route: for an address in that network the kernel keeps the same one.
bool is_of_routers_alone(const Route& route, const std::vector<InterfaceAddress>& others) {
    const auto& network = route.destination;
    return !network.network().is_link_local() && std::ranges::none_of(others, [&](const InterfaceAddress& address) {
        return address.prefix_length == network.length() && network.contains(address.local);
    });
}

void add_removals(std::vector<Request>& batch, LinkIndex link, const std::vector<Route>& routes) {
    for (const auto& route : routes) batch.push_back(make_remove_route(link, route));
}

// What is gone needs no removal: lifetimes end, and the kernel removes temporary addresses with the main one.
Result<> remove(Socket& socket, std::vector<Request> batch) {
    if (batch.empty()) return {};
    for (const auto& failure : socket.transact(batch)) {
        const int code = failure.error.code;
        if (code != ESRCH && code != EADDRNOTAVAIL) return failure.error;
    }
    return {};
}

}  // namespace

Result<> remove_router_state(Socket& socket, LinkIndex link) {
    const auto addresses = list_ipv6_by_origin(socket, link);
    if (!addresses.ok()) return addresses.error();
    auto routes = list_kernel_routes(socket, link);
    if (!routes.ok()) return routes.error();
    std::erase_if(routes->of_prefixes,
                  [&](const Route& route) { return !is_of_routers_alone(route, addresses->others); });
    std::vector<Request> batch;
    add_removals(batch, link, routes->of_routers);
    for (const auto& address : addresses->of_routers) batch.push_back(make_remove_address(link, address));
    add_removals(batch, link, routes->of_prefixes);
    return remove(socket, std::move(batch));
}

Result<> remove_router_ways(Socket& socket, LinkIndex link) {
    const auto routes = list_kernel_routes(socket, link);
    if (!routes.ok()) return routes.error();
    std::vector<Request> batch;
    add_removals(batch, link, routes->of_routers);
    return remove(socket, std::move(batch));
}

}  // namespace nlinit::netlink
