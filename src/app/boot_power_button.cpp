// The machine's power button: what makes it heard, and what a press does.
#include <cerrno>

#include "nlinit/app/boot.hpp"
#include "nlinit/config/words.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/log.hpp"
#include "nlinit/sys/module.hpp"

namespace nlinit::app {
namespace {

using config::EndAction;

constexpr const char* kModules = "/lib/modules";

void load_if_there(sys::ModuleLoader& loader, const std::string& name) {
    if (const auto loaded = loader.load(name); !loaded.ok()) log::debug("power", to_string(loaded.error()));
}

}  // namespace

// When the payload runs, for no boot is to wait for it. After a hand-off the button is the payload's, as PID 1 is.
void Boot::watch_power_buttons() {
    if (ending() || keeper_ || boot_config_.config.shutdown.power_button == EndAction::stay) return;
    load_button_modules();
    buttons_ = std::make_unique<sys::PowerButtons>(loop_, [this](const sys::Press& press) { on_press(press); });
    const auto watched = buttons_->watch();
    if (!watched.ok())
        log::write(watched.error().code == ENODEV ? log::Level::debug : log::Level::warning, "power",
                   to_string(watched.error()));
}

// The drivers of the buttons that machines have, by ACPI or device tree, and of /dev/input. No complaint: an image may
// do without them, and a kernel may have them built in.
void Boot::load_button_modules() const {
    if (unanswered_above(kModules) != nullptr) return;
    sys::ModuleLoader loader;
    if (sys::exists("/sys/firmware/acpi")) load_if_there(loader, "button");
    if (sys::exists("/sys/firmware/devicetree/base")) {
        load_if_there(loader, "gpio_pl061");
        load_if_there(loader, "gpio_keys");
    }
    load_if_there(loader, "evdev");
}

// A host that sees the machine go on presses again. It is not in a hurry, as a second signal would be: the grace stays.
void Boot::on_press(const sys::Press& press) {
    const bool is_restart = press.key == sys::Press::Key::restart;
    const EndAction action = is_restart ? EndAction::reboot : boot_config_.config.shutdown.power_button;
    const std::string why =
        (is_restart ? "the restart button " : "the power button ") + press.device + " was pressed: ";
    if (!ending() || shutdown_->was_refused()) return end(action, why);
    if (action == shutdown_->action()) return;
    log::info("boot", why + "the end is now to " + std::string(word_of_value(action, config::kEndActionWords)));
    shutdown_->redirect(action);
}

}  // namespace nlinit::app
