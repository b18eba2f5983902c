// SPDX-License-Identifier: Apache-2.0
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

void add_networks(NetworkPlan& plan, std::span<const Route> networks) {
    plan.routes.insert(plan.routes.end(), networks.begin(), networks.end());
}

// What a link has of IPv6, whoever made it.
void add_ipv6_of(LinkIndex link, std::span<const netlink::Ipv6Event> events, NetworkPlan& plan) {
    LinkIpv6 ipv6;
    for (const auto& event : events) {
        if (netlink::link_of(event) == link) netlink::apply(event, ipv6);
    }
    const auto there = ipv6.plan();
    plan.addresses.insert(plan.addresses.end(), there.addresses.begin(), there.addresses.end());
    add_networks(plan, there.routes);
    add_networks(plan, ipv6.networks());
}

}  // namespace

// Once for all that is there before the first lease is: what else has been set up on this machine, and by whom, is as
// much to be kept as what a row asks for.
void NetworkSetup::read_other_claims() {
    other_claims_.clear();
    if (std::ranges::none_of(interfaces_, [](const auto& each) { return each->respects_claims(); })) return;
    const auto links = netlink::list_links(*netlink_);
    const auto routes = netlink::list_routes(*netlink_, Family::kIpv4);
    std::vector<netlink::Ipv6Event> of_ipv6;
    const auto listed = netlink::list_ipv6(*netlink_, [&](const auto& event) { of_ipv6.push_back(event); });
    for (const auto* error : {links.ok() ? nullptr : &links.error(), routes.ok() ? nullptr : &routes.error(),
                              listed.ok() ? nullptr : &listed.error()}) {
        if (error != nullptr)
            return log::warning("net", {to_string(*error), ": what other interfaces have is not known"});
    }
    for (const auto& link : *links) {
        if (std::ranges::any_of(interfaces_, [&](const auto& each) { return sets_up(*each, link.index); })) continue;
        NetworkPlan plan;
        for (const auto& [index, route] : *routes) {
            if (index != link.index) continue;
            plan.routes.push_back(route);
            if (route.source) plan.addresses.push_back({.local = *route.source});
        }
        add_ipv6_of(link.index, of_ipv6, plan);
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
        auto plan = other->plan();
        if (other->ipv6() != nullptr) add_networks(plan, other->ipv6()->kernel().networks());
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
