// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/boot_power_button.hpp"

#include <cerrno>
#include <vector>

#include "app/pid1/boot_modules.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

// The drivers of the buttons that machines have, by ACPI or device tree, and of /dev/input.
std::vector<std::string> button_modules() {
    std::vector<std::string> modules;
    if (sys::exists("/sys/firmware/acpi")) modules.emplace_back("button");
    if (sys::exists("/sys/firmware/devicetree/base")) modules.insert(modules.end(), {"gpio_pl061", "gpio_keys"});
    modules.emplace_back("evdev");
    return modules;
}

}  // namespace

void BootPowerButton::watch() {
    if (context_.is_keeper || context_.config().shutdown.power_button == EndAction::stay) return;
    load_optional_modules(context_, button_modules(), [this] { hear_presses(); });
}

void BootPowerButton::hear_presses() {
    buttons_.emplace(context_.loop, [this](const sys::Press& press) { pressed(press); });
    const auto watched = buttons_->watch();
    if (!watched.ok())
        log::write(watched.error().code == ENODEV ? log::Level::debug : log::Level::warning, "power",
                   to_string(watched.error()));
}

void BootPowerButton::read() {
    if (buttons_) buttons_->read_all();
}

void BootPowerButton::pressed(const sys::Press& press) const {
    const bool is_restart = press.key == sys::Press::Key::restart;
    on_press_(is_restart ? EndAction::reboot : context_.config().shutdown.power_button,
              concat({(is_restart ? "the restart button " : "the power button "), press.device, " was pressed: "}));
}

}  // namespace nlinit::app
