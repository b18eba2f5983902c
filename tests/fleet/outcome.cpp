// SPDX-License-Identifier: Apache-2.0
#include "outcome.hpp"

#include <algorithm>
#include <cmath>

namespace fleet {
namespace {

std::size_t slot_of(TimePoint at) {
    return static_cast<std::size_t>(at.time_since_epoch() / kSlot);
}

}  // namespace

void Traffic::count(TimePoint at) {
    const auto slot = slot_of(at);
    if (slot >= counts_.size()) counts_.resize(slot + 1);
    ++counts_[slot];
}

std::uint64_t Traffic::in_slot(std::size_t slot) const noexcept {
    return slot < counts_.size() ? counts_[slot] : 0;
}

std::uint64_t Traffic::busiest(std::size_t slots, TimePoint start) const {
    std::uint64_t most = 0, sum = 0;
    const auto first = slot_of(start);
    for (auto slot = first; slot < counts_.size(); ++slot) {
        sum += counts_[slot];
        if (slot >= first + slots) sum -= counts_[slot - slots];
        most = std::max(most, sum);
    }
    return most;
}

std::optional<Duration> after(const std::vector<Duration>& times, std::uint32_t clients, double share) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * clients));
    if (rank == 0 || rank > times.size()) return std::nullopt;
    return times[rank - 1];
}

}  // namespace fleet
