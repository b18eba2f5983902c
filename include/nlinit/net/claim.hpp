// SPDX-License-Identifier: Apache-2.0
// What other interfaces have of the address space, and a lease on one that is no way out must not take from them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nlinit/net/ip_address.hpp"
#include "nlinit/net/network_plan.hpp"

namespace nlinit {

struct Claim {
    std::string owner;          // the interface, for sentences
    std::vector<Route> routes;  // on link: its networks; all of them: how it reaches what is below
    std::vector<IpAddress> addresses, gateways, name_servers;
    friend bool operator==(const Claim&, const Claim&) = default;
};

// Of what a plan asks for. `name_servers`: of the machine, beside the plan's own. Those that none of the plan's routes
// leads to are not the interface's, and left out.
[[nodiscard]] Claim claim_of(std::string owner, const NetworkPlan& plan, std::span<const NameServer> name_servers);

// What a route to that destination would take over, by the longest prefix: "eth0's gateway 10.0.2.2"; empty: nothing.
// A way that is more specific than the destination stays, and so does what is reached by it.
[[nodiscard]] std::string taken_by_route(std::span<const Claim> claims, const IpPrefix& destination);
// The same of an address with its mask: the kernel keeps its network and broadcast address to itself, too.
[[nodiscard]] std::string taken_by_subnet(std::span<const Claim> claims, const IpPrefix& subnet);
// Why a router's word that these networks are on a link is not taken where that is no way out, of the one at `number`;
// empty: it is.
[[nodiscard]] std::string refusal_of_network(std::span<const Claim> claims, const IpPrefix& network,
                                             std::size_t number);
// The same of an address, which is this machine then and no other.
[[nodiscard]] std::string taken_by_address(std::span<const Claim> claims, const IpAddress& address);

}  // namespace nlinit
