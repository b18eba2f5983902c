// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/renewal_times.hpp"

#include <algorithm>

namespace nlinit::dhcp {
namespace {

constexpr int kFuzzShare = 10;  // of T1 and of T2
constexpr int kGapShare = 4;    // of what lies between two of T1, T2 and the end: the rest of it stays between them

// As far from T1 to the end as 7/8 is from a half.
Duration default_t2(Duration t1, Duration lease) {
    return t1 + (lease - t1) / 4 * 3;
}

Duration between(Duration earliest, Duration latest, const RandomBits& random) {
    constexpr unsigned kBits = 16;
    return earliest + (latest - earliest) / (1 << kBits) * (random() >> (32 - kBits));
}

}  // namespace

JudgedTimes renewal_times(Duration lease, const GivenTimes& given) {
    const Duration half = std::max<Duration>(lease / 2, kShortestT1);
    const RenewalTimes otherwise{half, default_t2(half, lease)};
    RenewalTimes times{given.t1.value_or(otherwise.t1), given.t2.value_or(otherwise.t2)};
    if (times.t1 <= Duration::zero() || times.t1 >= times.t2 || times.t2 >= lease) return {otherwise, false};
    if (times.t1 >= kShortestT1) return {times, true};
    const Duration gap = times.t2 - times.t1;
    times.t1 = kShortestT1;
    // As long after T1 as the server would have it, if there is room.
    if (times.t2 <= times.t1) times.t2 = times.t1 + gap < lease ? times.t1 + gap : default_t2(times.t1, lease);
    return {times, true};
}

RenewalTimes with_fuzz(const RenewalTimes& times, Duration lease, const RandomBits& random) {
    const auto& [t1, t2] = times;
    const Duration gap = (t2 - t1) / kGapShare;
    const Duration rest = (lease - t2) / kGapShare;
    const Duration earliest_t1 = std::max<Duration>(t1 - t1 / kFuzzShare, kShortestT1);
    const Duration latest_t1 = t1 + std::min(t1 / kFuzzShare, gap);
    const Duration earliest_t2 = t2 - std::min(t2 / kFuzzShare, gap);
    const Duration latest_t2 = t2 + std::min(t2 / kFuzzShare, rest);
    return {between(earliest_t1, latest_t1, random), between(earliest_t2, latest_t2, random)};
}

}  // namespace nlinit::dhcp
