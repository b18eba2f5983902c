// SPDX-License-Identifier: Apache-2.0
// What a REPLY grants, checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "nlinit/base/time.hpp"
#include "nlinit/dhcp6/drop_reason.hpp"
#include "nlinit/dhcp6/duid.hpp"
#include "nlinit/dhcp6/message.hpp"
#include "nlinit/dhcp6/renewal_times.hpp"
#include "nlinit/net/ipv6_address.hpp"
#include "nlinit/net/network_plan.hpp"

namespace nlinit::dhcp6 {

struct LeasedAddress {
    Ipv6Address address;
    TimePoint preferred_until{}, valid_until{};  // kNever: for good
    friend bool operator==(const LeasedAddress&, const LeasedAddress&) = default;
};

// What servers say beside addresses, with a lease or without one (RFC 3646).
struct Configuration {
    std::vector<Ipv6Address> name_servers;    // those of fe80::/10 are of the link that the answer came over
    std::vector<std::string> search_domains;  // each as parse_domain_name() gives it
    bool had_odd_lists = false;               // as Message::has_odd_lists
    friend bool operator==(const Configuration&, const Configuration&) = default;
};

struct Lease {
    Duid server;
    std::uint32_t iaid = 0;
    std::vector<LeasedAddress> addresses;  // 1 to kMaxAddresses, none twice
    TimePoint acquired_at{};               // when the request left, from which the lifetimes count
    TimePoint renew_at{}, rebind_at{};     // T1 and T2
    Configuration configuration;

    static constexpr std::size_t kMaxAddresses = 8;
    // Whether the lease ends before the earliest T1: then T1 is not before the end.
    [[nodiscard]] bool is_too_short_to_renew() const noexcept { return renew_at != kNever && renew_at >= last_end(); }
    [[nodiscard]] bool has(const Ipv6Address& address) const noexcept;
    // When the lifetime of the first address ends, and that of the last.
    [[nodiscard]] TimePoint first_end() const noexcept;
    [[nodiscard]] TimePoint last_end() const noexcept;
    friend bool operator==(const Lease&, const Lease&) = default;
};

// The lease in our identity association of the message. What the message does not mention is taken from `before`:
// addresses with their lifetimes (RFC 8415 18.2.10.1), name servers and search domains. A lease without addresses means
// that the server has withdrawn all of them. Where the message grants no lease, the result is the reason; when no
// address is of use, the reason is that of the first address.
[[nodiscard]] std::variant<Lease, DropReason> lease_from(const Message& message, std::uint32_t iaid,
                                                         TimePoint requested_at, const Lease* before = nullptr);

// The configuration in the message; what the message does not mention is taken from `before`.
[[nodiscard]] Configuration configuration_from(const Message& message, const Configuration& before = {});

struct PlanPreferences {
    std::string zone;      // the link's name, for link-local name servers
    bool forever = false;  // without lifetimes, for a caller that does not renew
};

// What the link gets of the lease at `now`: each address with what is left of its lifetimes, and as a /128, because
// routers and not DHCPv6 servers say which network is on the link (RFC 5942 4). The address is used while duplicate
// address detection still runs.
[[nodiscard]] NetworkPlan plan_for(const Lease& lease, const PlanPreferences& preferences, TimePoint now);
[[nodiscard]] NetworkPlan plan_for(const Configuration& configuration, const PlanPreferences& preferences);

// The failure status of the message, or of our identity association in it; nullptr when neither has one.
[[nodiscard]] const Status* failure_in(const Message& message, std::uint32_t iaid) noexcept;
[[nodiscard]] DropReason reason_of(StatusCode failure) noexcept;

}  // namespace nlinit::dhcp6
