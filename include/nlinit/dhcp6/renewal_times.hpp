// SPDX-License-Identifier: Apache-2.0
// When an identity association is renewed (RFC 8415 14.2, 21.4): T1 and T2, as times since its lifetimes began to
// count.
#pragma once

#include <chrono>
#include <cstdint>

#include "nlinit/base/time.hpp"
#include "nlinit/dhcp6/option.hpp"
#include "nlinit/dhcp6/retransmission.hpp"

namespace nlinit::dhcp6 {

// No T1 and no T2 is earlier than this, whatever the server says. Each renewal costs a netlink request and all that
// follows from it; a T1 of one second would cost that every second, for ever.
inline constexpr std::chrono::seconds kShortestT1{15};

// kInfinityDuration: never.
struct RenewalTimes {
    Duration t1{0}, t2{0};
    friend bool operator==(const RenewalTimes&, const RenewalTimes&) = default;
};
inline constexpr Duration kInfinityDuration = std::chrono::seconds(kInfinity);

// Gives kNever for kInfinityDuration, and for a time that no clock can reach.
[[nodiscard]] TimePoint end_of(Duration length, TimePoint start) noexcept;
// The same for the seconds in an option.
[[nodiscard]] inline TimePoint end_of(std::uint32_t seconds, TimePoint start) noexcept {
    return end_of(Duration(std::chrono::seconds(seconds)), start);
}

// In seconds: the shortest preferred lifetime that was granted, and the longest valid one, after which no address is
// left.
struct GrantedLifetimes {
    std::uint32_t preferred = kInfinity, valid = 0;
};

// T1 and T2 by the option's values. Where a value is 0, or T2 lies after the end of the addresses, the client chooses
// 1/2 and 4/5 of the preferred lifetime (RFC 8415 21.4). No result lies before kShortestT1 or after that end.
[[nodiscard]] RenewalTimes renewal_times(std::uint32_t t1, std::uint32_t t2, const GrantedLifetimes& lifetimes);

// Moves both times by up to a tenth, at random: machines that are bound in the same second would otherwise renew in the
// same second for ever. T1 stays before T2, T2 before the end, and neither comes before kShortestT1.
[[nodiscard]] RenewalTimes with_fuzz(const RenewalTimes& times, Duration valid, const RandomBits& random);

}  // namespace nlinit::dhcp6
