// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace bench {

struct Traffic {
    std::size_t packets = 0;
    std::size_t peak = 0;  // the most in any one second
};

// Counts the UDP packets for port 67 that come in by an interface. The kernel keeps them, with the time of each, until
// they are asked for: counting takes nothing from what is measured.
class TrafficCounter {
  public:
    explicit TrafficCounter(const std::string& interface);
    ~TrafficCounter();
    TrafficCounter(const TrafficCounter&) = delete;
    TrafficCounter& operator=(const TrafficCounter&) = delete;

    // Since the last call.
    [[nodiscard]] Traffic take();

  private:
    int socket_ = -1;
};

}  // namespace bench
