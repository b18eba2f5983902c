// SPDX-License-Identifier: Apache-2.0
// An interface that is no way out beside those whose traffic it must not take over: by a lease, or by a router's word.
#include <algorithm>
#include <utility>

#include "app/network/interface_setup.hpp"
#include "app/network/interface_sysctls.hpp"
#include "nlinit/net/claim.hpp"
#include "nlinit/netlink/routes.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

// Of LinkIpv6::kMaxNetworks that are seen at a time; before the first look no router has been kept from making more.
constexpr int kMostLooks = 16;

struct Refusal {
    Route network;
    std::string reason;
};

std::vector<Refusal> refusals_of(const LinkIpv6& ipv6, std::span<const Claim> claims) {
    std::vector<Refusal> refusals;
    std::size_t number = 0;
    for (const auto& network : ipv6.networks()) {
        if (ipv6.is_of_fixed_address(network)) continue;
        auto reason = refusal_of_network(claims, network.destination, number++);
        if (!reason.empty()) refusals.push_back({network, std::move(reason)});
    }
    return refusals;
}

Result<LinkIpv6> look_at(netlink::Socket& netlink, LinkIndex link) {
    LinkIpv6 ipv6;
    const auto done = netlink::list_ipv6(netlink, [&](const netlink::Ipv6Event& event) {
        if (netlink::link_of(event) == link) netlink::apply(event, ipv6);
    });
    if (!done.ok()) return done.error();
    return ipv6;
}

}  // namespace

bool InterfaceSetup::guards_ipv6() const noexcept {
    return wanted_.ipv6 == config::Ipv6::automatic && !wanted_.default_route;
}

bool InterfaceSetup::respects_claims() const noexcept {
    return !wanted_.default_route && (wanted_.method == config::Method::dhcp || guards_ipv6());
}

void InterfaceSetup::respect(std::vector<Claim> claims) {
    if (claims == claims_) return;
    claims_ = std::move(claims);
    if (session_) session_->prefer(route_preferences());
    if (dhcp6_) dhcp6_->respect(claims_);
    refuse_networks();
}

// Events are older than what is there, and tell of a route before the address that it is for.
void InterfaceSetup::refuse_networks() {
    if (!ipv6_ || !guards_ipv6() || refusals_of(ipv6_->kernel(), claims_).empty()) return;
    const auto present = look_at(netlink_, link_->index);
    if (!present.ok()) return log::error("net", to_string(present.error()));
    const auto refusals = refusals_of(*present, claims_);
    if (refusals.empty()) return;
    // First, or the next advertisement would make anew what is removed.
    ignore_prefixes_of_routers(*link_);
    log::warning("net", {link_->name, ": a router says that ", refusals.front().network.destination.to_string(),
                         " is on this link, which ", refusals.front().reason,
                         "; from now on no prefix of a router's is taken here (accept_ra_pinfo = 0)"});
    remove_refused_networks();
}

void InterfaceSetup::remove_refused_networks() {
    for (int look = 0; look < kMostLooks; ++look) {
        const auto present = look_at(netlink_, link_->index);
        std::vector<netlink::Request> requests;
        if (present.ok()) {
            for (const auto& refusal : refusals_of(*present, claims_))
                requests.push_back(netlink::make_remove_route(link_->index, refusal.network));
        }
        if (requests.empty()) return;
        for (const auto& failure : netlink_.transact(requests))
            log::error("net", {link_->name, ": ", to_string(failure.error)});
    }
}

}  // namespace nlinit::app
