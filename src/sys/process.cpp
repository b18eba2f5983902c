#include "nlinit/sys/process.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "nlinit/sys/cgroup.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/log.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

namespace {

constexpr std::array<std::pair<const char*, const char*>, 3> kDefaultEnvironment = {
    {{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, {"HOME", "/"}, {"TERM", "linux"}}};

enum class Stage { enter_directory, execute };

struct Failure {
    Stage stage;
    int code;
};

// A list as execve(2) wants it. Made before the fork: a child of a fork had better not allocate.
class StringList {
  public:
    explicit StringList(std::vector<std::string> strings) : strings_(std::move(strings)) {
        for (auto& string : strings_) pointers_.push_back(string.data());
        pointers_.push_back(nullptr);
    }
    StringList(const StringList&) = delete;
    StringList& operator=(const StringList&) = delete;
    [[nodiscard]] char* const* get() const noexcept { return pointers_.data(); }

  private:
    std::vector<std::string> strings_;
    std::vector<char*> pointers_;
};

std::map<std::string, std::string> with_defaults(std::map<std::string, std::string> environment) {
    for (const auto& [name, value] : kDefaultEnvironment) environment.try_emplace(name, value);
    return environment;
}

std::vector<std::string> as_strings(const std::map<std::string, std::string>& environment) {
    std::vector<std::string> strings;
    strings.reserve(environment.size());
    for (const auto& [name, value] : environment) strings.emplace_back(name).append("=").append(value);
    return strings;
}

// Where the program may be, by the child's PATH and not by ours. Its empty elements, which stand for the working
// directory, are passed over.
std::vector<std::string> candidates(const std::string& program, std::string_view path) {
    if (program.find('/') != std::string::npos) return {program};
    std::vector<std::string> found;
    while (!path.empty()) {
        const auto end = path.find(':');
        if (end != 0) found.push_back(std::string(path.substr(0, end)) + "/" + program);
        path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    }
    return found;
}

struct Prepared {
    StringList programs, arguments, environment;
    const char* working_directory;
    UniqueFd cgroup;
};

// Nothing when none is asked for or there are no cgroups: a payload without its leaf is better than none.
UniqueFd open_cgroup_of(const Command& command) {
    if (command.cgroup.empty()) return UniqueFd();
    auto cgroup = open_cgroup(command.cgroup);
    if (cgroup.ok()) return *std::move(cgroup);
    log::debug("process", to_string(cgroup.error()));
    return UniqueFd();
}

// What a shell would give a command: a session, the terminal if there is one, and no signal blocked or ignored.
void clean_up() noexcept {
    ::setsid();
    ::ioctl(STDIN_FILENO, TIOCSCTTY, 0);  // fails where standard input is no terminal, or another session's
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    // Whatever was opened without O_CLOEXEC. Before Linux 5.11 the call fails, and such descriptors stay.
    ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// As execvp(3) goes through PATH, except that a file which is no program is not given to a shell.
int execute(const Prepared& prepared) noexcept {
    int code = ENOENT;
    for (char* const* program = prepared.programs.get(); *program != nullptr; ++program) {
        ::execve(*program, prepared.arguments.get(), prepared.environment.get());
        if (errno == EACCES) code = EACCES;
        if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) return errno;
    }
    return code;
}

[[noreturn]] void run_child(const Prepared& prepared, int failures) noexcept {
    if (prepared.cgroup.valid()) std::ignore = ::write(prepared.cgroup.get(), "0", 1);
    clean_up();
    Failure failure{Stage::enter_directory, 0};
    if (::chdir(prepared.working_directory) != 0) {
        failure.code = errno;
    } else {
        failure = {Stage::execute, execute(prepared)};
    }
    std::ignore = ::write(failures, &failure, sizeof failure);
    ::_exit(failure.code == ENOENT ? kExitNotFound : kExitCannotRun);
}

// Nothing when the pipe was closed by a successful execve(2).
std::optional<Failure> read_failure(int from) noexcept {
    Failure failure{};
    ssize_t got;
    do {
        got = ::read(from, &failure, sizeof failure);
    } while (got < 0 && errno == EINTR);
    if (got != static_cast<ssize_t>(sizeof failure)) return std::nullopt;
    return failure;
}

void await(pid_t pid) noexcept {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) continue;
}

Error explain(const Failure& failure, const Command& command) {
    const std::string run = "run " + command.arguments.front();
    if (failure.stage == Stage::enter_directory) return {failure.code, run + " in " + command.working_directory};
    const std::string& program = command.arguments.front();
    const bool is_path = program.find('/') != std::string::npos;
    if (failure.code == ENOENT && is_path && exists(program)) {
        return {failure.code, run + ": the file is there, but not its interpreter or loader"};
    }
    return {failure.code, run};
}

}  // namespace

Result<pid_t> spawn(const Command& command) {
    if (command.arguments.empty() || command.arguments.front().empty()) return Error{ENOENT, "run nothing"};
    const auto environment = with_defaults(command.environment);
    const Prepared prepared{StringList(candidates(command.arguments.front(), environment.at("PATH"))),
                            StringList(command.arguments), StringList(as_strings(environment)),
                            command.working_directory.c_str(), open_cgroup_of(command)};
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return Error{errno, "make a pipe for " + command.arguments.front()};
    const UniqueFd failures(ends[0]);
    UniqueFd report(ends[1]);

    const pid_t pid = ::fork();
    if (pid < 0) return Error{errno, "fork for " + command.arguments.front()};
    if (pid == 0) run_child(prepared, report.get());
    report.reset();
    const auto failure = read_failure(failures.get());
    if (!failure) return pid;
    await(pid);
    return explain(*failure, command);
}

std::optional<Exited> reap() noexcept {
    int status = 0;
    pid_t pid;
    do {
        pid = ::waitpid(-1, &status, WNOHANG);
    } while (pid < 0 && errno == EINTR);
    if (pid <= 0) return std::nullopt;
    return Exited{pid, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status)};
}

}  // namespace nlinit::sys
