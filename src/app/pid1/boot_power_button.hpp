// SPDX-License-Identifier: Apache-2.0
// The machine's power button: what makes it heard, and what a press does.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "app/pid1/boot_context.hpp"
#include "nlinit/machine/end_action.hpp"
#include "nlinit/sys/machine/power_button.hpp"

namespace nlinit::app {

class BootPowerButton {
  public:
    // A host that sees the machine go on presses again. It is not in a hurry, as who sends a second signal is.
    using OnPress = std::function<void(EndAction action, const std::string& why)>;
    BootPowerButton(BootContext& context, OnPress on_press) : context_(context), on_press_(std::move(on_press)) {}

    // When the payload runs, for no boot is to wait for it. After a hand-off the button is the payload's, as PID 1 is.
    void watch();
    void read();  // presses that the loop has not come to

  private:
    void hear_presses();
    void pressed(const sys::Press& press) const;

    BootContext& context_;
    OnPress on_press_;
    std::optional<sys::PowerButtons> buttons_;
};

}  // namespace nlinit::app
