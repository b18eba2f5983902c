#include "nlinit/net/route_plan.hpp"

#include <algorithm>

namespace nlinit {
namespace {

Route on_link_route(Prefix destination, bool is_advice) {
    Route route;
    route.destination = destination;
    route.is_advice = is_advice;
    return route;
}

class RoutePlanner {
  public:
    RoutePlanner(Ipv4Address source, std::uint32_t metric) : source_(source), metric_(metric) {}

    void add(Route route) {
        if (route.metric == 0) route.metric = metric_;
        route.source = source_;
        if (std::ranges::any_of(routes_, [&](const Route& other) { return same_slot(other, route); })) return;
        if (route.gateway && !is_on_link(*route.gateway))
            add(on_link_route({*route.gateway, Prefix::kMaxLength}, route.is_advice));
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
    [[nodiscard]] static bool is_way_to(Ipv4Address gateway, const Route& route) {
        return !route.gateway && route.destination.contains(gateway);
    }
    [[nodiscard]] bool is_on_link(Ipv4Address gateway) const {
        return std::ranges::any_of(routes_, [&](const Route& route) { return is_way_to(gateway, route); });
    }
    void require_way_to(Ipv4Address gateway) {
        const auto is_sure = [&](const Route& route) { return is_way_to(gateway, route) && !route.is_advice; };
        if (std::ranges::any_of(routes_, is_sure)) return;
        for (auto& route : routes_) {
            if (is_way_to(gateway, route)) route.is_advice = false;
        }
    }

    Ipv4Address source_;
    std::uint32_t metric_;
    std::vector<Route> routes_;
};

}  // namespace

std::vector<Route> complete_routes(const InterfaceAddress& address, std::span<const Route> routes,
                                   std::uint32_t metric) {
    RoutePlanner planner(address.local, metric);
    if (address.prefix_length < Prefix::kMaxLength) planner.add(on_link_route(address.prefix(), false));
    for (const auto& route : routes) {
        if (!route.gateway) planner.add(route);
    }
    for (const auto& route : routes) {
        if (route.gateway) planner.add(route);
    }
    return std::move(planner).take();
}

bool leads_to(std::span<const Route> routes, Ipv4Address address) noexcept {
    return std::ranges::any_of(routes, [&](const Route& route) { return route.destination.contains(address); });
}

}  // namespace nlinit
