// SPDX-License-Identifier: Apache-2.0
// What became of a fleet.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "scenario.hpp"

namespace fleet {

inline constexpr Duration kSlot = std::chrono::milliseconds(100);

// How many packets came in each slot of time since the start.
class Traffic {
  public:
    void count(TimePoint at);
    [[nodiscard]] std::uint64_t in_slot(std::size_t slot) const noexcept;
    [[nodiscard]] std::size_t slots() const noexcept { return counts_.size(); }
    // The most that came from `start` on in any so many slots in a row.
    [[nodiscard]] std::uint64_t busiest(std::size_t slots, TimePoint start) const;
    friend bool operator==(const Traffic&, const Traffic&) = default;

  private:
    std::vector<std::uint64_t> counts_;
};

struct Outcome {
    std::uint32_t clients = 0;
    std::vector<Duration> took;      // from power-on to BOUND, of those that came so far, in order
    std::vector<Duration> bound_at;  // the same since the start of the run
    std::uint32_t gave_up = 0;
    std::uint32_t on_a_shared_address = 0;
    std::uint32_t bound_at_the_end = 0;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;  // by the server, since it was up
    std::uint64_t dropped = 0;   // by its queue
    Traffic arrived;             // at the server's host, whether it was up or not
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

// The time after which a share of all clients was BOUND; nothing if fewer ever were.
[[nodiscard]] std::optional<Duration> after(const std::vector<Duration>& times, std::uint32_t clients, double share);

}  // namespace fleet
