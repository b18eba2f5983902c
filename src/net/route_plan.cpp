// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/route_plan.hpp"

#include <algorithm>
#include <iterator>

namespace nlinit {
namespace {

Route on_link_route(const IpPrefix& destination, bool is_advice) {
    Route route;
    route.destination = destination;
    route.is_advice = is_advice;
    return route;
}

class RoutePlanner {
  public:
    RoutePlanner(const IpAddress& address, std::uint32_t metric) : metric_(metric) {
        if (address.family() == Family::kIpv4) source_ = address;
    }

    void add(Route route) {
        if (route.metric == 0) route.metric = metric_;
        route.source = source_;
        if (std::ranges::any_of(routes_, [&](const Route& other) { return same_slot(other, route); })) return;
        if (route.gateway && !is_on_link(*route.gateway))
            add(on_link_route({*route.gateway, bits_of(route.family())}, route.is_advice));
        routes_.push_back(route);
    }
    // What a route needs that must be there must be there too.
    [[nodiscard]] std::vector<Route> take() && {
        for (const auto& route : routes_) {
            if (route.gateway && !route.is_advice) require_way_to(*route.gateway);
        }
        return std::move(routes_);
    }

  private:
    [[nodiscard]] static bool is_way_to(const IpAddress& gateway, const Route& route) {
        return !route.gateway && route.destination.contains(gateway);
    }
    [[nodiscard]] bool is_on_link(const IpAddress& gateway) const {
        if (gateway.is_link_local()) return true;
        return std::ranges::any_of(routes_, [&](const Route& route) { return is_way_to(gateway, route); });
    }
    void require_way_to(const IpAddress& gateway) {
        const auto is_sure = [&](const Route& route) { return is_way_to(gateway, route) && !route.is_advice; };
        if (std::ranges::any_of(routes_, is_sure)) return;
        for (auto& route : routes_) {
            if (is_way_to(gateway, route)) route.is_advice = false;
        }
    }

    std::optional<IpAddress> source_;
    std::uint32_t metric_;
    std::vector<Route> routes_;
};

}  // namespace

std::vector<Route> complete_routes(const InterfaceAddress& address, std::span<const Route> routes,
                                   std::uint32_t metric) {
    const auto family = address.local.family();
    RoutePlanner planner(address.local, metric);
    if (address.prefix_length < bits_of(family)) planner.add(on_link_route(address.prefix(), false));
    for (const auto& route : routes) {
        if (route.family() == family && !route.gateway) planner.add(route);
    }
    for (const auto& route : routes) {
        if (route.family() == family && route.gateway) planner.add(route);
    }
    return std::move(planner).take();
}

std::uint32_t RouteMetric::of(Family family) const noexcept {
    if (configured != 0) return configured;
    return rank != 0 && family == Family::kIpv6 ? kIpv6DefaultMetric + rank : rank;
}

std::vector<Route> routes_of(Family family, std::span<const Route> routes) {
    std::vector<Route> chosen;
    std::ranges::copy_if(routes, std::back_inserter(chosen),
                         [&](const Route& route) { return route.family() == family; });
    return chosen;
}

std::vector<Route> complete_routes(std::span<const InterfaceAddress> addresses, std::span<const Route> routes,
                                   RouteMetric metric) {
    std::vector<Route> all;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const auto family = addresses[i].local.family();
        const auto same_family = [&](const InterfaceAddress& other) { return other.local.family() == family; };
        const bool is_first = std::ranges::none_of(addresses.first(i), same_family);
        const auto own = complete_routes(addresses[i], is_first ? routes : std::span<const Route>(), metric.of(family));
        all.insert(all.end(), own.begin(), own.end());
    }
    return all;
}

bool leads_to(std::span<const Route> routes, const IpAddress& address) noexcept {
    return std::ranges::any_of(routes, [&](const Route& route) { return route.destination.contains(address); });
}

}  // namespace nlinit
