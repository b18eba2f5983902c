// The end of a boot: processes, shares, network, disks, machine.
#include <algorithm>
#include <exception>
#include <utility>

#include "app/pid1/boot.hpp"
#include "nlinit/base/words.hpp"
#include "nlinit/config/machine_end.hpp"
#include "nlinit/config/words.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/power.hpp"
#include "nlinit/sys/machine/power_off_support.hpp"
#include "nlinit/sys/mount/unmount.hpp"
#include "nlinit/sys/process/pid_namespace.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kMostForFiles = 1s;
constexpr Duration kLeastForFiles = 100ms;

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

// Whatever is thrown, the machine comes to its end.
void Boot::finish() {
    try {
        diary_.end(shutdown_->action());
        report_.write_and_share(filesystems_ended_ ? "" : boot_config_.config.system.report);
        if (notifier_) notifier_->finish();
        after_files([this] { end_shares_and_network(); });
    } catch (const std::exception& exception) {
        log::error("shutdown", exception.what());
        end_machine();
    }
}

// The copy of the report, and what becomes of lease files, are written by children: of those a disk that is dead may
// hold one for ever.
void Boot::after_files(std::function<void()> next) {
    after_files_ = std::move(next);
    const TimePoint now = BootClock::now();
    loop_.arm(files_timer_, now + std::clamp((shutdown_->deadline() - now) / 4, kLeastForFiles, kMostForFiles));
    if (quiet_errands_.idle()) go_on_after_files();
}

void Boot::go_on_after_files() {
    loop_.arm(files_timer_, std::nullopt);
    const auto next = std::exchange(after_files_, nullptr);
    if (!next) return;
    try {
        next();
    } catch (const std::exception& exception) {
        log::error("shutdown", exception.what());
        end_machine();
    }
}

void Boot::go_on_without_files() {
    log::error("shutdown", quiet_errands_.subject() + ": it takes too long, and is left");
    go_on_after_files();
}

// Shares may need the network, and the network's lease file a disk that can be written to. A container's filesystems
// are also mounted in the machine around it: made read-only they would be so there, and swap and loop devices are that
// machine's.
void Boot::end_shares_and_network() {
    if (std::exchange(filesystems_ended_, true)) return end_machine();  // told a second time to end
    filesystems_.emplace(shutdown_->deadline());
    if (sys::is_in_first_pid_namespace()) {
        filesystems_->unmount_shares();
    } else {
        log::info("mount", "filesystems are left as they are: this is PID 1 of a container, and not of the machine");
    }
    if (network_) network_->stop();
    after_files([this] { end_disks(); });
}

void Boot::end_disks() {
    if (sys::is_in_first_pid_namespace()) filesystems_->unmount_all();
    end_machine();
}

void Boot::end_machine() {
    try {
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
    shutdown_->refuse();
}

}  // namespace nlinit::app
