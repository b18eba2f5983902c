// SPDX-License-Identifier: Apache-2.0
// Chance that is the same everywhere for the same seed, in eight bytes: a fleet has a generator for every guest.
#pragma once

#include <cstdint>

namespace fleet {

// SplitMix64: a counter through a mixing function.
class Random {
  public:
    explicit Random(std::uint64_t seed) : counter_(mix(seed + kStep)) {}

    std::uint64_t bits() { return mix(counter_ += kStep); }
    std::uint32_t word() { return static_cast<std::uint32_t>(bits() >> 32); }
    double share() { return static_cast<double>(bits() >> 11) * 0x1p-53; }  // 0 ≤ share < 1

  private:
    static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio, odd

    static constexpr std::uint64_t mix(std::uint64_t value) {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }

    std::uint64_t counter_;
};

}  // namespace fleet
