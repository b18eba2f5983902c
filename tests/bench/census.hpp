// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "process.hpp"

namespace bench {

// What a client does, counted by ptrace(2), which is too slow for times to mean anything.
struct Census {
    long system_calls = 0;
    long processes = 1;  // and threads
    long execs = 1;
    long peak_rss_kib = 0;  // of the largest process
};

// Nothing if the client failed or took too long. Until it exits; what it leaves running is killed.
[[nodiscard]] std::optional<Census> run_counted(const Command& command);

}  // namespace bench
