// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/boot_payload.hpp"

#include <linux/capability.h>

#include <array>
#include <cstdint>
#include <utility>

#include "app/pid1/end_of_machine.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/power.hpp"
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
    if (confined.ok()) confined = sys::take_capabilities_of(kKeptCapabilities, kKeptCapabilities);
    if (confined.ok()) confined = sys::confine_system_calls();
    if (!confined.ok())
        log::warning("boot", {"the network's keeper goes on unconfined: ", to_string(confined.error())});
}

}  // namespace

BootPayload::BootPayload(BootContext& context, BootNews& news, Events events)
    : context_(context), news_(news), events_(std::move(events)), shell_(context), turn_(context, shell_) {}

void BootPayload::wait_for_turn(std::function<void()> done) {
    look_for_program();
    turn_.wait(std::move(done));
}

// What PID 1 will become is on a disk that may not answer: a child looks at it first.
void BootPayload::look_for_program() {
    const auto& payload = context_.config().payload;
    const bool may_start = !payload.command.empty() && context_.boot_config.payload_fault.empty();
    if (payload.handoff != config::Handoff::exec || !may_start) return;
    sys::Command command;
    command.arguments = payload.command;
    command.environment = payload.environment;
    command.working_directory = payload.working_directory;
    command.account = {payload.user, payload.groups};
    command.makes_working_directory = payload.makes_working_directory;
    context_.errands.run("payload",
                         {.subject = "look for " + command.arguments.front(),
                          .work = [command] { return sys::look_for(command); },
                          .on_end = [this](const Result<std::string>& identity) { looked_for_ = identity; }});
}

void BootPayload::start() {
    const auto& config = context_.config();
    if (context_.attempt.required_step_failed() && config.on_required_failure != EndAction::stay) {
        log::error("boot", "a required step failed, so the payload is not started");
        return events_.on_end(config.on_required_failure);
    }
    was_due_ = true;
    const auto& fault = context_.boot_config.payload_fault;
    if (config.payload.command.empty() && fault.empty()) return log::info("boot", "no payload is configured; staying");
    payload_ = std::make_unique<Supervisor>(
        context_.loop, config.payload,
        Supervisor::Place{.room = "payload", .cgroup = config.system.cgroup ? kPayloadCgroup : ""},
        [this] { on_end(); }, events_.on_change);
    // The payload may look at it before the next, which tells of its start, and a keeper's comes later.
    news_.write_report();
    if (!fault.empty()) {
        payload_->stop_restarting();  // the files would be as they are
        return payload_->not_started(Error{0, fault});
    }
    if (config.payload.handoff == config::Handoff::exec) return hand_off();
    payload_->start();
}

// Returns in the keeper.
Result<> BootPayload::hand_over() {
    if (!looked_for_.ok()) return looked_for_.error();
    auto command = payload_->command();
    const auto identity = sys::identity_in(*looked_for_);
    command.environment.try_emplace("HOME", identity.home);
    const auto account = *std::exchange(command.account, std::nullopt);
    if (!account.user.empty() || !account.groups.empty()) command.identity = identity;
    return sys::hand_over(command);
}

// From here on PID 1 is the payload's.
void BootPayload::hand_off() {
    payload_->stop_restarting();  // there would be nobody to start it
    if (const auto handed_over = hand_over(); !handed_over.ok()) {
        sys::install_crash_handlers(EndAction::poweroff);  // exec() has reset them
        prepare_for_crash(context_.config());
        if (context_.config().system.cgroup)
            context_.attempt("return to cgroup init", [] { return sys::enter_cgroup(kInitCgroup); });
        payload_->not_started(handed_over.error());
        return;
    }
    context_.is_keeper = true;
    sys::settle_in_background(kKeeperName);
    events_.on_keeper();
    shell_.let_go();
    payload_->handed_off();
    confine_keeper();  // after the children that write what has changed by it
}

void BootPayload::on_end() {
    const auto& run = payload_->latest();
    const int status = run.exit_status.value_or(sys::kExitNotPrepared);
    news_.notify({{"EXIT_STATUS", std::to_string(status)},
                  {"STATUS", run.exited    ? "the payload ended with " + payload_->end_in_words()
                             : run.failure ? to_string(*run.failure)
                                           : "the payload ended with status " + std::to_string(status)}});
    const EndAction action = payload_->payload().on_exit;
    if (action != EndAction::stay && !context_.is_ending) events_.on_end(action);
}

void BootPayload::reaped(const sys::Exited& child) {
    if (payload_) static_cast<void>(payload_->reaped(child));
    shell_.reaped(child);
}

void BootPayload::signal(int number) const noexcept {
    if (payload_) payload_->signal(number);
}

unsigned BootPayload::processes_started() const noexcept {
    return (payload_ ? payload_->latest().number : 0) + shell_.starts();
}

}  // namespace nlinit::app
