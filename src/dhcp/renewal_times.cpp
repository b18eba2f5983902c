#include "nlinit/dhcp/renewal_times.hpp"

#include <algorithm>

namespace nlinit::dhcp {
namespace {

// As far from T1 to the end as 7/8 is from a half.
Duration default_t2(Duration t1, Duration lease) {
    return t1 + (lease - t1) / 4 * 3;
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

}  // namespace nlinit::dhcp
