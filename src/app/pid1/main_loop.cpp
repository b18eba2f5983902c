// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/main_loop.hpp"

#include <unistd.h>

#include <csignal>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/process/inheritance.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kReapedPerTurn = 256;
constexpr unsigned kSignalsPerTurn = 64;  // a flood of them is no reason to hear of nothing else
constexpr Duration kSignalsAgain = 100ms;

// As busybox, finit and systemd have them, so that an image's own poweroff, reboot and halt applets work.
std::optional<EndAction> meaning_of(int number) {
    if (number == SIGTERM || number == SIGINT || number == SIGRTMIN + 5) return EndAction::reboot;
    if (number == SIGUSR2 || number == SIGPWR || number == SIGRTMIN + 4) return EndAction::poweroff;
    if (number == SIGUSR1 || number == SIGRTMIN + 3) return EndAction::halt;
    return std::nullopt;
}

// The kernel's, and so of a timer of this process; kill(2) has another code.
bool is_timer_of_ours(const signalfd_siginfo& signal) {
    const int number = static_cast<int>(signal.ssi_signo);
    return signal.ssi_code == SI_KERNEL && (number == SIGALRM || number == SIGVTALRM || number == SIGPROF);
}

}  // namespace

MainLoop::MainLoop(sys::EventLoop& loop, sys::BestEffort& attempt, Events events)
    : loop_(loop),
      attempt_(attempt),
      events_(std::move(events)),
      signal_timer_(loop.add_timer([this] { ask_for_signals(); })),
      reap_timer_(loop.add_timer([this] { reap_children(); })) {}

MainLoop::~MainLoop() {
    for (const auto timer : {signal_timer_, reap_timer_}) loop_.remove_timer(timer);
    if (signals_) loop_.unwatch(signals_->fd());
}

void MainLoop::run() {
    for (;;) loop_.wait();
}

void MainLoop::watch_signals() {
    loop_.arm(signal_timer_, std::nullopt);
    if (!attempt_("take over the signals", [this] { return take_over_signals(); }))
        loop_.arm(signal_timer_, BootClock::now() + kSignalsAgain);
}

void MainLoop::watch_signals_of_keeper() {
    is_keeper_ = true;
    if (signals_) loop_.unwatch(signals_->fd());
    signals_.reset();
    watch_signals();
}

// Until the kernel tells of signals by itself it is asked for those that are pending, so that children are reaped and
// orders heard.
void MainLoop::ask_for_signals() {
    loop_.arm(signal_timer_, BootClock::now() + kSignalsAgain);  // whatever is thrown below
    if (take_over_signals().ok()) {
        loop_.arm(signal_timer_, std::nullopt);
        return;
    }
    signals_.emplace(sys::SignalFd::polled_all());
    read_signals();   // those beyond the budget wait for the next time
    reap_children();  // where signals cannot be blocked, SIGCHLD does not wait
}

Result<> MainLoop::take_over_signals() {
    auto signals = sys::SignalFd::open_all();
    if (!signals.ok()) return signals.error();
    if (signals_) loop_.unwatch(signals_->fd());
    signals_.emplace(*std::move(signals));
    return loop_.watch(signals_->fd(), [this] { read_signals(); });
}

void MainLoop::read_signals() {
    for (unsigned i = 0; i < kSignalsPerTurn; ++i) {
        const auto signal = signals_ ? signals_->next() : std::nullopt;
        if (!signal) return;
        // Ours would be a SIGPIPE, and no business of the payload's. Which process this is may change with a signal: a
        // child that is reaped may be what a hand-off waited for.
        if (signal->ssi_pid != static_cast<std::uint32_t>(getpid())) on_signal(*signal);
    }
}

void MainLoop::on_signal(const signalfd_siginfo& signal) {
    const int number = static_cast<int>(signal.ssi_signo);
    if (number == SIGCHLD) return reap_children();
    if (number == SIGHUP) return events_.on_reload();
    if (is_keeper_) return;
    if (const auto action = meaning_of(number)) {
        const auto sender = signal.ssi_pid != 0 ? " from process " + std::to_string(signal.ssi_pid) : std::string();
        return events_.on_end(*action, concat({"signal ", std::to_string(number), sender, ": "}));
    }
    if (is_timer_of_ours(signal)) {
        log::debug("boot", "an earlier init left a timer, which is stopped");
        return sys::stop_inherited_timers();
    }
    events_.on_other_signal(number);
}

// So many at a time: where processes fork and end faster than they are reaped, the rest of the loop has its turn.
void MainLoop::reap_children() {
    for (unsigned i = 0; i < kReapedPerTurn; ++i) {
        const auto child = sys::reap();
        if (!child) return events_.on_all_reaped();
        events_.on_child(*child);
    }
    loop_.arm(reap_timer_, BootClock::now());
}

}  // namespace nlinit::app
