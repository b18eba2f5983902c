// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/supervisor.hpp"

#include <algorithm>
#include <csignal>
#include <string_view>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/config/capability.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/process/cgroup.hpp"
#include "nlinit/sys/process/confinement.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstRestartDelay = 100ms;
constexpr Duration kLongestRestartDelay = 30s;
constexpr Duration kStable = 10s;         // a payload that ran that long starts again with the first delay
constexpr Duration kClearingTime = 2s;    // for what was killed to be gone; uninterruptible sleep may last longer
constexpr Duration kLookAgain = 20ms;     // for newer kernels count a process until it has left its CPU
constexpr int kExitDoNotSupervise = 125;  // as gokrazy has it: the program asks not to be started again
constexpr pid_t kOurselves = 1;

// What is behind a serial line understands a VT220; only a virtual terminal is a Linux console.
std::string_view terminal_type(std::string_view tty) {
    constexpr std::string_view kVirtual = "/dev/tty";
    const bool is_virtual = tty.starts_with(kVirtual) && tty.size() > kVirtual.size() && tty[kVirtual.size()] <= '9';
    return tty.empty() || is_virtual ? "linux" : "vt220";
}

// As the runtime specification of OCI has it: a capability that cannot be had is no reason not to start.
void leave_out_capabilities(config::Payload& payload, std::string_view room) {
    if (!payload.capabilities || payload.handoff != config::Handoff::supervise) return;
    std::string missing;
    const auto leave_out = [&](std::uint8_t capability) {
        if (sys::may_have_capability(capability)) return false;
        append(missing, {missing.empty() ? "" : ", ", config::capability_name(capability)});
        return true;
    };
    std::erase_if(*payload.capabilities, leave_out);
    if (missing.empty()) return;
    log::warning(room, {"the payload goes without capabilities that this machine has not got: ", missing});
    if (payload.ambient_capabilities)
        std::erase_if(*payload.ambient_capabilities, [](auto each) { return !sys::may_have_capability(each); });
}

}  // namespace

Supervisor::Supervisor(sys::EventLoop& loop, config::Payload payload, Place place, std::function<void()> on_end,
                       std::function<void()> on_change)
    : loop_(loop),
      payload_(std::move(payload)),
      place_(std::move(place)),
      on_end_(std::move(on_end)),
      on_change_(std::move(on_change)),
      restart_timer_(loop.add_timer([this] { start_again(); })),
      restart_delay_(kFirstRestartDelay) {
    leave_out_capabilities(payload_, place_.room);
}

Supervisor::~Supervisor() {
    loop_.remove_timer(restart_timer_);
}

sys::Command Supervisor::command() const {
    sys::Command command;
    command.arguments = payload_.command;
    command.environment = payload_.environment;
    command.environment.try_emplace("TERM", terminal_type(payload_.tty));
    command.working_directory = payload_.working_directory;
    command.cgroup = place_.cgroup;
    // A machine whose PID 1 the payload is lives in that cgroup as a whole, and PID 1 cannot be killed for memory.
    command.limits = {payload_.pids_max, payload_.memory_max, payload_.handoff == config::Handoff::supervise};
    command.tty = payload_.tty;
    command.account = {payload_.user, payload_.groups};
    if (payload_.handoff == config::Handoff::supervise) {
        command.capabilities = payload_.capabilities;
        command.ambient_capabilities = payload_.ambient_capabilities;
    }
    command.no_new_privs = payload_.no_new_privs;
    command.rlimits = payload_.rlimits;
    command.umask = payload_.umask;
    command.oom_score_adj = payload_.oom_score_adj;
    command.makes_working_directory = payload_.makes_working_directory;
    return command;
}

void Supervisor::begin() {
    run_ = {.number = run_.number + 1,
            .started_at = BootClock::now(),
            .ended_at = {},
            .exit_status = {},
            .exited = {},
            .failure = {},
            .oom_kills_before = place_.cgroup.empty() ? 0 : sys::oom_kills(place_.cgroup)};
}

void Supervisor::start() {
    begin();
    const auto pid = sys::spawn(command(), &late_failure_);
    if (pid.ok()) {
        running_as(*pid);
    } else {
        not_started(pid.error());
    }
}

