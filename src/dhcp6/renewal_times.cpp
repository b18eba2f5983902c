// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp6/renewal_times.hpp"

#include <algorithm>

namespace nlinit::dhcp6 {
namespace {

constexpr int kFuzzShare = 10;  // of T1 and of T2
constexpr int kGapShare = 4;    // how much of the gap from T1 to T2, and from T2 to the end, may be used up: 1/4

Duration duration_of(std::uint32_t seconds) {
    return std::chrono::seconds(seconds);
}

Duration between(Duration earliest, Duration latest, const RandomBits& random) {
    return earliest + part_of(latest - earliest, random);
}

RenewalTimes recommended(const GrantedLifetimes& lifetimes) {
    const auto preferred = duration_of(lifetimes.preferred);
    if (preferred >= kInfinityDuration) return {kInfinityDuration, kInfinityDuration};
    return {preferred / 2, preferred / 5 * 4};
}

RenewalTimes chosen(Duration t1, Duration t2, const GrantedLifetimes& lifetimes) {
    const auto otherwise = recommended(lifetimes);
    if (t1 == Duration::zero() && t2 == Duration::zero()) return otherwise;
    if (t2 != kInfinityDuration && t2 > duration_of(lifetimes.valid)) return otherwise;
    // Where the recommended value would be out of order, the missing one is placed by the one that is given.
    if (t1 == Duration::zero()) return {std::min(otherwise.t1, t2 / 8 * 5), t2};
    if (t2 == Duration::zero()) return {t1, std::max(otherwise.t2, t1)};
    return {t1, t2};
}

}  // namespace

TimePoint end_of(Duration length, TimePoint start) noexcept {
    return length >= kInfinityDuration || length > kNever - start ? kNever : start + length;
}

RenewalTimes renewal_times(std::uint32_t t1, std::uint32_t t2, const GrantedLifetimes& lifetimes) {
    const auto times = chosen(duration_of(t1), duration_of(t2), lifetimes);
    // An infinite time means that no server is asked, so the end of the addresses does not bound it.
    const auto bounded = [&](Duration time) {
        if (time >= kInfinityDuration) return kInfinityDuration;
        return std::min(std::max<Duration>(time, kShortestT1), duration_of(lifetimes.valid));
    };
    return {bounded(times.t1), bounded(times.t2)};
}

RenewalTimes with_fuzz(const RenewalTimes& times, Duration valid, const RandomBits& random) {
    const auto& [t1, t2] = times;
    if (t1 >= kInfinityDuration || t1 >= valid) return times;
    const Duration gap = (t2 - t1) / kGapShare;
    const Duration earliest_t1 = std::min(t1, std::max<Duration>(t1 - t1 / kFuzzShare, kShortestT1));
    const Duration new_t1 = between(earliest_t1, t1 + std::min(t1 / kFuzzShare, gap), random);
    if (t2 >= kInfinityDuration) return {new_t1, t2};
    const Duration rest = (valid - t2) / kGapShare;
    return {new_t1, between(t2 - std::min(t2 / kFuzzShare, gap), t2 + std::min(t2 / kFuzzShare, rest), random)};
}

}  // namespace nlinit::dhcp6
