// SPDX-License-Identifier: Apache-2.0
// dhcp6::parse(), the lease and the configuration in what it gives, and the way back: what was parsed is serialized to
// the same message.
#include <chrono>
#include <cstdlib>

#include "nlinit/dhcp6/lease.hpp"
#include "nlinit/dhcp6/message.hpp"
#include "nlinit/net/domain_name.hpp"

namespace {

using namespace nlinit;

void require(bool condition) {
    if (!condition) std::abort();
}

void check_lease(const dhcp6::Message& message, const dhcp6::Lease* before) {
    const TimePoint requested_at{std::chrono::seconds(1000)};
    const auto iaid = message.ia_na.empty() ? 0 : message.ia_na.front().iaid;
    const auto result = lease_from(message, iaid, requested_at, before);
    const auto* lease = std::get_if<dhcp6::Lease>(&result);
    if (lease == nullptr) return;
    require(before != nullptr || !lease->addresses.empty());
    require(lease->addresses.size() <= dhcp6::Lease::kMaxAddresses);
    for (const auto& leased : lease->addresses) {
        require(leased.address.is_beyond_link());
        require(leased.preferred_until <= leased.valid_until && leased.valid_until > requested_at);
    }
    require(requested_at < lease->renew_at && lease->renew_at <= lease->rebind_at);
    if (before == nullptr) check_lease(message, lease);
}

void check_limits(const dhcp6::Message& message) {
    require(message.xid < 1U << 24);
    require(message.client.octets().size() <= dhcp6::Duid::kMaxSize);
    require(message.server.octets().size() <= dhcp6::Duid::kMaxSize);
    require(message.ia_na.size() <= dhcp6::kMaxIas);
    for (const auto& ia : message.ia_na) require(ia.addresses.size() <= dhcp6::kMaxAddressesRead);
    require(message.status.message.size() <= dhcp6::kMaxStatusMessage);
    require(message.name_servers.size() <= dhcp6::kMaxNameServers);
    for (const auto& server : message.name_servers) require(server.is_host());
    require(message.search_domains.size() <= dhcp6::kMaxSearchDomains);
    for (const auto& domain : message.search_domains) require(parse_domain_name(domain) == domain);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto result = dhcp6::parse(ByteView(data, size));
    const auto* message = std::get_if<dhcp6::Message>(&result);
    if (message == nullptr) return 0;
    check_limits(*message);
    check_lease(*message, nullptr);
    auto again = dhcp6::parse(dhcp6::serialize(*message));
    require(std::holds_alternative<dhcp6::Message>(again));
    auto& written = std::get<dhcp6::Message>(again);
    require(!written.has_odd_lists);  // what is odd is left out, and not written again
    written.has_odd_lists = message->has_odd_lists;
    require(written == *message);
    return 0;
}
