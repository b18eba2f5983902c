// SPDX-License-Identifier: Apache-2.0
// Filesystems that are to be as large as their devices: grown again when a device changes its size while the machine
// runs, each by an errand of its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/pid1/boot_context.hpp"
#include "nlinit/sys/machine/uevent.hpp"

namespace nlinit::app {

class GrowthWatch {
  public:
    explicit GrowthWatch(BootContext& context) : context_(context) {}
    ~GrowthWatch() { stop(); }
    GrowthWatch(const GrowthWatch&) = delete;
    GrowthWatch& operator=(const GrowthWatch&) = delete;

    // From before the plan on, whose steps grow them for the first time: no change of a size is missed. Where nothing
    // is to be grown, nothing is listened to.
    void begin();
    void stop() noexcept;

  private:
    void read();

    BootContext& context_;
    std::optional<sys::DeviceSocket> socket_;
    std::vector<std::string> targets_;
};

}  // namespace nlinit::app
