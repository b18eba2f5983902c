#include "nlinit/net/network_plan.hpp"

#include <algorithm>

namespace nlinit {
namespace {

bool same_subnet(const InterfaceAddress& a, const InterfaceAddress& b) {
    return a.prefix() == b.prefix();  // the mask too: with another mask the kernel makes a second primary
}

bool is_wanted(const InterfaceAddress& address, const NetworkPlan& wanted) {
    return std::ranges::any_of(wanted.addresses, [&](const auto& other) { return other.same_place(address); });
}

bool is_in_the_way(const InterfaceAddress& address, const NetworkPlan& wanted) {
    return std::ranges::any_of(wanted.addresses, [&](const auto& other) { return same_subnet(address, other); });
}

}  // namespace

std::string to_string(const InterfaceAddress& address) {
    return address.local.to_string() + '/' + std::to_string(address.prefix_length);
}

bool same_slot(const Route& a, const Route& b) noexcept {
    return a.destination == b.destination && a.metric == b.metric;
}

std::string to_string(const Route& route) {
    std::string text = route.destination.is_default() ? "default" : route.destination.to_string();
    if (route.gateway) text += " via " + route.gateway->to_string();
    if (route.metric != 0) text += " metric " + std::to_string(route.metric);
    return text;
}

NetworkChanges diff(const NetworkPlan& current, const NetworkPlan& wanted) {
    NetworkChanges changes;
    for (const auto& address : current.addresses) {
        if (is_wanted(address, wanted)) continue;
        auto& removals = is_in_the_way(address, wanted) ? changes.addresses_in_the_way : changes.addresses_to_remove;
        removals.push_back(address);
    }
    for (const auto& address : wanted.addresses) {
        // A lifetime has been running down since it was set: one of the same length is news.
        const bool is_there = std::ranges::find(current.addresses, address) != current.addresses.end();
        if (!is_there || address.valid_for) changes.addresses_to_add.push_back(address);
    }
    // Without its old address the kernel drops every route that names it as source: then all are to be put back.
    const bool all_routes = !changes.addresses_in_the_way.empty();
    for (const auto& route : wanted.routes) {
        if (all_routes || std::ranges::find(current.routes, route) == current.routes.end())
            changes.routes_to_add.push_back(route);
    }
    for (const auto& route : current.routes) {
        const auto in_same_slot = [&](const auto& other) { return same_slot(route, other); };
        if (std::ranges::none_of(wanted.routes, in_same_slot)) changes.routes_to_remove.push_back(route);
    }
    return changes;
}

}  // namespace nlinit
