// What the interfaces have that a lease on one of them, which is no way out, must not take over.
#include <algorithm>
#include <utility>

#include "app/network/network_setup.hpp"
#include "nlinit/net/route_plan.hpp"
#include "nlinit/netlink/links.hpp"
#include "nlinit/netlink/routes.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

bool sets_up(const InterfaceSetup& interface, LinkIndex index) {
    return interface.link() != nullptr && interface.link()->index == index &&
           interface.wanted().method != config::Method::none;
}

// Leases are of IPv4: what changes of IPv6 is no reason to look at them again.
NetworkPlan ipv4_of(NetworkPlan plan) {
    plan.routes = routes_of(Family::kIpv4, plan.routes);
    std::erase_if(plan.addresses, [](const auto& address) { return address.local.family() != Family::kIpv4; });
    return plan;
}

}  // namespace

// Once for all that is there before the first lease is: what else has been set up on this machine, and by whom, is as
// much to be kept as what a row asks for.
void NetworkSetup::read_other_claims() {
    other_claims_.clear();
    if (std::ranges::none_of(interfaces_, [](const auto& each) { return each->respects_claims(); })) return;
    const auto links = netlink::list_links(*netlink_);
    const auto routes = netlink::list_routes(*netlink_, Family::kIpv4);
    if (!links.ok() || !routes.ok())
        return log::warning("net", to_string(links.ok() ? routes.error() : links.error()) +
                                       ": what other interfaces have is not known");
    for (const auto& link : *links) {
        if (std::ranges::any_of(interfaces_, [&](const auto& each) { return sets_up(*each, link.index); })) continue;
        NetworkPlan plan;
        for (const auto& [index, route] : *routes) {
            if (index != link.index) continue;
            plan.routes.push_back(route);
            if (route.source) plan.addresses.push_back({.local = *route.source});
        }
        if (!plan.routes.empty()) other_claims_.push_back(claim_of(link.name, plan, name_servers_));
    }
}

// Of all that may lead out, and of such as it that come before it: two of those would take turns otherwise.
std::vector<Claim> NetworkSetup::claims_before(const InterfaceSetup& interface) const {
    auto claims = other_claims_;
    bool is_before = true;
    for (const auto& other : interfaces_) {
        if (other.get() == &interface) is_before = false;
        if (other.get() == &interface || (other->respects_claims() && !is_before)) continue;
        const auto plan = ipv4_of(other->plan());
        if (other->link() != nullptr && !plan.addresses.empty())
            claims.push_back(claim_of(other->link()->name, plan, name_servers_));
    }
    return claims;
}

void NetworkSetup::share_claims() {
    for (const auto& interface : interfaces_) {
        if (interface->respects_claims()) interface->respect(claims_before(*interface));
    }
}

}  // namespace nlinit::app
