// The end of a boot: processes, shares, network, disks, machine.
#include <exception>

#include "nlinit/app/boot.hpp"
#include "nlinit/config/machine_end.hpp"
#include "nlinit/config/words.hpp"
#include "nlinit/sys/log.hpp"
#include "nlinit/sys/pid_namespace.hpp"
#include "nlinit/sys/power.hpp"
#include "nlinit/sys/power_off_support.hpp"
#include "nlinit/sys/unmount.hpp"

namespace nlinit::app {
namespace {

using config::EndAction;

std::string word_of(EndAction action) {
    return std::string(word_of_value(action, config::kEndActionWords));
}

EndAction machine_end(const config::Shutdown& shutdown, EndAction asked) {
    const bool is_open = asked == EndAction::poweroff && !shutdown.poweroff;
    return config::machine_end(shutdown, asked, !is_open || sys::can_power_off());
}

}  // namespace

// A crash ends the machine as the payload's end would.
void Boot::prepare_for_crash() const {
    const auto& config = boot_config_.config;
    sys::set_crash_action(machine_end(config.shutdown, config.payload.on_exit));
}

void Boot::end(EndAction action, const std::string& why) {
    tell_how_it_went();
    if (!ending()) tell({{"STOPPING", "1"}, {"STATUS", "ending: " + word_of(action)}});
    log::info("boot", why + "shutting down, to " + word_of(action));
    runner_.stop();
    if (shell_) shell_->stop_restarting();
    if (!shutdown_)
        shutdown_ = std::make_unique<Shutdown>(loop_, payload_.get(), boot_config_.config.shutdown.timeout,
                                               [this] { finish(); });
    shutdown_->begin(action);
}

// Shares may need the network, and the network's lease file a disk that can be written to. A container's filesystems
// are also mounted in the machine around it: made read-only they would be so there, and swap and loop devices are that
// machine's.
void Boot::end_network_and_filesystems() {
    if (filesystems_ended_) return;  // when the machine is told a second time to end
    filesystems_ended_ = true;
    if (notifier_) notifier_->finish();
    if (!sys::is_in_first_pid_namespace()) {
        log::info("mount", "filesystems are left as they are: this is PID 1 of a container, and not of the machine");
        if (network_) network_->stop();
        return;
    }
    sys::FilesystemsEnd filesystems(shutdown_->deadline());
    filesystems.unmount_shares();
    if (network_) network_->stop();
    filesystems.unmount_all();
}

void Boot::finish() {
    try {
        diary_.end(shutdown_->action());
        report_.finish(filesystems_ended_ ? "" : boot_config_.config.system.report, shutdown_->deadline());
        end_network_and_filesystems();
        on_signals();  // commands that came meanwhile: the last one counts
        if (buttons_) buttons_->read_all();
    } catch (const std::exception& exception) {
        log::error("shutdown", exception.what());
    }
    const EndAction asked = shutdown_->action();
    const EndAction done = machine_end(boot_config_.config.shutdown, asked);
    const std::string name = word_of(done);
    if (done == asked) {
        log::info("shutdown", name);
    } else if (asked == EndAction::poweroff && !boot_config_.config.shutdown.poweroff) {
        log::info("shutdown", "reboot instead of poweroff, for which the kernel has no way here");
    } else {
        log::info("shutdown", name + " instead of " + word_of(asked) + ", as configured");
    }
    const int code = sys::end_machine(done);
    log::error("shutdown", to_string(Error{code, name}) + "; PID 1 stays");
}

}  // namespace nlinit::app
