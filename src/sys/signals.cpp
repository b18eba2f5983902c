#include "nlinit/sys/signals.hpp"

#include <signal.h>
#include <unistd.h>

#include <cerrno>

namespace nlinit::sys {

namespace {

// Blocked first, or one that arrives in between would take its default action.
Result<UniqueFd> take_over(const sigset_t& set) {
    if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) return Error{errno, "block signals"};
    UniqueFd fd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!fd.valid()) return Error{errno, "make a signalfd"};
    return fd;
}

}  // namespace

Result<SignalFd> SignalFd::open(std::initializer_list<int> signals) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : signals) sigaddset(&set, signal);
    auto fd = take_over(set);
    if (!fd.ok()) return fd.error();
    return SignalFd(*std::move(fd));
}

Result<SignalFd> SignalFd::open_all() {
    sigset_t set;
    sigfillset(&set);
    // A fault whose signal is blocked kills the process at once, handler or not (sigprocmask(2)).
    for (const int crash : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP}) sigdelset(&set, crash);
    auto fd = take_over(set);
    if (!fd.ok()) return fd.error();
    return SignalFd(*std::move(fd));
}

std::optional<signalfd_siginfo> SignalFd::next() const noexcept {
    signalfd_siginfo info;
    const auto size = ::read(fd_.get(), &info, sizeof info);
    if (size != static_cast<ssize_t>(sizeof info)) return std::nullopt;
    return info;
}

}  // namespace nlinit::sys
