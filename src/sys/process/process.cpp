// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/process.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <tuple>
#include <utility>

#include "command.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/sys/aside.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/process/accounts.hpp"
#include "nlinit/sys/process/process_list.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {
namespace {

// A filesystem that does not answer holds the child at a directory or program, and must not hold PID 1. One that
// answers takes less time.
constexpr int kPatienceMs = 100;
constexpr int kExitSignal = 128;

bool is_empty(const Command& command) {
    return command.arguments.empty() || command.arguments.front().empty();
}

// An error on its way through a pipe: its code, and the sentence behind it, in one write(2) that is not torn.
constexpr std::size_t kLargestReport = PIPE_BUF;

void report_failure(int to, const Error& error) noexcept {
    std::array<char, kLargestReport> report;
    std::memcpy(report.data(), &error.code, sizeof error.code);
    const auto size = std::min(error.what.size(), report.size() - sizeof error.code);
    std::copy_n(error.what.data(), size, report.data() + sizeof error.code);
    std::ignore = ::write(to, report.data(), sizeof error.code + size);
}

struct Report {
    std::optional<Error> failure;
    bool is_final = false;  // no other will come: of a failure, or of the end of the pipe, which execve(2) closes
};

// What has been reported within the patience.
Report read_report(int from, int patience_ms) {
    pollfd end{from, POLLIN, 0};
    int ready;
    do {
        ready = ::poll(&end, 1, patience_ms);
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0) return {};
    std::array<char, kLargestReport> report;
    Error error{0, {}};
    const ssize_t size = ::read(from, report.data(), report.size());
    if (size < static_cast<ssize_t>(sizeof error.code)) return {std::nullopt, size == 0};
    std::memcpy(&error.code, report.data(), sizeof error.code);
    error.what.assign(report.data() + sizeof error.code, static_cast<std::size_t>(size) - sizeof error.code);
    return {std::move(error), true};
}

void await(pid_t pid) noexcept {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) continue;
}

[[noreturn]] void run_child(PreparedCommand& prepared, int failures) noexcept {
    const Error error = prepared.run();
    ::signal(SIGPIPE, SIG_IGN);  // where nobody reads any more, the exit status still tells
    report_failure(failures, error);
    ::_exit(exit_status_of(error));
}

}  // namespace

std::optional<Error> LateFailure::error() const {
    return from_.valid() ? read_report(from_.get(), 0).failure : std::nullopt;
}

Result<pid_t> spawn(const Command& command, LateFailure* late) {
    if (is_empty(command)) return Error{ENOENT, "run nothing"};
    PreparedCommand prepared(command);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return Error{0, to_string({errno, "make a pipe for " + command.arguments[0]})};
    UniqueFd failures(ends[0]);
    UniqueFd report(ends[1]);

    const pid_t pid = ::fork();
    if (pid < 0) return Error{0, to_string({errno, "fork for " + command.arguments[0]})};
    if (pid == 0) run_child(prepared, report.get());
    report.reset();
    const auto told = read_report(failures.get(), kPatienceMs);
    if (told.failure) {
        await(pid);
        return *told.failure;
    }
    if (late != nullptr && !told.is_final) *late = LateFailure(std::move(failures));
    return pid;
}

Error exec(const Command& command) {
    if (is_empty(command)) return {ENOENT, "run nothing"};
    PreparedCommand prepared(command);
    sigset_t before;
    ::sigprocmask(SIG_SETMASK, nullptr, &before);
    Error error = prepared.run();
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    std::ignore = ::chdir("/");
    return error;
}

Result<std::string> look_for(const Command& command) {
    const Account account = command.account.value_or(Account{});
    const auto identity = find_identity(account.user, account.groups);
    if (!identity.ok()) return Error{0, concat({"run ", command.arguments.front(), ": ", to_string(identity.error())})};
    if (!exists(command.working_directory) && command.makes_working_directory) {
        if (auto made = make_directories(command.working_directory); !made.ok())
            return Error{0, concat({"run ", command.arguments.front(), ": ", to_string(made.error())})};
    }
    // What is wrong with a program is for execve(2) to say.
    for (const auto& place : candidates(command)) std::ignore = read_file(place, 1).ok();
    return to_text(*identity);
}

int exit_status_of(const Error& error) noexcept {
    if (error.code == 0) return kExitNotPrepared;
    return error.code == ENOENT ? kExitNotFound : kExitCannotRun;
}

bool may_start_later(const Error& error) noexcept {
    if (exit_status_of(error) == kExitNotPrepared) return true;
    constexpr std::array kPassing{EAGAIN, ENOMEM, ETXTBSY, EMFILE, ENFILE, EIO, EBUSY, ETIMEDOUT, ENODEV, ESTALE};
    return std::ranges::find(kPassing, error.code) != kPassing.end();
}

std::string name_of_signal(int number) {
    const char* name = ::sigabbrev_np(number);
    return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(number);
}

std::string in_words(const Exited& exited) {
    std::string status = "status " + std::to_string(exited.status);
    if (exited.signal != 0)
        return concat(
            {status, ": killed by ", name_of_signal(exited.signal), (exited.dumped_core ? ", core dumped" : "")});
    if (exited.status == kExitCannotRun) return status + ": for a shell, a command that cannot be executed";
    if (exited.status == kExitNotFound) return status + ": for a shell, a command that was not found";
    const int signal = exited.status - kExitSignal;
    if (signal > 0 && ::sigabbrev_np(signal) != nullptr)
        return concat({status, ": for a shell, a command that was killed by ", name_of_signal(signal)});
    return status;
}

std::optional<Exited> reap() noexcept {
    int status = 0;
    pid_t pid;
    do {
        pid = ::waitpid(-1, &status, WNOHANG);
    } while (pid < 0 && errno == EINTR);
    if (pid <= 0) return std::nullopt;
    Aside::reaped(pid);
    if (!WIFSIGNALED(status)) return Exited{.pid = pid, .status = WEXITSTATUS(status)};
    const int signal = WTERMSIG(status);
    return Exited{.pid = pid, .status = kExitSignal + signal, .signal = signal, .dumped_core = WCOREDUMP(status) != 0};
}

bool has_children() noexcept {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

bool has_children_but_asides() {
    if (!has_children() || !Aside::is_any_left()) return has_children();
    const auto children = list_children();
    if (!children) {
        log::debug("process", "which children there are is not known, so all of them are waited for");
        return true;
    }
    return std::ranges::any_of(*children, [](pid_t pid) { return !Aside::is_one(pid); });
}

}  // namespace nlinit::sys
