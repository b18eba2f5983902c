// SPDX-License-Identifier: Apache-2.0
// What a boot takes from the rest of the machine to be done sooner, and gives back.
#pragma once

#include <optional>

#include "app/pid1/boot_context.hpp"

namespace nlinit::app {

class BootHaste {
  public:
    explicit BootHaste(BootContext& context);
    ~BootHaste();
    BootHaste(const BootHaste&) = delete;
    BootHaste& operator=(const BootHaste&) = delete;

    void begin();  // when /sys is there
    // When the payload is in its cgroup, for to move a process there waits for RCU too.
    void end();

  private:
    BootContext& context_;
    sys::EventLoop::TimerId favour_timer_;
    std::optional<bool> rcu_expedited_;  // by us
};

}  // namespace nlinit::app
