// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <exception>
#include <tuple>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/process/cgroup.hpp"
#include "nlinit/sys/process/confinement.hpp"
#include "nlinit/sys/process/exec_fault.hpp"

namespace nlinit::sys {
namespace {

constexpr std::array<std::pair<const char*, const char*>, 3> kDefaultEnvironment = {
    {{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, {"HOME", "/"}, {"TERM", "linux"}}};

std::map<std::string, std::string> with_defaults(const Command& command, const Identity* identity = nullptr) {
    auto environment = command.environment;
    if (identity != nullptr) environment.try_emplace("HOME", identity->home);
    for (const auto& [name, value] : kDefaultEnvironment) environment.try_emplace(name, value);
    return environment;
}

std::vector<std::string> as_strings(const std::map<std::string, std::string>& environment) {
    std::vector<std::string> strings;
    strings.reserve(environment.size());
    for (const auto& [name, value] : environment) strings.emplace_back(name).append("=").append(value);
    return strings;
}

// Gives nothing when no leaf is asked for or there are no cgroups: a payload without a leaf is better than none.
UniqueFd open_cgroup_of(const Command& command) {
    if (command.cgroup.empty()) return UniqueFd();
    auto cgroup = open_cgroup(command.cgroup);
    if (!cgroup.ok()) {
        log::debug("process", to_string(cgroup.error()));
        return UniqueFd();
    }
    const auto limited = limit(command.cgroup, command.limits);
    if (!limited.ok()) log::error("process", to_string(limited.error()));
    return *std::move(cgroup);
}

// What a shell would give a command: no signal blocked or ignored, and none of our descriptors.
void clean_up() noexcept {
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    // Whatever was opened without O_CLOEXEC. Before Linux 5.11 the call fails, and such descriptors stay.
    ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool enter(const UniqueFd& cgroup) noexcept {
    ssize_t put;
    do {
        put = ::write(cgroup.get(), "0", 1);
    } while (put < 0 && errno == EINTR);
    return put == 1;
}

// What is about the first of the places that there is, in front of the errno.
std::string why_not_executed_from_any(const Command& command, const std::optional<Identity>& identity, int code) {
    for (const auto& place : candidates(command)) {
        const auto path = place.starts_with('/') ? place : concat({command.working_directory, "/", place});
        if (!exists(path)) continue;
        auto why = why_not_executed(path, code);
        if (why.empty() && code == EACCES && identity) why = why_user_may_not_run(path, *identity);
        if (why.empty()) return {};
        std::string answer;
        if (command.arguments.front() != place) answer.append(" (").append(path).append(")");
        return answer.append(": ").append(why);
    }
    const bool is_name = command.arguments.front().find('/') == std::string::npos;
    return is_name ? ": it is in no directory of PATH" : std::string();
}

// Before execve(2), whose errno has a meaning of its own.
Error not_prepared(int code, const std::string& what) {
    return {0, to_string(Error{code, what})};
}

}  // namespace

std::vector<std::string> candidates(const Command& command) {
    const auto& program = command.arguments.front();
    if (program.find('/') != std::string::npos) return {program};
    std::vector<std::string> found;
    const auto environment = with_defaults(command);
    const std::string_view path = environment.at("PATH");
    // Empty elements, which stand for the working directory, are passed over.
    for (const auto directory : split(path, ':')) append(found, {directory, "/", program});
    return found;
}

PreparedCommand::PreparedCommand(const Command& command)
    : command_(command),
      identity_(command.identity),
      programs_(candidates(command)),
      arguments_(command.arguments),
      cgroup_(open_cgroup_of(command)) {}

Error PreparedCommand::run() noexcept {
    try {
        auto error = try_to_run();
        regain();
        return error;
    } catch (const std::exception&) {
        return {0, {}};
    }
}

Error PreparedCommand::try_to_run() {
    const std::string run = "run " + command_.arguments.front();
    if (cgroup_.valid() && !enter(cgroup_)) log::emergency("process: it stays out of its cgroup");
    ::setsid();
    if (!take_terminal()) return not_prepared(errno, concat({run, " on terminal ", command_.tty}));
    clean_up();
    auto home = identity_;
    if (const auto& account = command_.account) {
        auto found = find_identity(account->user, account->groups);
        if (!found.ok()) return not_prepared(0, concat({run, ": ", to_string(found.error())}));
        home = *std::move(found);
        if (!account->user.empty() || !account->groups.empty()) identity_ = home;
    }
    const StringList environment(as_strings(with_defaults(command_, home ? &*home : nullptr)));
    if (auto made = make_working_directory(); !made.ok())
        return not_prepared(0, concat({run, ": ", to_string(made.error())}));
    if (auto taken = limits_.take(command_); !taken.ok())
        return not_prepared(0, concat({run, ": ", to_string(taken.error())}));
    if (auto bounded = bound_capabilities(); !bounded.ok())
        return not_prepared(0, concat({run, ": ", to_string(bounded.error())}));
    if (!take_identity()) return not_prepared(errno, concat({run, " as user ", std::to_string(identity_->user)}));
    if (auto taken = take_capabilities(); !taken.ok())
        return not_prepared(0, concat({run, ": ", to_string(taken.error())}));
    if (::chdir(command_.working_directory.c_str()) != 0)
        return not_prepared(errno, concat({run, " in ", command_.working_directory}));
    const int code = execute(environment.get());
    regain();
    return {code, run + why_not_executed_from_any(command_, identity_, code)};
}

// A terminal that was asked for is taken from the session that has it. The console is for all: the first session
// controls it, and the call fails for the others, as it does when standard input is no terminal.
bool PreparedCommand::take_terminal() const noexcept {
    if (command_.tty.empty()) {
        ::ioctl(STDIN_FILENO, TIOCSCTTY, 0);
        return true;
    }
    // A serial line would have open(2) wait for its carrier.
    const int terminal = ::open(command_.tty.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (terminal < 0 || ::isatty(terminal) == 0 || ::fcntl(terminal, F_SETFL, 0) != 0) return false;
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
        if (::dup2(terminal, stream) < 0) return false;
    }
    return ::ioctl(STDIN_FILENO, TIOCSCTTY, 1) == 0;
}

// As container runtimes do for the directory that an image names. What a hand-off needs is there already: a child has
// looked (look_for()).
Result<> PreparedCommand::make_working_directory() const {
    if (!command_.makes_working_directory || exists(command_.working_directory)) return {};
    return make_directories(command_.working_directory);
}

// The saved IDs stay, for PID 1 to return to if it is to run on; execve(2) replaces them by the effective ones.
bool PreparedCommand::take_identity() const noexcept {
    if (!identity_) return true;
    const Identity& identity = *identity_;
    // /dev/stdout can be opened by its user only, and many a program does.
    for (int stream = STDIN_FILENO; identity.user != 0 && stream <= STDERR_FILENO; ++stream) {
        if (::isatty(stream) != 0) std::ignore = ::fchown(stream, identity.user, static_cast<gid_t>(-1));
    }
    constexpr auto kKeep = static_cast<uid_t>(-1);
    return ::setgroups(identity.groups.size(), identity.groups.data()) == 0 &&
           ::setresgid(identity.group, identity.group, kKeep) == 0 &&
           ::setresuid(identity.user, identity.user, kKeep) == 0;
}

// As root: it takes CAP_SETPCAP, which a user other than root loses with its identity.
Result<> PreparedCommand::bound_capabilities() const {
    if (!command_.capabilities) return {};
    return bound_capabilities_to(*command_.capabilities);
}

// Root has them again by execve(2). Inheritable ones would let a program's file give them to what root has made another
// user of (CVE-2022-24769), ambient ones go on to that user by themselves.
Result<> PreparedCommand::take_capabilities() const {
    if (const auto& all = command_.capabilities) {
        const bool is_root = !identity_ || identity_->user == 0;
        const auto& ambient = command_.ambient_capabilities;
        const auto handed_on = ambient ? *ambient : is_root ? std::vector<std::uint8_t>() : *all;
        if (auto taken = take_capabilities_of(is_root ? *all : handed_on, handed_on); !taken.ok()) return taken;
    }
    if (command_.no_new_privs && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return Error{errno, "give up new privileges"};
    return {};
}

// As execvp(3) goes through PATH, except that a file which is no program is not given to a shell.
int PreparedCommand::execute(char* const* environment) const noexcept {
    int code = ENOENT;
    for (char* const* program = programs_.get(); *program != nullptr; ++program) {
        ::execve(*program, arguments_.get(), environment);
        if (errno == EACCES) code = EACCES;
        if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) return errno;
    }
    return code;
}

void PreparedCommand::regain() {
    if (identity_) {
        std::ignore = ::setresuid(0, 0, 0);
        std::ignore = ::setresgid(0, 0, 0);
        std::ignore = ::setgroups(0, nullptr);
    }
    limits_.give_back();
}

}  // namespace nlinit::sys
