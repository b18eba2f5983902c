// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/network_summary.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "nlinit/base/append.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

template <class Things>
std::string listed(std::string_view before, const Things& things) {
    std::string text;
    for (const auto& thing : things) text.append(text.empty() ? before : ", ").append(thing);
    return text;
}

// "10.0.2.15/24 via 10.0.2.2"; of IPv6, where routers decide how many there are, a few of them and the first way.
std::string addresses_and_way(const NetworkPlan& plan, Family family) {
    constexpr std::size_t kMostTold = 4;
    std::vector<std::string> addresses;
    for (const auto& address : plan.addresses) {
        if (address.local.family() == family) addresses.push_back(to_string(address));
    }
    if (addresses.size() > kMostTold) {
        const auto more = addresses.size() - kMostTold;
        addresses.resize(kMostTold);
        append(addresses, {"and ", std::to_string(more), " more"});
    }
    auto text = listed("", addresses);
    const auto way = std::ranges::find_if(plan.routes, [&](const Route& route) {
        return route.family() == family && route.destination.is_default() && route.gateway;
    });
    if (way != plan.routes.end() && !text.empty()) text += " via " + way->gateway->to_string();
    return text;
}

// "eth0 10.0.2.15/24 via 10.0.2.2, 2001:db8::5/64 via fe80::1, dns 10.0.2.3"; empty where nothing is to be used.
std::string what_can_be_used(const InterfaceSetup& interface, const std::vector<NameServer>& name_servers, bool waits) {
    const auto* link = interface.link();
    if (link == nullptr) return {};
    if (interface.progress() == Progress::ipv6_only) return interface.describe();
    const auto plan = interface.plan();
    const bool has_ipv6 = interface.ipv6() != nullptr && interface.ipv6()->is_usable();
    const bool is_enough = interface.progress() == Progress::configured || (has_ipv6 && !waits);
    if (!is_enough || plan.addresses.empty()) return {};
    std::vector<std::string> parts, servers;
    for (const auto family : {Family::kIpv4, Family::kIpv6}) {
        if (auto part = addresses_and_way(plan, family); !part.empty()) parts.push_back(std::move(part));
    }
    for (const auto& server : name_servers) servers.push_back(server.to_string());
    return concat({link->name, listed(" ", parts), listed(", dns ", servers)});
}

// Its own, or those of the configuration where it is the way out.
std::vector<NameServer> name_servers_of(const InterfaceSetup& interface, const config::Network& config,
                                        const InterfaceSetup* uplink) {
    auto own = interface.plan().name_servers;
    if (config.dns_from_lease && !own.empty()) return own;
    return &interface == uplink ? config.name_servers : std::vector<NameServer>();
}

}  // namespace

// The time is that of the first.
void NetworkSummary::tell(const NetworkSetup& network, const config::Network& config, bool waits) {
    std::map<std::string, std::string> usable;
    for (const auto& interface : network.interfaces()) {
        auto text = what_can_be_used(*interface, name_servers_of(*interface, config, network.uplink()), waits);
        if (text.empty()) continue;
        const auto& name = interface->link()->name;
        const auto before = usable_.find(name);
        if (before == usable_.end() || before->second != text) {
            const bool is_first = usable_ever_.insert(name).second && interface->configured_at();
            log::info("network", is_first ? concat({text, ", ", diary_.time_of(*interface->configured_at())}) : text);
        }
        usable.emplace(name, std::move(text));
    }
    usable_ = std::move(usable);
}

std::string missing_interfaces(const NetworkSetup& network) {
    std::string text;
    for (const auto& interface : network.interfaces()) {
        const auto progress = interface->progress();
        const bool is_settled = progress == Progress::configured || progress == Progress::ipv6_only;
        if (is_settled || interface->wanted().optional) continue;
        text.append(text.empty() ? "" : "; ").append(interface->describe());
    }
    return text;
}

}  // namespace nlinit::app
