// SPDX-License-Identifier: Apache-2.0
#include "app/netsetup/replaced_routes.hpp"

#include <algorithm>

#include "nlinit/base/append.hpp"
#include "nlinit/netlink/links.hpp"

namespace nlinit::app {
namespace {

std::string name_of(LinkIndex index) {
    auto socket = netlink::Socket::open();
    if (!socket.ok()) return "another link";
    const auto links = netlink::list_links(*socket);
    if (!links.ok()) return "another link";
    const auto found = std::ranges::find(*links, index, &Link::index);
    return found == links->end() ? "a link that is gone" : found->name;
}

}  // namespace

std::vector<netlink::LinkRoute> routes_of_now() {
    auto socket = netlink::Socket::open();
    if (!socket.ok()) return {};
    auto routes = netlink::list_routes(*socket, Family::kIpv4);
    return routes.ok() ? *std::move(routes) : std::vector<netlink::LinkRoute>();
}

std::string replaced_route(const std::vector<netlink::LinkRoute>& before, const InterfaceSetup& interface) {
    if (interface.link() == nullptr) return {};
    const auto plan = interface.plan();
    for (const auto& other : before) {
        const bool is_replaced =
            other.link != interface.link()->index &&
            std::ranges::any_of(plan.routes, [&](const Route& own) { return same_slot(own, other.route); });
        if (is_replaced)
            return concat({"the route ", to_string(other.route), " of ", name_of(other.link), " is replaced by one of ",
                           interface.link()->name, ": another --metric keeps both"});
    }
    return {};
}

}  // namespace nlinit::app
