// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp6/lease.hpp"

#include <algorithm>

namespace nlinit::dhcp6 {
namespace {

const IaNa* find_ia(const Message& message, std::uint32_t iaid) noexcept {
    const auto found = std::ranges::find(message.ia_na, iaid, &IaNa::iaid);
    return found == message.ia_na.end() ? nullptr : &*found;
}

bool mentions(const IaNa& ia, const Ipv6Address& address) {
    return std::ranges::find(ia.addresses, address, &IaAddress::address) != ia.addresses.end();
}

std::optional<DropReason> fault_of(const IaAddress& given) {
    if (!given.address.is_beyond_link()) return DropReason::bad_address;
    if (given.status != StatusCode::success) return reason_of(given.status);
    if (given.preferred > given.valid) return DropReason::bad_lifetimes;  // RFC 8415 21.6
    if (given.valid == 0) return DropReason::no_lifetime;
    return std::nullopt;
}

struct Granted {
    std::vector<IaAddress> addresses;
    std::optional<DropReason> fault;  // the first
};

Granted granted_in(const IaNa& ia) {
    Granted granted;
    for (const auto& given : ia.addresses) {
        const auto fault = fault_of(given);
        const bool known =
            std::ranges::find(granted.addresses, given.address, &IaAddress::address) != granted.addresses.end();
        if (fault && !granted.fault) granted.fault = fault;
        if (!fault && !known && granted.addresses.size() < Lease::kMaxAddresses) granted.addresses.push_back(given);
    }
    return granted;
}

// Rounded down: no address may be used for a second in which the lease has ended. Gives nothing when it has no end.
std::optional<std::chrono::seconds> time_left(TimePoint now, TimePoint end, std::chrono::seconds least) {
    if (end == kNever) return std::nullopt;
    return std::max(std::chrono::floor<std::chrono::seconds>(end - now), least);
}

// An address with a preferred lifetime of 0, as of an old network, does not hasten the renewal of the others. Addresses
// kept of the lease before count for the end: a grant of one second beside them is no reason to renew each second.
GrantedLifetimes lifetimes_of(const std::vector<IaAddress>& granted, const Lease& lease) {
    GrantedLifetimes lifetimes;
    for (const auto& given : granted) {
        if (given.preferred > 0) lifetimes.preferred = std::min(lifetimes.preferred, given.preferred);
    }
    const auto end = lease.last_end();
    lifetimes.valid = kInfinity;
    if (end != kNever) {
        const auto left = std::chrono::floor<std::chrono::seconds>(end - lease.acquired_at);
        lifetimes.valid = static_cast<std::uint32_t>(std::min<std::int64_t>(left.count(), kInfinity));
    }
    lifetimes.preferred = std::min(lifetimes.preferred, lifetimes.valid);
    return lifetimes;
}

void keep_unmentioned(Lease& lease, const Lease& before, const IaNa& ia) {
    for (const auto& old : before.addresses) {
        if (!mentions(ia, old.address) && lease.addresses.size() < Lease::kMaxAddresses) lease.addresses.push_back(old);
    }
}

// Whether the server has ended the time of an address that we have.
bool withdraws(const IaNa& ia, const Lease* before) {
    return before != nullptr && std::ranges::any_of(ia.addresses, [&](const IaAddress& given) {
               return given.valid == 0 && before->has(given.address);
           });
}

}  // namespace

bool Lease::has(const Ipv6Address& address) const noexcept {
    return std::ranges::find(addresses, address, &LeasedAddress::address) != addresses.end();
}

TimePoint Lease::first_end() const noexcept {
    TimePoint end = kNever;
    for (const auto& leased : addresses) end = std::min(end, leased.valid_until);
    return end;
}

TimePoint Lease::last_end() const noexcept {
    TimePoint end = TimePoint::min();
    for (const auto& leased : addresses) end = std::max(end, leased.valid_until);
    return end;
}

std::variant<Lease, DropReason> lease_from(const Message& message, std::uint32_t iaid, TimePoint requested_at,
                                           const Lease* before) {
    const auto* ia = find_ia(message, iaid);
    if (ia == nullptr) return DropReason::no_identity_association;
    if (ia->t2 > 0 && ia->t1 > ia->t2) return DropReason::bad_renewal_times;  // RFC 8415 21.4
    const auto granted = granted_in(*ia);
    const bool withdrawn = withdraws(*ia, before);
    if (granted.addresses.empty() && !withdrawn) return granted.fault.value_or(DropReason::no_address);

    Lease lease;
    lease.server = message.server;
    lease.iaid = iaid;
    lease.acquired_at = requested_at;
    lease.configuration = configuration_from(message, before != nullptr ? before->configuration : Configuration{});
    for (const auto& given : granted.addresses)
        lease.addresses.push_back(
            {given.address, end_of(given.preferred, requested_at), end_of(given.valid, requested_at)});
    if (before != nullptr) keep_unmentioned(lease, *before, *ia);
    if (granted.addresses.empty() && before != nullptr) {
        // The server has renewed none of the addresses that are left, so the client soon asks again.
        lease.renew_at = requested_at + kShortestT1;
        lease.rebind_at = std::max(before->rebind_at, lease.renew_at);
        return lease;
    }
    const auto times = renewal_times(ia->t1, ia->t2, lifetimes_of(granted.addresses, lease));
    lease.renew_at = end_of(times.t1, requested_at);
    lease.rebind_at = end_of(times.t2, requested_at);
    return lease;
}

Configuration configuration_from(const Message& message, const Configuration& before) {
    return {message.name_servers.empty() ? before.name_servers : message.name_servers,
            message.search_domains.empty() ? before.search_domains : message.search_domains, message.has_odd_lists};
}

NetworkPlan plan_for(const Configuration& configuration, const PlanPreferences& preferences) {
    NetworkPlan plan;
    for (const auto& server : configuration.name_servers)
        plan.name_servers.emplace_back(server, server.is_link_local() ? preferences.zone : "");
    plan.search_domains = configuration.search_domains;
    return plan;
}

// The kernel takes no valid lifetime of 0. A preferred one of 0 makes an address that no new connection uses.
NetworkPlan plan_for(const Lease& lease, const PlanPreferences& preferences, TimePoint now) {
    auto plan = plan_for(lease.configuration, preferences);
    for (const auto& [address, preferred_until, valid_until] : lease.addresses) {
        auto& leased = plan.addresses.emplace_back(
            InterfaceAddress{.local = address, .prefix_length = bits_of(Family::kIpv6), .optimistic = true});
        if (preferences.forever) continue;
        leased.valid_for = time_left(now, valid_until, std::chrono::seconds(1));
        leased.preferred_for = time_left(now, preferred_until, std::chrono::seconds(0));
    }
    return plan;
}

const Status* failure_in(const Message& message, std::uint32_t iaid) noexcept {
    if (message.status.code != StatusCode::success) return &message.status;
    const auto* ia = find_ia(message, iaid);
    return ia != nullptr && ia->status.code != StatusCode::success ? &ia->status : nullptr;
}

DropReason reason_of(StatusCode failure) noexcept {
    switch (failure) {
        case StatusCode::success:  // is none, and is asked for by nobody
        case StatusCode::unspec_fail:
            return DropReason::unspecified_failure;
        case StatusCode::no_addrs_avail:
            return DropReason::no_addresses_available;
        case StatusCode::no_binding:
            return DropReason::no_binding;
        case StatusCode::not_on_link:
            return DropReason::not_on_link;
        case StatusCode::use_multicast:
            return DropReason::use_multicast;
        case StatusCode::no_prefix_avail:
            return DropReason::no_prefix_available;
    }
    return DropReason::unknown_status;
}

}  // namespace nlinit::dhcp6
