// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace bench {

// Tells when ports of bridges in this network namespace have come to forward, which the kernel lets happen some time
// after their links are up.
class BridgePorts {
  public:
    BridgePorts();  // counts from here on
    ~BridgePorts();
    BridgePorts(const BridgePorts&) = delete;
    BridgePorts& operator=(const BridgePorts&) = delete;

    void wait_until_forwarding(std::size_t count) const;

  private:
    int events_ = -1;
};

}  // namespace bench
