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
    // It ends before the earliest T1, which is not before the end then.
    [[nodiscard]] bool is_too_short_to_renew() const noexcept { return renew_at != kNever && renew_at >= last_end(); }
    [[nodiscard]] bool has(const Ipv6Address& address) const noexcept;
    // When the first and when the last of the addresses is over.
    [[nodiscard]] TimePoint first_end() const noexcept;
    [[nodiscard]] TimePoint last_end() const noexcept;
    friend bool operator==(const Lease&, const Lease&) = default;
};

// The identity association in the message that is ours, with what is taken from a lease before it: addresses of which
// the message says nothing keep their time (RFC 8415 18.2.10.1), and so do name servers and search domains. A lease
// without addresses is one that the server has withdrawn. Otherwise the reason why there is none: of addresses that are
// all of no use that of the first.
[[nodiscard]] std::variant<Lease, DropReason> lease_from(const Message& message, std::uint32_t iaid,
                                                         TimePoint requested_at, const Lease* before = nullptr);

// What the message has of it, else what there was before.
[[nodiscard]] Configuration configuration_from(const Message& message, const Configuration& before = {});

struct PlanPreferences {
    std::string zone;      // of name servers that are of a link alone: its name
    bool forever = false;  // no lifetimes: for a caller who will not renew
};

// What a link is to have of it at `now`: each address by itself, for which network is on the link routers say and no
// DHCPv6 server (RFC 5942 4), with what is left of its lifetimes. Whether another host has it is asked while it is used
// already.
[[nodiscard]] NetworkPlan plan_for(const Lease& lease, const PlanPreferences& preferences, TimePoint now);
[[nodiscard]] NetworkPlan plan_for(const Configuration& configuration, const PlanPreferences& preferences);

// What the status of the message or of our identity association in it is, if it is a failure.
[[nodiscard]] const Status* failure_in(const Message& message, std::uint32_t iaid) noexcept;
[[nodiscard]] DropReason reason_of(StatusCode failure) noexcept;

}  // namespace nlinit::dhcp6
