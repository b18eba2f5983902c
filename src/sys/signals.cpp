// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/signals.hpp"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <ctime>

namespace nlinit::sys {

namespace {

// Blocks the signals first: one that arrives in between would take its default action.
Result<UniqueFd> take_over(const sigset_t& set) {
    if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) return Error{errno, "block signals"};
    UniqueFd fd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!fd.valid()) return Error{errno, "make a signalfd"};
    return fd;
}

// A fault whose signal is blocked kills the process at once, handler or not (sigprocmask(2)).
sigset_t all_but_crashes() noexcept {
    sigset_t set;
    sigfillset(&set);
    for (const int crash : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP}) sigdelset(&set, crash);
    return set;
}

// Takes a pending signal directly when read(2) fails: without signals PID 1 could not be told to end.
std::optional<signalfd_siginfo> next_pending(const sigset_t& set) noexcept {
    constexpr timespec kAtOnce{};
    siginfo_t pending{};
    if (::sigtimedwait(&set, &pending, &kAtOnce) < 0) return std::nullopt;
    signalfd_siginfo info{};
    info.ssi_signo = static_cast<std::uint32_t>(pending.si_signo);
    info.ssi_code = pending.si_code;
    info.ssi_pid = static_cast<std::uint32_t>(pending.si_pid);
    info.ssi_uid = pending.si_uid;
    info.ssi_status = pending.si_status;
    return info;
}

}  // namespace

Result<SignalFd> SignalFd::open(std::initializer_list<int> signals) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : signals) sigaddset(&set, signal);
    auto fd = take_over(set);
    if (!fd.ok()) return fd.error();
    return SignalFd(*std::move(fd), set);
}

Result<SignalFd> SignalFd::open_all() {
    const auto set = all_but_crashes();
    auto fd = take_over(set);
    if (!fd.ok()) return fd.error();
    return SignalFd(*std::move(fd), set);
}

SignalFd SignalFd::polled_all() noexcept {
    const auto set = all_but_crashes();
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    return {UniqueFd(), set};
}

std::optional<signalfd_siginfo> SignalFd::next() const noexcept {
    signalfd_siginfo info;
    const auto size = ::read(fd_.get(), &info, sizeof info);
    if (size == static_cast<ssize_t>(sizeof info)) return info;
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
    return next_pending(set_);
}

}  // namespace nlinit::sys
