// A boot's last step, and what follows from it: debug shell and payload, or PID 1 handed over to the payload.
#include <linux/capability.h>

#include <array>
#include <cstdint>
#include <utility>

#include "app/pid1/boot.hpp"
#include "app/pid1/debug_shell.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/power.hpp"
#include "nlinit/sys/machine/settings.hpp"
#include "nlinit/sys/process/cgroup.hpp"
#include "nlinit/sys/process/confinement.hpp"
#include "nlinit/sys/process/hand_over.hpp"

namespace nlinit::app {
namespace {

constexpr const char* kPayloadCgroup = "payload";
constexpr const char* kInitCgroup = "init";
constexpr const char* kKeeperName = "nlinit: network";
// Links, addresses and routes; packets of its own making; the port of DHCP clients, which is below 1024.
constexpr std::array<std::uint8_t, 3> kKeptCapabilities = {CAP_NET_ADMIN, CAP_NET_RAW, CAP_NET_BIND_SERVICE};

// PID 1 cannot: what it gives up, the payload would not have either (docs/security.md).
void confine_keeper() {
    auto confined = sys::bound_capabilities_to(kKeptCapabilities);
    if (confined.ok()) confined = sys::take_capabilities_of(kKeptCapabilities);
    if (confined.ok()) confined = sys::confine_system_calls();
    if (!confined.ok()) log::warning("boot", "the network's keeper goes on unconfined: " + to_string(confined.error()));
}

}  // namespace

void Boot::start_debug_shell() {
    const auto& wanted = boot_config_.config.debug_shell;
    if (!wanted.wanted || ending()) return;
    const auto start = [this, wanted](const Result<std::string>& program) {
        if (ending()) return;
        if (!program.ok()) return log::error("debug", to_string(program.error()));
        shell_ = std::make_unique<Supervisor>(
            loop_, debug_shell(wanted, *program),
            Supervisor::Place{.room = "debug", .cgroup = "", .tells_status = false}, [] {}, [] {});
        shell_->start();
    };
    errands_.run("debug shell",
                 {.subject = "look for a shell", .work = [wanted] { return find_shell(wanted); }, .on_end = start});
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

// What PID 1 will become is on a disk that may not answer: a child looks at it first.
void Boot::look_for_payload() {
    const auto& config = boot_config_.config;
    if (config.payload.handoff != config::Handoff::exec || config.payload.command.empty() || ending()) return;
    sys::Command command;
    command.arguments = config.payload.command;
    command.environment = config.payload.environment;
    command.working_directory = config.payload.working_directory;
    command.account = {config.payload.user, config.payload.groups};
    errands_.run("payload",
                 {.subject = "look for " + command.arguments.front(),
                  .work = [command] { return sys::look_for(command); },
                  .on_end = [this](const Result<std::string>& identity) { payload_looked_for_ = identity; }});
}

// From here on PID 1 is the payload's, and what goes on here is a child of it that keeps the network. It hears no
// signal but SIGHUP: whoever is PID 1 now may end all others by kill(-1), and wants the network until then; it dies of
// SIGKILL, or with the machine.
void Boot::hand_off() {
    payload_->stop_restarting();  // there would be nobody to start it
    auto command = payload_->command();
    if (payload_looked_for_.ok()) {
        const auto identity = sys::identity_in(*payload_looked_for_);
        command.environment.try_emplace("HOME", identity.home);
        const auto account = *std::exchange(command.account, std::nullopt);
        if (!account.user.empty() || !account.groups.empty()) command.identity = identity;
    }
    const auto handed_over = payload_looked_for_.ok() ? sys::hand_over(command) : Result<>(payload_looked_for_.error());
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
    confine_keeper();  // after the children that write what has changed by it
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
