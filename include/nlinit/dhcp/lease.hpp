// SPDX-License-Identifier: Apache-2.0
// What an ACK grants, checked, and what a link should look like under it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "nlinit/base/time.hpp"
#include "nlinit/dhcp/message.hpp"
#include "nlinit/dhcp/option.hpp"
#include "nlinit/dhcp/remark.hpp"
#include "nlinit/dhcp/renewal_times.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/net/claim.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/wire/drop_reason.hpp"

namespace nlinit::dhcp {

struct Lease {
    Ipv4Address address;
    std::uint8_t prefix_length = 32;
    std::optional<Ipv4Address> broadcast;
    Ipv4Address server;                  // option 54, or the source of the datagram
    std::vector<ClasslessRoute> routes;  // from 121, else 249, else 33 and 3
    std::vector<Ipv4Address> name_servers;
    std::vector<Ipv4Address> ntp_servers;
    std::string domain_name;  // by parse_domain_name(), or empty
    std::vector<std::string> search_domains;
    std::string host_name;                            // by parse_domain_name(), or empty
    std::optional<std::uint16_t> mtu;                 // at least 576 (RFC 791)
    std::chrono::seconds duration{0};                 // as granted; kInfinite for 0xffffffff
    TimePoint acquired_at{};                          // when the request left, from which the rest counts
    TimePoint renew_at{}, rebind_at{}, expires_at{};  // T1, T2, end; kNever for an infinite lease
    Options options;                                  // all of them, as received or as inherit() makes them
    Remarks remarks;                                  // on what of them is not as it should be

    static constexpr std::chrono::seconds kInfinite{0xffffffff};
    [[nodiscard]] bool is_infinite() const noexcept { return duration == kInfinite; }
    // T1 and T2 are its end then, which is kept all the same.
    [[nodiscard]] bool is_too_short_to_renew() const noexcept { return dhcp::is_too_short_to_renew(duration); }
    // The router that everything else goes through, if there is one.
    [[nodiscard]] std::optional<Ipv4Address> default_gateway() const noexcept;
    friend bool operator==(const Lease&, const Lease&) = default;
};

struct LeaseRules {
    std::optional<std::chrono::seconds> fallback_duration;  // for a server that sends no option 51
    bool ms_routes = false;                                 // read option 249 when there is no 121
};

// The lease in an OFFER or ACK from `source`, counted from `requested_at`, or why it cannot be taken: no server
// identifier, an address that no host can have, a mask with holes, no lease time.
[[nodiscard]] std::variant<Lease, DropReason> lease_from(const Message& message, Ipv4Address source,
                                                         TimePoint requested_at, const LeaseRules& rules);

struct RoutePreferences {
    bool default_route =
        true;  // false: nothing of the lease's leads out, and its routes count inside accept_routes only
    std::uint32_t metric = 0;
    bool forever = false;                   // no lifetime on the address: for a caller who will not renew
    std::optional<std::uint16_t> mtu = {};  // whatever the lease says
    std::vector<Route> routes = {};         // beside the lease's, and before them where both have a destination
    std::vector<Prefix> accept_routes = {};
    std::vector<Claim> claims = {};  // of other interfaces; without the default route nothing of the lease takes them
};

// What there is to say of a lease that is put to use so.
[[nodiscard]] Remarks remarks_on(const Lease& lease, const RoutePreferences& preferences);

// Why such a lease gets no address at all: that is another interface's own, its gateway or its name server, which would
// be out of reach. Empty: it gets one.
[[nodiscard]] std::string why_without_address(const Lease& lease, const RoutePreferences& preferences);

// Address with what is left of the lease at `now`, the subnet's own route, then the lease's routes, with a host route
// before each gateway that lies outside the subnet. Without the default route the address gets /32 where its mask says
// more than it may.
[[nodiscard]] NetworkPlan plan_for(const Lease& lease, const RoutePreferences& preferences, TimePoint now);

}  // namespace nlinit::dhcp
