// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "bridged_guests.hpp"
#include "server.hpp"
#include "traffic.hpp"

namespace bench {

struct HerdRun {
    std::vector<Duration> exec;            // from the common start until each client had got through its exec
    std::vector<Duration> route;           // from the common start until each guest had its default route
    std::optional<Duration> server_ready;  // from the common start; nothing if it served before
    std::size_t addresses_twice = 0;
    Traffic traffic;
    Duration server_cpu{};
};

// All guests run the client at once; the server starts that long after them, with no outage before them. Until all
// clients have ended, or a limit.
[[nodiscard]] HerdRun run_herd(BridgedGuests& guests, TrafficCounter& counter, const Command& client,
                               const Server::Program& server, Duration outage, const std::string& log_path);

}  // namespace bench
