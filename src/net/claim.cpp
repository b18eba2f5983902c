// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/claim.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/net/route_plan.hpp"

namespace nlinit {
namespace {

constexpr std::uint8_t kHalfOfEverything = 1;  // a way out in two parts, and no network that somebody is in
// Of IPv6 on a link: interface identifiers have 64 bits (RFC 4291 2.5.1), and the kernel makes addresses in so many
// networks (sysctl max_addresses).
constexpr std::uint8_t kOneSubnet = 64;
constexpr std::size_t kMostNetworks = 16;

// Of the way by which a host is reached.
std::optional<std::uint8_t> longest_match(std::span<const Route> routes, const IpAddress& host) {
    std::optional<std::uint8_t> longest;
    for (const auto& route : routes) {
        if (route.destination.contains(host)) longest = std::max(longest.value_or(0), route.destination.length());
    }
    return longest;
}

std::string in_words(const Claim& claim, const char* what, const std::string& which) {
    return concat({claim.owner, "'s ", what, " ", which});
}

std::string host_among(const Claim& claim, const char* what, std::span<const IpAddress> hosts, auto is_taken) {
    const auto found = std::ranges::find_if(hosts, is_taken);
    return found == hosts.end() ? std::string() : in_words(claim, what, found->to_string());
}

std::string gateway_or_name_server(const Claim& claim, auto is_taken) {
    auto taken = host_among(claim, "gateway", claim.gateways, is_taken);
    return taken.empty() ? host_among(claim, "name server", claim.name_servers, is_taken) : taken;
}

std::string taken_of(const Claim& claim, const IpPrefix& destination) {
    auto host = gateway_or_name_server(claim, [&](const IpAddress& address) {
        return destination.contains(address) &&
               longest_match(claim.routes, address).value_or(0) <= destination.length();
    });
    if (!host.empty()) return host;
    const auto network = std::ranges::find_if(claim.routes, [&](const Route& route) {
        return !route.gateway && route.destination.length() > kHalfOfEverything &&
               route.destination.contains(destination);
    });
    return network == claim.routes.end() ? std::string() : in_words(claim, "subnet", network->destination.to_string());
}

std::string taken_of(const Claim& claim, const IpAddress& address) {
    const auto is_it = [&](const IpAddress& other) { return other == address; };
    auto own = host_among(claim, "address", claim.addresses, is_it);
    return own.empty() ? gateway_or_name_server(claim, is_it) : own;
}

std::string first_taken(std::span<const Claim> claims, const auto& what) {
    for (const auto& claim : claims) {
        if (auto taken = taken_of(claim, what); !taken.empty()) return taken;
    }
    return {};
}

}  // namespace

Claim claim_of(std::string owner, const NetworkPlan& plan, std::span<const NameServer> name_servers) {
    Claim claim{.owner = std::move(owner), .routes = plan.routes, .addresses = {}, .gateways = {}, .name_servers = {}};
    for (const auto& address : plan.addresses) claim.addresses.push_back(address.local);
    for (const auto& route : plan.routes) {
        if (route.gateway && std::ranges::find(claim.gateways, *route.gateway) == claim.gateways.end())
            claim.gateways.push_back(*route.gateway);
    }
    for (const auto servers : {std::span<const NameServer>(plan.name_servers), name_servers}) {
        for (const auto& server : servers) {
            if (leads_to(plan.routes, server.address)) claim.name_servers.push_back(server.address);
        }
    }
    return claim;
}

std::string taken_by_route(std::span<const Claim> claims, const IpPrefix& destination) {
    return first_taken(claims, destination);
}

std::string taken_by_subnet(std::span<const Claim> claims, const IpPrefix& subnet) {
    if (auto taken = taken_by_route(claims, subnet); !taken.empty()) return taken;
    const auto network = subnet.network().ipv4();
    if (!network || !Prefix(*network, subnet.length()).has_broadcast()) return {};
    auto taken = first_taken(claims, IpAddress(*network));
    return taken.empty() ? first_taken(claims, IpAddress(Prefix(*network, subnet.length()).broadcast())) : taken;
}

std::string refusal_of_network(std::span<const Claim> claims, const IpPrefix& network, std::size_t number) {
    if (network.length() < kOneSubnet) return "is wider than a /" + std::to_string(kOneSubnet);
    if (number >= kMostNetworks) return "is one more than " + std::to_string(kMostNetworks);
    const auto taken = taken_by_route(claims, network);
    return taken.empty() ? std::string() : "would take over " + taken;
}

std::string taken_by_address(std::span<const Claim> claims, const IpAddress& address) {
    return first_taken(claims, address);
}

}  // namespace nlinit
