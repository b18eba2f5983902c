#include "app/pid1/boot.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "app/pid1/boot_report.hpp"
#include "nlinit/config/toml_config.hpp"
#include "nlinit/plan/mount_plan.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/console.hpp"
#include "nlinit/sys/machine/settings.hpp"
#include "nlinit/sys/mount/mount.hpp"
#include "nlinit/sys/process/cgroup.hpp"
#include "nlinit/sys/process/inheritance.hpp"
#include "nlinit/sys/process/process.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxCommandLine = 1 << 16;
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

Boot::Boot(sys::EventLoop& loop, std::vector<std::string> arguments, TimePoint started_at)
    : loop_(loop),
      arguments_(std::move(arguments)),
      diary_(started_at),
      attempt_("boot"),
      signal_timer_(loop.add_timer([this] { ask_for_signals(); })),
      reap_timer_(loop.add_timer([this] { reap_children(); })),
      network_timer_(loop.add_timer([this] { end_wait(); })),
      link_timer_(loop.add_timer([this] { look_at_network(); })),
      look_timer_(loop.add_timer([this] {
          look_at_network();
          look_at_children();
      })),
      files_timer_(loop.add_timer([this] { go_on_without_files(); })),
      favour_timer_(loop.add_timer([] { sys::favour_init(); })),
      runner_(loop, attempt_),
      errands_(loop, [this] { on_idle(); }),
      quiet_errands_(loop, [this] { go_on_after_files(); }),
      report_(loop, quiet_errands_, [this] { return report(); }) {}

Boot::~Boot() {
    for (const auto timer :
         {signal_timer_, reap_timer_, network_timer_, link_timer_, look_timer_, files_timer_, favour_timer_})
        loop_.remove_timer(timer);
}

void Boot::watch_signals() {
    loop_.arm(signal_timer_, std::nullopt);
    if (!attempt_("take over the signals", [this] { return take_over_signals(); }))
        loop_.arm(signal_timer_, BootClock::now() + kSignalsAgain);
}

// Until the kernel tells of signals by itself it is asked for those that are pending, so that children are reaped and
// orders heard.
void Boot::ask_for_signals() {
    loop_.arm(signal_timer_, BootClock::now() + kSignalsAgain);  // whatever is thrown below
    if (take_over_signals().ok()) {
        loop_.arm(signal_timer_, std::nullopt);
        return;
    }
    signals_.emplace(sys::SignalFd::polled_all());
    on_signals();     // those beyond the budget wait for the next time
    reap_children();  // where signals cannot be blocked, SIGCHLD does not wait
}

Result<> Boot::take_over_signals() {
    auto signals = sys::SignalFd::open_all();
    if (!signals.ok()) return signals.error();
    if (signals_) loop_.unwatch(signals_->fd());
    signals_.emplace(*std::move(signals));
    return loop_.watch(signals_->fd(), [this] { on_signals(); });
}

void Boot::mount_early() {
    mount_kernel_filesystems();
    rcu_expedited_ = attempt_("expedite RCU", Importance::optional, [] { return sys::expedite_rcu(); });
    sys::ensure_standard_streams();
    log::open(log::Target::kernel, log::Level::info);
}

void Boot::mount_kernel_filesystems() {
    for (const auto& row : plan::early_mounts())
        attempt_("mount " + std::string(row.target), [&] { return sys::mount(row); });
}

void Boot::read_command_line() {
    auto text = attempt_("read /proc/cmdline", [] { return sys::read_file("/proc/cmdline", kMaxCommandLine); });
    command_line_ = config::parse_kernel_command_line(text.value_or(std::string()));
    if (!text) command_line_.init_arguments = arguments_;
}

// What is said of the command line was said before the root was switched, and of the config before SIGHUP.
void Boot::tell_new_warnings(const std::vector<std::string>& warnings) const {
    for (const auto& warning : warnings) {
        if (std::ranges::find(boot_config_.warnings, warning) == boot_config_.warnings.end())
            log::error("config", warning);
    }
}

void Boot::take_config(const Result<std::string>& text) {
    auto fresh = read_boot_config(command_line_, text);
    log::set_threshold(fresh.config.log_level);
    tell_new_warnings(fresh.warnings);
    boot_config_ = std::move(fresh);
    prepare_for_crash();
    if (const auto epoch = boot_config_.config.system.epoch)
        attempt_("set the clock", [&] { return sys::set_clock_not_before(*epoch); });
}

void Boot::on_signals() {
    for (unsigned i = 0; i < kSignalsPerTurn; ++i) {
        const auto signal = signals_ ? signals_->next() : std::nullopt;
        if (!signal) return;
        // Ours would be a SIGPIPE, and no business of the payload's. Which process this is may change with a signal: a
        // child that is reaped may be what a hand-off waited for.
        if (signal->ssi_pid != static_cast<std::uint32_t>(getpid())) on_signal(*signal);
    }
}

void Boot::on_signal(const signalfd_siginfo& signal) {
    const int number = static_cast<int>(signal.ssi_signo);
    if (number == SIGCHLD) {
        reap_children();
        return;
    }
    if (number == SIGHUP) return reload_network();
    if (keeper_) return;
    if (const auto action = meaning_of(number)) {
        const auto sender = signal.ssi_pid != 0 ? " from process " + std::to_string(signal.ssi_pid) : std::string();
        end(*action, "signal " + std::to_string(number) + sender + ": ");
        return;
    }
    if (is_timer_of_ours(signal)) {
        log::debug("boot", "an earlier init left a timer, which is stopped");
        return sys::stop_inherited_timers();
    }
    if (payload_) payload_->signal(number);
}

// So many at a time: where processes fork and end faster than they are reaped, the rest of the loop has its turn.
void Boot::reap_children() {
    for (unsigned i = 0; i < kReapedPerTurn; ++i) {
        const auto child = sys::reap();
        if (!child) {
            if (shutdown_) shutdown_->child_reaped();
            return look_at_children();
        }
        if (payload_) static_cast<void>(payload_->reaped(*child));
        if (shell_) static_cast<void>(shell_->reaped(*child));
        for (auto* errands : {&errands_, &quiet_errands_}) errands->reaped(child->pid);
    }
    loop_.arm(reap_timer_, BootClock::now());
}

std::string Boot::report() const {
    const unsigned started = (payload_ ? payload_->starts() : 0) + (shell_ ? shell_->starts() : 0);
    return boot_report({diary_, boot_config_.config.profile, boot_config_.file, failures(), attempt_, network_.get(),
                        payload_.get(), started});
}

}  // namespace nlinit::app
