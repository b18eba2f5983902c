// SPDX-License-Identifier: Apache-2.0
// Counts how often each value of an enumeration occurred.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

namespace nlinit {

// The enumeration's values must be 0 to count - 1.
template <class Value, std::size_t value_count>
class Counters {
  public:
    void count(Value value) noexcept { ++counts_[static_cast<std::size_t>(value)]; }
    [[nodiscard]] std::uint64_t operator[](Value value) const noexcept {
        return counts_[static_cast<std::size_t>(value)];
    }
    [[nodiscard]] std::uint64_t total() const noexcept {
        return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
    }

  private:
    std::array<std::uint64_t, value_count> counts_{};
};

// Whether the row of each value stands in the table at the index that equals the value.
template <class Rows, class Value, class Row>
constexpr bool are_in_order(const Rows& rows, Value Row::*value) {
    std::size_t place = 0;
    for (const auto& row : rows) {
        if (static_cast<std::size_t>(row.*value) != place++) return false;
    }
    return true;
}

}  // namespace nlinit
