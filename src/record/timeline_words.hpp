// SPDX-License-Identifier: Apache-2.0
// What the timeline says in words, and where its scale has numbers.
#pragma once

#include <cstdint>
#include <string>

#include "nlinit/record/boot_record.hpp"

namespace nlinit::record {

// "93.4 ms" below 100 ms, "1 990 ms" above, with a space that does not break.
[[nodiscard]] std::string duration(std::int64_t microseconds);

// 1, 2 or 5 times a power of ten, such that there are four to ten up to the end.
[[nodiscard]] std::int64_t tick_of(std::int64_t shown) noexcept;

// Of a phase, in the order of time, as many as there is room for.
[[nodiscard]] std::string longest_steps(const RecordedPhase& phase, std::int64_t width);

}  // namespace nlinit::record
