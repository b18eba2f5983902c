#include "nlinit/sys/process.hpp"

#include <fcntl.h>
#include <grp.h>
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
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {
namespace {

// A directory or program on a filesystem that does not answer keeps the child, and must not keep us. One that does
// takes less.
constexpr int kPatienceMs = 100;
constexpr int kExitSignal = 128;

bool is_empty(const Command& command) {
    return command.arguments.empty() || command.arguments.front().empty();
}

// Nothing when the pipe was closed by a successful execve(2), or the child has not come that far in time.
std::optional<Failure> read_failure(int from, int patience_ms) noexcept {
    pollfd end{from, POLLIN, 0};
    int ready;
    do {
        ready = ::poll(&end, 1, patience_ms);
    } while (ready < 0 && errno == EINTR);
    Failure failure{};
    if (ready <= 0 || ::read(from, &failure, sizeof failure) != static_cast<ssize_t>(sizeof failure))
        return std::nullopt;
    return failure;
}

// The pipe is closed by execve(2), or has the failure in it.
bool is_undecided(int from) noexcept {
    pollfd end{from, POLLIN, 0};
    return ::poll(&end, 1, 0) == 0;
}

void await(pid_t pid) noexcept {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) continue;
}

int exit_status_of(const Failure& failure) noexcept {
    if (failure.stage != Stage::execute) return kExitNotPrepared;
    return failure.code == ENOENT ? kExitNotFound : kExitCannotRun;
}

[[noreturn]] void run_child(const PreparedCommand& prepared, int failures) noexcept {
    const Failure failure = prepared.run();
    ::signal(SIGPIPE, SIG_IGN);  // where nobody reads any more, the exit status still tells
    std::ignore = ::write(failures, &failure, sizeof failure);
    ::_exit(exit_status_of(failure));
}

}  // namespace

std::optional<Error> LateFailure::error() const {
    const auto failure = from_.valid() ? read_failure(from_.get(), 0) : std::nullopt;
    if (!failure) return std::nullopt;
    return explain(command_, *failure);
}

Result<pid_t> spawn(const Command& command, LateFailure* late) {
    if (is_empty(command)) return Error{ENOENT, "run nothing"};
    const PreparedCommand prepared(command);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return Error{0, to_string({errno, "make a pipe for " + command.arguments[0]})};
    UniqueFd failures(ends[0]);
    UniqueFd report(ends[1]);

    const pid_t pid = ::fork();
    if (pid < 0) return Error{0, to_string({errno, "fork for " + command.arguments[0]})};
    if (pid == 0) run_child(prepared, report.get());
    report.reset();
    if (const auto failure = read_failure(failures.get(), kPatienceMs)) {
        await(pid);
        return explain(command, *failure);
    }
    if (late != nullptr && is_undecided(failures.get())) *late = LateFailure(command, std::move(failures));
    return pid;
}

Error exec(const Command& command) {
    if (is_empty(command)) return {ENOENT, "run nothing"};
    const PreparedCommand prepared(command);
    sigset_t before;
    ::sigprocmask(SIG_SETMASK, nullptr, &before);
    const Failure failure = prepared.run();
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    if (command.identity) {
        std::ignore = ::setresuid(0, 0, 0);
        std::ignore = ::setresgid(0, 0, 0);
        std::ignore = ::setgroups(0, nullptr);
    }
    std::ignore = ::chdir("/");
    return explain(command, failure);
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
        return status + ": killed by " + name_of_signal(exited.signal) + (exited.dumped_core ? ", core dumped" : "");
    if (exited.status == kExitCannotRun) return status + ": for a shell, a command that cannot be executed";
    if (exited.status == kExitNotFound) return status + ": for a shell, a command that was not found";
    const int signal = exited.status - kExitSignal;
    if (signal > 0 && ::sigabbrev_np(signal) != nullptr)
        return status + ": for a shell, a command that was killed by " + name_of_signal(signal);
    return status;
}

std::optional<Exited> reap() noexcept {
    int status = 0;
    pid_t pid;
    do {
        pid = ::waitpid(-1, &status, WNOHANG);
    } while (pid < 0 && errno == EINTR);
    if (pid <= 0) return std::nullopt;
    if (!WIFSIGNALED(status)) return Exited{.pid = pid, .status = WEXITSTATUS(status)};
    const int signal = WTERMSIG(status);
    return Exited{.pid = pid, .status = kExitSignal + signal, .signal = signal, .dumped_core = WCOREDUMP(status) != 0};
}

bool has_children() noexcept {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

}  // namespace nlinit::sys
