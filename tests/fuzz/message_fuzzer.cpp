// SPDX-License-Identifier: Apache-2.0
// dhcp::parse(), the lease in what it gives, and the way back: what was parsed is serialized to the same message.
#include <chrono>
#include <cstdlib>

#include "nlinit/dhcp/lease.hpp"
#include "nlinit/dhcp/message.hpp"
#include "nlinit/net/domain_name.hpp"

namespace {

using namespace nlinit;

void require(bool condition) {
    if (!condition) std::abort();
}

void check_lease(const dhcp::Message& message) {
    dhcp::LeaseRules rules;
    rules.ms_routes = true;
    const TimePoint requested_at{std::chrono::seconds(1000)};
    const auto result = lease_from(message, Ipv4Address(10, 0, 2, 2), requested_at, rules);
    const auto* lease = std::get_if<dhcp::Lease>(&result);
    if (lease == nullptr) return;
    require(lease->address.is_host() && lease->prefix_length <= 32);
    require(lease->prefix_length < 31 || !lease->broadcast);
    require(requested_at < lease->renew_at && lease->renew_at <= lease->rebind_at);
    require(lease->rebind_at <= lease->expires_at);
    require(!lease->mtu || *lease->mtu >= 68);
    require(lease->domain_name.empty() || parse_domain_name(lease->domain_name));
    require(lease->host_name.empty() || parse_domain_name(lease->host_name));
    for (const auto& domain : lease->search_domains) require(parse_domain_name(domain).has_value());
    for (const auto& server : lease->name_servers) require(server.is_host());

    const auto plan = plan_for(*lease, {}, requested_at);
    std::vector<IpPrefix> on_link;
    for (const auto& route : plan.routes) {
        require(!route.destination.network().is_loopback());
        // A gateway that the server itself puts behind another one stays unreachable, as in the kernel.
        if (!route.gateway || route.destination.length() == Prefix::kMaxLength) on_link.push_back(route.destination);
        bool reachable = !route.gateway;
        for (const auto& prefix : on_link) reachable = reachable || prefix.contains(*route.gateway);
        require(reachable);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto result = dhcp::parse(ByteView(data, size));
    const auto* message = std::get_if<dhcp::Message>(&result);
    if (message == nullptr) return 0;
    std::size_t held = 0;
    for (const auto& option : message->options.all()) held += option.value.size();
    require(held <= size);
    check_lease(*message);
    const auto again = dhcp::parse(dhcp::serialize(*message));
    require(std::holds_alternative<dhcp::Message>(again));
    require(std::get<dhcp::Message>(again) == *message);
    return 0;
}
