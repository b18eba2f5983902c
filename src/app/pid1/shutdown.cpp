// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/shutdown.hpp"

#include <algorithm>
#include <csignal>

#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/process/process.hpp"
#include "nlinit/sys/process/process_list.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kEverythingGrace = 2s;  // for what the payload left behind
constexpr Duration kKillGrace = 1s;        // a process in uninterruptible sleep outlives SIGKILL
constexpr pid_t kEverybody = -1;           // but for PID 1 itself (kill(2))
constexpr std::size_t kNamesInLog = 8;

std::string names_of_all() {
    auto names = sys::list_processes(kNamesInLog);
    return names.empty() ? "processes without a name" : names;
}

// A stopped process hears SIGTERM only when it goes on.
void ask_everybody() noexcept {
    static_cast<void>(kill(kEverybody, SIGTERM));
    static_cast<void>(kill(kEverybody, SIGCONT));
}

// All at once: the kernel lets no process be made while it goes through them, nor afterwards by one that is to die. So
// whatever forks for ever ends here too, and no cgroup.kill is needed, which would not reach what left its group.
void kill_everybody() noexcept {
    static_cast<void>(kill(kEverybody, SIGKILL));
}

}  // namespace

Shutdown::Shutdown(sys::EventLoop& loop, Supervisor* payload, Duration timeout, std::function<void()> finish)
    : loop_(loop),
      payload_(payload),
      timeout_(timeout),
      finish_(std::move(finish)),
      timer_(loop.add_timer([this] { next_stage(); })) {}

Shutdown::~Shutdown() {
    loop_.remove_timer(timer_);
}

void Shutdown::begin(EndAction action) {
    action_ = action;
    if (stage_ == Stage::done) {
        if (!finishing_) finish();
        return;
    }
    if (under_way()) {
        next_stage();
        return;
    }
    if (payload_ != nullptr) payload_->stop_restarting();
    enter(payload_ != nullptr && payload_->running() ? Stage::payload : Stage::everything);
}

void Shutdown::next_stage() {
    if (stage_ == Stage::done) return;
    if (stage_ == Stage::payload) give_up_payload();
    enter(static_cast<Stage>(static_cast<int>(stage_) + 1));
}

void Shutdown::ask_payload() {
    payload_->signal(payload_->payload().stop_signal);
    payload_->signal(SIGCONT);
    const Duration grace = payload_->payload().stop_timeout;
    log::info("shutdown",
              {"asked the payload to end, process ", std::to_string(payload_->pid()), ", within ", in_words(grace)});
    loop_.arm(timer_, BootClock::now() + grace);
}

void Shutdown::give_up_payload() {
    log::error("shutdown", {"the payload, process ", std::to_string(payload_->pid()), ", did not end and is killed"});
    payload_->signal(SIGKILL);
}

void Shutdown::enter(Stage stage) {
    stage_ = stage;
    const TimePoint now = BootClock::now();
    if (stage == Stage::payload) return ask_payload();
    if (deadline_ == kNever) deadline_ = now + timeout_;
    if (stage == Stage::done || !sys::has_children_but_asides()) return finish();
    // Of a timeout that is short most is left to the filesystems.
    if (stage == Stage::everything) {
        ask_everybody();
        loop_.arm(timer_, now + std::min(kEverythingGrace, timeout_ / 4));
    } else {
        log::warning("shutdown", {"did not end when asked to, and is killed: ", names_of_all()});
        kill_everybody();
        loop_.arm(timer_, now + std::min(kKillGrace, timeout_ / 8));
    }
}

void Shutdown::child_reaped() {
    if (stage_ == Stage::payload && !payload_->running()) {
        enter(Stage::everything);
    } else if ((stage_ == Stage::everything || stage_ == Stage::killing) && !sys::has_children_but_asides()) {
        finish();
    }
}

void Shutdown::finish() {
    loop_.arm(timer_, std::nullopt);
    stage_ = Stage::done;
    if (sys::has_children_but_asides()) log::error("shutdown", {"did not even end when killed: ", names_of_all()});
    finishing_ = true;
    finish_();
}

}  // namespace nlinit::app
