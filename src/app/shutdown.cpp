#include "nlinit/app/shutdown.hpp"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>

#include "nlinit/sys/log.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kEverythingGrace = 2s;  // for what the payload left behind
constexpr Duration kKillGrace = 1s;        // a process in uninterruptible sleep outlives SIGKILL
constexpr pid_t kEverybody = -1;           // but for PID 1 itself (kill(2))

bool has_children() noexcept {
    siginfo_t info{};
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

}  // namespace

Shutdown::Shutdown(sys::EventLoop& loop, Supervisor* payload, std::function<void(config::EndAction)> finish)
    : loop_(loop), payload_(payload), finish_(std::move(finish)), timer_(loop.add_timer([this] { next_stage(); })) {}

Shutdown::~Shutdown() {
    loop_.remove_timer(timer_);
}

void Shutdown::begin(config::EndAction action) {
    if (under_way()) {
        if (stage_ != Stage::done) next_stage();
        return;
    }
    action_ = action;
    if (payload_ != nullptr) payload_->stop_restarting();
    enter(payload_ != nullptr && payload_->running() ? Stage::payload : Stage::everything);
}

void Shutdown::next_stage() {
    if (stage_ != Stage::done) enter(static_cast<Stage>(static_cast<int>(stage_) + 1));
}

void Shutdown::enter(Stage stage) {
    stage_ = stage;
    const TimePoint now = BootClock::now();
    switch (stage) {
        case Stage::payload:
            payload_->signal(SIGTERM);
            loop_.arm(timer_, now + payload_->payload().stop_timeout);
            break;
        case Stage::everything:
            static_cast<void>(kill(kEverybody, SIGTERM));
            static_cast<void>(kill(kEverybody, SIGCONT));  // a stopped process hears SIGTERM only when it goes on
            loop_.arm(timer_, now + kEverythingGrace);
            break;
        case Stage::killing:
            static_cast<void>(kill(kEverybody, SIGKILL));
            loop_.arm(timer_, now + kKillGrace);
            break;
        case Stage::done:
            loop_.arm(timer_, std::nullopt);
            finish_(action_);
            return;
        case Stage::none:
            return;
    }
    if (stage != Stage::payload && !has_children()) enter(Stage::done);
}

void Shutdown::child_reaped() {
    if (stage_ == Stage::payload && !payload_->running()) {
        enter(Stage::everything);
    } else if ((stage_ == Stage::everything || stage_ == Stage::killing) && !has_children()) {
        enter(Stage::done);
    }
}

}  // namespace nlinit::app