void Supervisor::handed_off() {
    begin();
    running_as(kOurselves);
}

void Supervisor::running_as(pid_t pid) {
    pid_ = pid;
    log::info(place_.room, {"started ", payload_.command.front(), " as process ", std::to_string(pid_)});
    on_change_();
}

void Supervisor::not_started(const Error& error) {
    if (!run_.started_at) begin();
    run_.failure = error;
    log::error(place_.room, to_string(error));
    ended(sys::exit_status_of(error));
}

bool Supervisor::reaped(const sys::Exited& child) {
    if (pid_ == 0 || child.pid != pid_) {
        if (clearing_until_) start_again();
        return false;
    }
    pid_ = 0;
    if (const auto failure = std::exchange(late_failure_, {}).error()) {
        not_started(*failure);
        return true;
    }
    run_.exited = child;
    const bool is_failure = child.signal != 0 || (child.status != 0 && place_.tells_status);
    const bool was_asked = !may_restart_;
    // The count is of groups below as well, such as containers that met a limit of their own.
    run_.killed_for_memory =
        child.signal == SIGKILL && !place_.cgroup.empty() && sys::oom_kills(place_.cgroup) > run_.oom_kills_before;
    log::write(is_failure && !was_asked ? log::Level::error : log::Level::info, place_.room,
               {payload_.command.front(), " ended with ", end_in_words()});
    ended(child.status);
    return true;
}

std::string Supervisor::end_in_words() const {
    std::string words = run_.exited ? sys::in_words(*run_.exited) : std::string();
    if (!run_.killed_for_memory) return words;
    const auto most = sys::memory_limit_of(place_.cgroup);
    return concat({words, "; it was killed for memory", (most.empty() ? "" : ", of which it may have " + most)});
}

// A user, a directory or a terminal that it could not be started for may yet come. A program that is not there, or is
// none, is as it will be after the next try.
bool Supervisor::wants_restart(int status) const noexcept {
    if (!may_restart_ || (status == kExitDoNotSupervise && !run_.failure)) return false;
    if (run_.failure && payload_.restart == config::Restart::on_failure && !sys::may_start_later(*run_.failure))
        return false;
    return payload_.restart == config::Restart::always ||
           (payload_.restart == config::Restart::on_failure && status != 0);
}

void Supervisor::ended(int status) {
    run_.exit_status = status;
    run_.ended_at = BootClock::now();
    if (!wants_restart(status)) {
        on_change_();
        on_end_();
        return;
    }
    if (*run_.ended_at - *run_.started_at >= kStable) restart_delay_ = kFirstRestartDelay;
    const auto delay = std::chrono::duration_cast<std::chrono::milliseconds>(restart_delay_);
    log::info(place_.room, {"it is started again in ", std::to_string(delay.count()), " ms"});
    // Its children are asked now, and killed when their time is over: the successor is not to meet them.
    if (!place_.cgroup.empty()) sys::signal_cgroup(place_.cgroup, SIGTERM);
    loop_.arm(restart_timer_, *run_.ended_at + restart_delay_);
    restart_delay_ = std::min(restart_delay_ * 2, kLongestRestartDelay);
    on_change_();
}

// While it waits it comes here by the timer or by a child reaped, whichever is first.
void Supervisor::start_again() {
    const bool is_left = !place_.cgroup.empty() && sys::is_populated(place_.cgroup);
    const TimePoint now = BootClock::now();
    if (is_left && !clearing_until_) {
        if (const auto killed = sys::kill_cgroup(place_.cgroup); !killed.ok())
            log::error(place_.room, to_string(killed.error()));
        loop_.arm(restart_timer_, now + kLookAgain);
        clearing_until_ = now + kClearingTime;
        return;
    }
    if (is_left && now < *clearing_until_) {
        loop_.arm(restart_timer_, now + kLookAgain);
        return;
    }
    clearing_until_.reset();
    loop_.arm(restart_timer_, std::nullopt);
    start();
}

void Supervisor::signal(int number) const noexcept {
    if (pid_ > 0) static_cast<void>(kill(pid_, number));
}

void Supervisor::stop_restarting() noexcept {
    may_restart_ = false;
    clearing_until_.reset();
    loop_.arm(restart_timer_, std::nullopt);
}

}  // namespace nlinit::app
