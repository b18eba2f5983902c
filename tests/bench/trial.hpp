// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "guest.hpp"
#include "process.hpp"

namespace bench {

// What one run of a client took, from just before its exec.
struct Trial {
    Duration to_route{};  // until the kernel told of the default route
    // To that, since the kernel told that the interface had carrier. 0 where both were heard of at once: the watcher
    // was held up by the machine's host, and nobody knows.
    Duration from_carrier{};
    Duration to_exit{};  // until the parent could wait for it
    Duration cpu{};      // user and system, with all its children
};

// Nothing if the client failed, or had to be killed because it took too long. What it leaves running is killed.
// With a CPU for the client the caller is taken to have one of its own, on which it never sleeps until the route is
// there: a watcher that has to be woken comes late by as much as a tenth of what is measured, and where it wakes
// decides where the client and its server go on.
[[nodiscard]] std::optional<Trial> run_timed(const Command& command, Guest& guest,
                                             std::optional<std::size_t> client_cpu);

}  // namespace bench
