// When an identity association is renewed (RFC 8415 14.2, 21.4): T1 and T2, as times since its lifetimes began to
// count.
#pragma once

#include <chrono>
#include <cstdint>

#include "nlinit/base/time.hpp"
#include "nlinit/dhcp6/option.hpp"
#include "nlinit/dhcp6/retransmission.hpp"

namespace nlinit::dhcp6 {

// No T1 and no T2 is sooner, whatever the server says: each renewal costs a netlink request and what hangs on it, and a
// T1 of one second would cost that each second, for ever.
inline constexpr std::chrono::seconds kShortestT1{15};

// kInfinityDuration: never.
struct RenewalTimes {
    Duration t1{0}, t2{0};
    friend bool operator==(const RenewalTimes&, const RenewalTimes&) = default;
};
inline constexpr Duration kInfinityDuration = std::chrono::seconds(kInfinity);

// kNever for kInfinityDuration, and for what no clock gets to.
[[nodiscard]] TimePoint end_of(Duration length, TimePoint start) noexcept;
// Of as many seconds as an option says.
[[nodiscard]] inline TimePoint end_of(std::uint32_t seconds, TimePoint start) noexcept {
    return end_of(Duration(std::chrono::seconds(seconds)), start);
}

// Of what is granted: the shortest preferred lifetime, and the longest valid one, at which all of it is over. In
// seconds.
struct GrantedLifetimes {
    std::uint32_t preferred = kInfinity, valid = 0;
};

// T1 and T2 of an option: 0 is the client's choice, and then half and 4/5 of the preferred lifetime (RFC 8415 21.4), as
// it is where T2 is after the end of the addresses. Neither is before kShortestT1 nor after that end.
[[nodiscard]] RenewalTimes renewal_times(std::uint32_t t1, std::uint32_t t2, const GrantedLifetimes& lifetimes);

// Up to a tenth sooner or later, for machines that are bound in the same second would renew in the same second for
// ever. T1 stays before T2, T2 before the end, and neither comes before kShortestT1.
[[nodiscard]] RenewalTimes with_fuzz(const RenewalTimes& times, Duration valid, const RandomBits& random);

}  // namespace nlinit::dhcp6
