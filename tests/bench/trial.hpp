#pragma once

#include <chrono>
#include <optional>

#include "guest.hpp"
#include "process.hpp"

namespace bench {

using Duration = std::chrono::nanoseconds;

// What one run of a client took, from just before its exec.
struct Trial {
    Duration to_route{};  // until the kernel told of the default route
    Duration to_exit{};   // until the parent could wait for it
    Duration cpu{};       // user and system, with all children it waited for
};

// Nothing if the client failed, or had to be killed because it took too long. What it leaves running is killed.
[[nodiscard]] std::optional<Trial> run_timed(const Command& command, Guest& guest);

}  // namespace bench
