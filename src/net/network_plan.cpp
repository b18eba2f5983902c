// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/network_plan.hpp"

#include <algorithm>

#include "nlinit/base/append.hpp"

namespace nlinit {
namespace {

bool same_subnet(const InterfaceAddress& a, const InterfaceAddress& b) {
    return a.prefix() == b.prefix();  // the mask too: with another mask the kernel makes a second primary
}

std::uint32_t metric_in_the_kernel(const Route& route) noexcept {
    return route.metric == 0 && route.family() == Family::kIpv6 ? kIpv6DefaultMetric : route.metric;
}

bool is_wanted(const InterfaceAddress& address, const NetworkPlan& wanted) {
    return std::ranges::any_of(wanted.addresses, [&](const auto& other) { return other.same_place(address); });
}

bool is_in_the_way(const InterfaceAddress& address, const NetworkPlan& wanted) {
    return address.local.family() == Family::kIpv4 &&
           std::ranges::any_of(wanted.addresses, [&](const auto& other) { return same_subnet(address, other); });
}

}  // namespace

std::string to_string(const InterfaceAddress& address) {
    return concat({address.local.to_string(), "/", std::to_string(address.prefix_length)});
}

bool operator==(const Route& a, const Route& b) {
    return same_slot(a, b) && a.gateway == b.gateway && a.source == b.source;
}

bool same_slot(const Route& a, const Route& b) noexcept {
    return a.destination == b.destination && metric_in_the_kernel(a) == metric_in_the_kernel(b);
}

bool takes_place_of(const Route& one, const Route& other) noexcept {
    const bool stands_beside = one.family() == Family::kIpv6 && !one.gateway && other.gateway;
    return same_slot(one, other) && !stands_beside;
}

std::string to_string(const Route& route) {
    std::string text = route.destination.is_default() ? "default" : route.destination.to_string();
    if (route.gateway) text += " via " + route.gateway->to_string();
    if (route.metric != 0) text += " metric " + std::to_string(route.metric);
    return text;
}

NetworkPlan what_outlasts_down(NetworkPlan plan) {
    std::erase_if(plan.addresses,
                  [](const InterfaceAddress& address) { return address.local.family() == Family::kIpv6; });
    plan.routes.clear();
    return plan;
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
        if (!is_there || address.valid_for || address.preferred_for) changes.addresses_to_add.push_back(address);
    }
    // Without its old address the kernel drops every route that names it as source: then all are to be put back.
    const bool all_of_ipv4 = !changes.addresses_in_the_way.empty();
    for (const auto& route : wanted.routes) {
        const bool is_dropped = all_of_ipv4 && route.family() == Family::kIpv4;
        if (is_dropped || std::ranges::find(current.routes, route) == current.routes.end())
            changes.routes_to_add.push_back(route);
    }
    for (const auto& route : current.routes) {
        const auto replaces = [&](const auto& other) { return takes_place_of(other, route); };
        if (std::ranges::none_of(wanted.routes, replaces)) changes.routes_to_remove.push_back(route);
    }
    return changes;
}

}  // namespace nlinit
