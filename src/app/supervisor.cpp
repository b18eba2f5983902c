#include "nlinit/app/supervisor.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "nlinit/sys/log.hpp"
#include "nlinit/sys/process.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstRestartDelay = 100ms;
constexpr Duration kLongestRestartDelay = 30s;
constexpr Duration kStable = 10s;         // a payload that ran that long starts again with the first delay
constexpr int kExitDoNotSupervise = 125;  // as gokrazy has it: the program asks not to be started again

int exit_status_for(const Error& error) {
    return error.code == ENOENT ? sys::kExitNotFound : sys::kExitCannotRun;
}

}  // namespace

Supervisor::Supervisor(sys::EventLoop& loop, config::Payload payload, std::string cgroup, std::function<void()> on_end,
                       std::function<void()> on_change)
    : loop_(loop),
      payload_(std::move(payload)),
      cgroup_(std::move(cgroup)),
      on_end_(std::move(on_end)),
      on_change_(std::move(on_change)),
      restart_timer_(loop.add_timer([this] { start(); })),
      restart_delay_(kFirstRestartDelay) {}

Supervisor::~Supervisor() {
    loop_.remove_timer(restart_timer_);
}

void Supervisor::start() {
    const auto pid = sys::spawn({payload_.command, payload_.environment, payload_.working_directory, cgroup_});
    ++starts_;
    started_at_ = BootClock::now();
    ended_at_.reset();
    exit_status_.reset();
    failure_.reset();
    if (pid.ok()) {
        pid_ = *pid;
        log::info("payload", "started " + payload_.command.front() + " as process " + std::to_string(pid_));
        on_change_();
        return;
    }
    failure_ = pid.error();
    log::error("payload", to_string(pid.error()));
    ended(exit_status_for(pid.error()));
}

bool Supervisor::reaped(pid_t pid, int status) {
    if (pid != pid_ || pid_ == 0) return false;
    pid_ = 0;
    log::info("payload", payload_.command.front() + " ended with status " + std::to_string(status));
    ended(status);
    return true;
}

bool Supervisor::wants_restart(int status) const noexcept {
    if (!may_restart_ || status == kExitDoNotSupervise) return false;
    return payload_.restart == config::Restart::always ||
           (payload_.restart == config::Restart::on_failure && status != 0);
}

void Supervisor::ended(int status) {
    exit_status_ = status;
    ended_at_ = BootClock::now();
    on_change_();
    if (!wants_restart(status)) {
        on_end_();
        return;
    }
    if (*ended_at_ - *started_at_ >= kStable) restart_delay_ = kFirstRestartDelay;
    loop_.arm(restart_timer_, *ended_at_ + restart_delay_);
    restart_delay_ = std::min(restart_delay_ * 2, kLongestRestartDelay);
}

void Supervisor::signal(int number) const noexcept {
    if (pid_ > 0) static_cast<void>(kill(pid_, number));
}

void Supervisor::stop_restarting() noexcept {
    may_restart_ = false;
    loop_.arm(restart_timer_, std::nullopt);
}

}  // namespace nlinit::app
