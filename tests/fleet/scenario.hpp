// SPDX-License-Identifier: Apache-2.0
// What happens to a fleet: who starts when, over which network, against which server.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "nlinit/base/time.hpp"

namespace fleet {

using nlinit::Duration;
using nlinit::TimePoint;

// An address for each in 10.0.0.0/8.
inline constexpr std::uint32_t kMaxClients = 1'000'000;

struct Scenario {
    std::uint32_t clients = 100'000;
    Duration spread{0};                             // machines power on within this time, at random
    double loss = 0.01;                             // of the packets of each direction
    Duration delay = std::chrono::milliseconds(1);  // one way; from half of it to three halves, at random
    Duration outage{0};                             // the server is down from the start for so long
    double rate = 20'000;                           // requests a second that the server answers
    std::size_t queue = 1000;                       // requests that wait for it; more are lost
    bool rapid_commit = false;                      // the server takes a DISCOVER with option 80 for a REQUEST
    Duration patience = std::chrono::minutes(10);   // the run ends so long after the server is up
    Duration lease = std::chrono::hours(24);
    Duration keep{0};  // leases are renewed, and the run lasts so long; 0: it ends when all are BOUND
    std::uint64_t seed = 1;
    bool wire = false;  // packets go through serialize() and parse()
};

}  // namespace fleet
