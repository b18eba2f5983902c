// SPDX-License-Identifier: Apache-2.0
// Types for instants and durations. Core never reads a clock: its callers pass the present time as an argument.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace nlinit {

// CLOCK_BOOTTIME: unlike CLOCK_MONOTONIC it goes on while the guest has suspended itself, so that leases keep ageing.
// While its host pauses a VM it stands still. now() is defined with the system calls, in sys/boot_clock.cpp.
struct BootClock {
    using rep = std::int64_t;
    using period = std::nano;
    using duration = std::chrono::duration<rep, period>;
    using time_point = std::chrono::time_point<BootClock>;
    static constexpr bool is_steady = true;
    static time_point now() noexcept;
};

using TimePoint = BootClock::time_point;
using Duration = BootClock::duration;

// Stands for "never" wherever an instant is wanted: the end of an infinite lease.
inline constexpr TimePoint kNever = TimePoint::max();

// A duration in words: "2 s", "1500 ms".
[[nodiscard]] std::string in_words(Duration duration);

}  // namespace nlinit
