#include "nlinit/net/route_plan.hpp"

#include <algorithm>

namespace nlinit {
namespace {

class RoutePlanner {
  public:
    RoutePlanner(Ipv4Address source, std::uint32_t metric) : source_(source), metric_(metric) {}

    void add(Prefix destination, std::optional<Ipv4Address> gateway, std::uint32_t metric = 0) {
        if (metric == 0) metric = metric_;
        const auto same = [&](const Route& route) {
            return route.destination == destination && route.metric == metric;
        };
        if (std::ranges::any_of(routes_, same)) return;
        if (gateway && !is_on_link(*gateway)) add({*gateway, Prefix::kMaxLength}, std::nullopt);
        routes_.push_back({destination, gateway, source_, metric});
    }
    [[nodiscard]] std::vector<Route> take() && { return std::move(routes_); }

  private:
    [[nodiscard]] bool is_on_link(Ipv4Address gateway) const {
        return std::ranges::any_of(
            routes_, [&](const Route& route) { return !route.gateway && route.destination.contains(gateway); });
    }

    Ipv4Address source_;
    std::uint32_t metric_;
    std::vector<Route> routes_;
};

}  // namespace

std::vector<Route> complete_routes(const InterfaceAddress& address, std::span<const Route> routes,
                                   std::uint32_t metric) {
    RoutePlanner planner(address.local, metric);
    if (address.prefix_length < Prefix::kMaxLength) planner.add(address.prefix(), std::nullopt);
    for (const auto& route : routes) {
        if (!route.gateway) planner.add(route.destination, std::nullopt, route.metric);
    }
    for (const auto& route : routes) {
        if (route.gateway) planner.add(route.destination, route.gateway, route.metric);
    }
    return std::move(planner).take();
}

bool leads_to(std::span<const Route> routes, Ipv4Address address) noexcept {
    return std::ranges::any_of(routes, [&](const Route& route) { return route.destination.contains(address); });
}

}  // namespace nlinit
