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
    // visit(value, count) for each that occurred.
    template <class Visitor>
    void each(Visitor visit) const {
        for (std::size_t i = 0; i < value_count; ++i) {
            if (counts_[i] > 0) visit(static_cast<Value>(i), counts_[i]);
        }
    }
    Counters& operator+=(const Counters& more) noexcept {
        for (std::size_t i = 0; i < value_count; ++i) counts_[i] += more.counts_[i];
        return *this;
    }
    // What was counted behind `before`, an earlier copy.
    [[nodiscard]] Counters since(const Counters& before) const noexcept {
        Counters more = *this;
        for (std::size_t i = 0; i < value_count; ++i) more.counts_[i] -= before.counts_[i];
        return more;
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
