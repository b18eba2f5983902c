// SPDX-License-Identifier: Apache-2.0
// Ladders of retransmission to compare: how long to wait after the attempt-th transmission, as in
// nlinit/dhcp/backoff.hpp.
#pragma once

#include <functional>

#include "nlinit/dhcp/backoff.hpp"
#include "scenario.hpp"

namespace fleet {

using nlinit::dhcp::RandomBits;
using Ladder = std::function<Duration(unsigned attempt, Duration elapsed, const RandomBits& random)>;

// From `first` by `factor` up to a cap, with jitter around it.
struct LadderShape {
    Duration first = std::chrono::milliseconds(200);
    double factor = 2;
    Duration cap = std::chrono::seconds(3);
    // The cap grows to this share of the time that the transaction has taken, up to late_cap; 0: it does not grow.
    double cap_share = 0;
    Duration late_cap = std::chrono::seconds(64);
    double jitter = 0.25;      // a share of the delay, up and down,
    Duration fixed_jitter{0};  // or a time
};

[[nodiscard]] Ladder ladder_of(const LadderShape& shape);

}  // namespace fleet
