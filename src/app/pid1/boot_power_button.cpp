// The machine's power button: what makes it heard, and what a press does.
#include <cerrno>

#include "app/pid1/boot.hpp"
#include "nlinit/base/words.hpp"
#include "nlinit/config/words.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/module.hpp"

namespace nlinit::app {
namespace {}  // namespace

// When the payload runs, for no boot is to wait for it. After a hand-off the button is the payload's, as PID 1 is.
void Boot::watch_power_buttons() {
    if (ending() || keeper_ || boot_config_.config.shutdown.power_button == EndAction::stay) return;
    load_button_modules([this] {
        buttons_ = std::make_unique<sys::PowerButtons>(loop_, [this](const sys::Press& press) { on_press(press); });
        const auto watched = buttons_->watch();
        if (!watched.ok())
            log::write(watched.error().code == ENODEV ? log::Level::debug : log::Level::warning, "power",
                       to_string(watched.error()));
    });
}

// The drivers of the buttons that machines have, by ACPI or device tree, and of /dev/input. No complaint: an image may
// do without them, and a kernel may have them built in.
void Boot::load_button_modules(std::function<void()> on_end) {
    std::vector<std::string> modules;
    if (sys::exists("/sys/firmware/acpi")) modules.emplace_back("button");
    if (sys::exists("/sys/firmware/devicetree/base")) modules.insert(modules.end(), {"gpio_pl061", "gpio_keys"});
    modules.emplace_back("evdev");
    StepRunner::Steps steps;
    for (const auto& name : modules) steps.names.push_back({"load module " + name, Importance::optional});
    steps.begin = [modules](StepChild& /*child*/) {
        const auto loader = std::make_shared<sys::ModuleLoader>();
        return [=](std::size_t number) { return StepDone{Importance::optional, loader->load(modules[number])}; };
    };
    steps.on_end = std::move(on_end);
    runner_.run(std::move(steps));
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
