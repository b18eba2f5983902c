// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/power.hpp"

#include <signal.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>

#include "nlinit/base/time.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/log/log_line.hpp"

namespace nlinit::sys {

namespace {

// A failed check of the compiler's ends by SIGTRAP on arm64, and by SIGILL on amd64.
constexpr std::array kCrashSignals = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};

volatile sig_atomic_t crash_action = static_cast<sig_atomic_t>(EndAction::poweroff);

// A stack of their own lets the handlers run after the usual one has overflowed (sigaltstack(2)). SIGSTKSZ is no
// constant any more, and AVX-512 or AMX state alone takes up to 11 KiB of a frame.
constexpr std::size_t kCrashStackSize = 32'768;
alignas(16) char crash_stack[kCrashStackSize];

constexpr Duration kCrashSyncLimit = std::chrono::seconds(3);

// A child syncs, because a dead disk may hold it for ever. Without a child nothing is synced: PID 1 must not wait.
// Nothing here allocates, and _Fork(3) is safe in the handler of a signal, as fork(3) is not.
void sync_after_crash() noexcept {
    sigset_t child_ended;
    sigemptyset(&child_ended);
    sigaddset(&child_ended, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child_ended, nullptr);
    const pid_t child = ::_Fork();
    if (child < 0) return log::emergency("crash: nothing is synced, for there can be no child to do it");
    if (child == 0) {
        ::sync();
        ::_exit(EXIT_SUCCESS);
    }
    // SIGCHLD may be another child's.
    const TimePoint end = BootClock::now() + kCrashSyncLimit;
    for (Duration left = kCrashSyncLimit; left > Duration::zero(); left = end - BootClock::now()) {
        if (::waitpid(child, nullptr, WNOHANG) != 0) return;
        const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
        const timespec limit{seconds.count(), static_cast<long>((left - seconds).count())};
        ::sigtimedwait(&child_ended, nullptr, &limit);
    }
}

// The child of a fork ends as it would without our handlers, and PID 1 hears of it as of any child.
[[noreturn]] void end_child() noexcept {
    ::signal(SIGABRT, SIG_DFL);
    sigset_t abort_only;
    sigemptyset(&abort_only);
    sigaddset(&abort_only, SIGABRT);
    ::sigprocmask(SIG_UNBLOCK, &abort_only, nullptr);
    ::raise(SIGABRT);
    ::_exit(EXIT_FAILURE);
}

[[noreturn]] void end_after_crash() noexcept {
    if (::getpid() != 1) end_child();
    sync_after_crash();
    end_machine(static_cast<EndAction>(crash_action));
    log::emergency("power: reboot(2) was refused");
    while (true) ::pause();
}

const char* name_of(int signal) noexcept {
    switch (signal) {
        case SIGSEGV:
            return "SIGSEGV";
        case SIGBUS:
            return "SIGBUS";
        case SIGILL:
            return "SIGILL";
        case SIGFPE:
            return "SIGFPE";
        case SIGABRT:
            return "SIGABRT";
        case SIGTRAP:
            return "SIGTRAP";
        default:
            return "SIGSYS";
    }
}

void on_crash_signal(int signal, siginfo_t* info, void* /*context*/) noexcept {
    log::LogLine line;
    line.text("crash: ").text(name_of(signal));
    if (info->si_code > 0) {
        line.text(" at ").hex(reinterpret_cast<std::uintptr_t>(info->si_addr));
    } else {
        line.text(", sent by process ").decimal(static_cast<std::uint64_t>(info->si_pid));
    }
    log::emergency(line.view());
    end_after_crash();
}

[[noreturn]] void on_terminate() noexcept {
    log::LogLine line;
    line.text("crash: ");
    try {
        if (const auto current = std::current_exception()) std::rethrow_exception(current);
        line.text("std::terminate");
    } catch (const std::exception& exception) {
        line.text("nobody caught ").text(exception.what());
    } catch (...) {
        line.text("nobody caught an exception");
    }
    log::emergency(line.view());
    end_after_crash();
}

// Inherited as blocked, they would bypass their handlers.
void unblock_crash_signals() noexcept {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : kCrashSignals) sigaddset(&set, signal);
    ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

int reboot_command(EndAction action) noexcept {
    switch (action) {
        case EndAction::reboot:
            return RB_AUTOBOOT;
        case EndAction::halt:
            return static_cast<int>(RB_HALT_SYSTEM);
        case EndAction::poweroff:
        case EndAction::stay:
            break;
    }
    return RB_POWER_OFF;
}

}  // namespace

void disable_ctrl_alt_del() noexcept {
    if (::reboot(RB_DISABLE_CAD) != 0) log::debug("power", "ctrl-alt-del stays as it is: reboot(2) was refused");
}

int end_machine(EndAction action) noexcept {
    if (action == EndAction::stay) return 0;
    return ::reboot(reboot_command(action)) == 0 ? 0 : errno;
}

void set_crash_action(EndAction action) noexcept {
    crash_action = static_cast<sig_atomic_t>(action == EndAction::stay ? EndAction::poweroff : action);
}

void install_crash_handlers(EndAction action) noexcept {
    set_crash_action(action);
    std::set_terminate(on_terminate);

    stack_t stack{};
    stack.ss_sp = crash_stack;
    stack.ss_size = kCrashStackSize;
    ::sigaltstack(&stack, nullptr);

    struct sigaction handler {};
    handler.sa_sigaction = on_crash_signal;
    handler.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigfillset(&handler.sa_mask);
    for (const int signal : kCrashSignals) ::sigaction(signal, &handler, nullptr);
    unblock_crash_signals();
}

}  // namespace nlinit::sys
