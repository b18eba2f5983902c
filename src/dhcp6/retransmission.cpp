// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp6/retransmission.hpp"

#include <algorithm>

namespace nlinit::dhcp6 {
namespace {

using namespace std::chrono_literals;

// RAND times the duration, for a RAND from -0.1 to 0.1 (RFC 8415 15).
Duration tenth_less_or_more(Duration duration, const RandomBits& random) {
    return part_of(duration / 5, random) - duration / 10;
}

}  // namespace

Duration part_of(Duration whole, const RandomBits& random) {
    constexpr unsigned kUsedBits = 16;  // the high bits: some generators have poor low bits
    constexpr std::int64_t kSteps = std::int64_t{1} << kUsedBits;
    const std::int64_t step = random() >> (32 - kUsedBits);
    // In two parts, because 64 bits do not hold an infinite lifetime times the steps.
    return whole / kSteps * step + whole % kSteps * step / kSteps;
}

Duration first_timeout(const Retransmission& parameters, const RandomBits& random) {
    return parameters.initial_timeout + tenth_less_or_more(parameters.initial_timeout, random);
}

Duration first_solicit_timeout(const RandomBits& random) {
    constexpr Duration kLeast{1};
    return kSolicit.initial_timeout + kLeast + part_of(kSolicit.initial_timeout / 10, random);
}

Duration next_timeout(const Retransmission& parameters, Duration previous, const RandomBits& random) {
    const Duration next = 2 * previous + tenth_less_or_more(previous, random);
    if (parameters.longest_timeout == Duration::zero() || next <= parameters.longest_timeout) return next;
    return parameters.longest_timeout + tenth_less_or_more(parameters.longest_timeout, random);
}

Duration setback_delay(unsigned setbacks_in_a_row) {
    constexpr unsigned kMaxShift = 6;  // 64 s, beyond the longest
    constexpr Duration kLongest = 60s;
    if (setbacks_in_a_row <= 1) return Duration::zero();
    return std::min<Duration>(1s * (1 << std::min(setbacks_in_a_row - 2, kMaxShift)), kLongest);
}

}  // namespace nlinit::dhcp6
