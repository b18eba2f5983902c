// SPDX-License-Identifier: Apache-2.0
// When a lease is renewed (RFC 2131 4.4.5): T1 and T2 of what a server says, as times since the request left.
#pragma once

#include <chrono>
#include <optional>

#include "nlinit/base/time.hpp"
#include "nlinit/dhcp/backoff.hpp"

namespace nlinit::dhcp {

// No T1 and no T2 is sooner, whatever the server says: each renewal costs a netlink request, an ARP packet and a file
// that is written, and a T1 of one second would cost them each second, for ever.
inline constexpr std::chrono::seconds kShortestT1{15};

struct RenewalTimes {
    Duration t1{0}, t2{0};
    friend bool operator==(const RenewalTimes&, const RenewalTimes&) = default;
};

struct GivenTimes {
    std::optional<Duration> t1, t2;  // options 58 and 59, where the server sent them
};

// A lease that ends before the earliest T1 is not renewed: it ends, and then another is asked for.
[[nodiscard]] constexpr bool is_too_short_to_renew(Duration lease) noexcept {
    return lease <= kShortestT1;
}

// Those of a lease that is not too short: half and 7/8 of it, and what is given in place of either, unless the two are
// out of order then; neither before kShortestT1.
struct JudgedTimes {
    RenewalTimes times;
    bool given_fit = true;  // 0 < T1 < T2 < lease
};
[[nodiscard]] JudgedTimes renewal_times(Duration lease, const GivenTimes& given);

// RFC 2131 4.4.5 wants "some random fuzz around a fixed value", for machines that are bound in the same second would
// renew in the same second for ever. Up to a tenth sooner or later; T1 stays before T2, T2 before the end, and neither
// comes before kShortestT1.
[[nodiscard]] RenewalTimes with_fuzz(const RenewalTimes& times, Duration lease, const RandomBits& random);

}  // namespace nlinit::dhcp
