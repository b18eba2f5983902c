// A boot's last step, and what follows from it: debug shell and payload, or PID 1 handed over to the payload.
#include "nlinit/app/boot.hpp"
#include "nlinit/app/debug_shell.hpp"
#include "nlinit/sys/cgroup.hpp"
#include "nlinit/sys/hand_over.hpp"
#include "nlinit/sys/log.hpp"
#include "nlinit/sys/power.hpp"
#include "nlinit/sys/settings.hpp"

namespace nlinit::app {
namespace {

using config::EndAction;

constexpr const char* kPayloadCgroup = "payload";
constexpr const char* kInitCgroup = "init";
constexpr const char* kKeeperName = "nlinit: network";

}  // namespace

void Boot::start_debug_shell() {
    const auto& wanted = boot_config_.config.debug_shell;
    if (!wanted.wanted || ending()) return;
    auto shell = debug_shell(wanted);
    if (!shell.ok()) {
        log::error("debug", to_string(shell.error()));
        return;
    }
    shell_ = std::make_unique<Supervisor>(
        loop_, *std::move(shell), Supervisor::Place{.room = "debug", .cgroup = "", .tells_status = false}, [] {},
        [] {});
    shell_->start();
}

void Boot::start_payload() {
    if (ending()) return;
    const auto& config = boot_config_.config;
    if (attempt_.required_step_failed() && config.on_required_failure != EndAction::stay) {
        log::error("boot", "a required step failed, so the payload is not started");
        end(config.on_required_failure);
        return;
    }
    payload_due_ = true;
    if (config.payload.command.empty()) {
        log::info("boot", "no payload is configured; staying");
        tell_if_ready();
        return;
    }
    payload_ = std::make_unique<Supervisor>(
        loop_, config.payload,
        Supervisor::Place{.room = "payload", .cgroup = config.system.cgroup ? kPayloadCgroup : ""},
        [this] { on_payload_end(); }, [this] { on_payload_change(); });
    report_
        .write();  // the payload may look at it before the next, which tells of its start, and a keeper's comes later
    if (config.payload.handoff == config::Handoff::exec) {
        hand_off();
    } else {
        payload_->start();
    }
}

// From here on PID 1 is the payload's, and what goes on here is a child of it that keeps the network. It hears no
// signal but SIGHUP: whoever is PID 1 now may end all others by kill(-1), and wants the network until then; it dies of
// SIGKILL, or with the machine.
void Boot::hand_off() {
    payload_->stop_restarting();  // there would be nobody to start it
    const auto command = payload_->command();
    const auto handed_over = command.ok() ? sys::hand_over(*command) : Result<>(command.error());
    if (!handed_over.ok()) {
        sys::install_crash_handlers(EndAction::poweroff);  // exec() has reset them
        prepare_for_crash();
        if (boot_config_.config.system.cgroup)
            attempt_("return to cgroup init", [] { return sys::enter_cgroup(kInitCgroup); });
        payload_->not_started(handed_over.error());
        return;
    }
    keeper_ = true;
    sys::settle_in_background(kKeeperName);
    if (signals_) loop_.unwatch(signals_->fd());
    signals_.reset();
    watch_signals();
    shell_.reset();
    payload_->handed_off();
}

void Boot::on_payload_change() {
    diary_.look_at(network_.get(), payload_.get());
    report_.write_and_share(boot_config_.config.system.report);
    tell_if_ready();
}

void Boot::on_payload_end() {
    const int status = payload_->exit_status().value_or(sys::kExitNotPrepared);
    tell({{"EXIT_STATUS", std::to_string(status)},
          {"STATUS", payload_->exited()    ? "the payload ended with " + payload_->end_in_words()
                     : payload_->failure() ? to_string(*payload_->failure())
                                           : "the payload ended with status " + std::to_string(status)}});
    const EndAction action = payload_->payload().on_exit;
    if (action == EndAction::stay || ending()) return;
    end(action);
}

}  // namespace nlinit::app
