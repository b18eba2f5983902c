// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp/backoff.hpp"

#include <algorithm>

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;

// A server whose queue is full may need a quarter of a second: 250 requests, what a socket holds, at 1000 a second.
// Who asks again sooner asks twice.
constexpr Duration kFirstDelay = 300ms;
constexpr unsigned kMaxDoublings = 16;
// While a server may just be restarting: a guest is back a second after it, at the median.
constexpr Duration kEarlyCap = 2s;
constexpr Duration kLateCap = 64s;  // RFC 2131 4.1
// From 20 s on an outage may grow by its tenth, and what a fleet sends becomes less the longer it has to wait.
constexpr int kCapShareOfElapsed = 10;

constexpr Duration kRenewalFloor = 60s;  // RFC 2131 4.4.5
constexpr Duration kShortestRenewalDelay = 1s;
constexpr Duration kLongestNakDelay = 60s;

// 75 to 125 % of the delay. RFC 2131 4.1 has ±1 s around 4 s and up.
Duration with_jitter(Duration delay, std::uint32_t random_bits) {
    constexpr std::int64_t kSteps = 1024;
    return delay * 3 / 4 + delay / 2 / kSteps * (random_bits % kSteps);
}

}  // namespace

Duration retransmission_delay(unsigned attempt, Duration elapsed, const RandomBits& random) {
    const Duration cap = std::clamp(elapsed / kCapShareOfElapsed, kEarlyCap, kLateCap);
    const Duration delay = std::min(kFirstDelay * (1 << std::min(attempt, kMaxDoublings)), cap);
    return std::min(with_jitter(delay, random()), kLateCap);
}

Duration renewal_delay(Duration left_of_phase, Duration phase) {
    const Duration floor = std::clamp(phase / 4, kShortestRenewalDelay, kRenewalFloor);
    return std::max(left_of_phase / 2, floor);
}

Duration nak_delay(unsigned naks_in_a_row) {
    constexpr unsigned kMaxShift = 6;  // 64 s, beyond the longest
    if (naks_in_a_row <= 1) return Duration::zero();
    return std::min<Duration>(1s * (1 << std::min(naks_in_a_row - 2, kMaxShift)), kLongestNakDelay);
}

}  // namespace nlinit::dhcp
