// SPDX-License-Identifier: Apache-2.0
// Kernel modules of a boot: those of the configuration, and drivers by device, by a child; then for devices that come.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/pid1/boot_context.hpp"
#include "app/pid1/device_watch.hpp"

namespace nlinit::app {

class BootModules {
  public:
    explicit BootModules(BootContext& context) : context_(context), watch_(context.loop, context.quiet_errands) {}

    // Those of the configuration, but for `loaded`, and drivers by device once a boot. Which of the names failed is
    // knowledge for the plan, whose mounts may bring them.
    void load(const std::vector<std::string>& loaded, std::function<void()> done);
    // The payload runs: drivers that the boot could do without, and of what is plugged in. In the keeper of another
    // PID 1: of nothing more.
    void follow_devices();
    void stop() noexcept { watch_.stop(); }

  private:
    [[nodiscard]] std::optional<Error> on_silent(std::string_view step, const sys::AsideEnd& how);

    BootContext& context_;
    DeviceWatch watch_;
    std::vector<std::string> silent_;  // modules whose driver did not come back from its devices
    bool knows_devices_ = false;       // and has loaded their drivers
};

// No complaint: an image may do without them, and a kernel may have them built in.
void load_optional_modules(BootContext& context, const std::vector<std::string>& modules, std::function<void()> done);

}  // namespace nlinit::app
