// SPDX-License-Identifier: Apache-2.0
#include "ladder.hpp"

#include <algorithm>
#include <cmath>

namespace fleet {
namespace {

constexpr unsigned kMaxSteps = 64;  // beyond that any ladder is at its cap

Duration scaled(Duration duration, double factor) {
    return Duration(static_cast<Duration::rep>(static_cast<double>(duration.count()) * factor));
}

Duration grown(const LadderShape& shape, unsigned attempt, Duration elapsed) {
    const Duration cap =
        shape.cap_share > 0 ? std::clamp(scaled(elapsed, shape.cap_share), shape.cap, shape.late_cap) : shape.cap;
    const double growth = std::pow(shape.factor, std::min(attempt, kMaxSteps));
    if (growth >= static_cast<double>(cap.count()) / static_cast<double>(shape.first.count())) return cap;
    return scaled(shape.first, growth);
}

}  // namespace

Ladder ladder_of(const LadderShape& shape) {
    return [shape](unsigned attempt, Duration elapsed, const RandomBits& random) {
        const Duration delay = grown(shape, attempt, elapsed);
        const Duration jitter = scaled(delay, shape.jitter) + shape.fixed_jitter;
        const double around = static_cast<double>(random()) * 0x1p-31 - 1;  // −1 ≤ around < 1
        return delay + scaled(jitter, around);
    };
}

}  // namespace fleet
