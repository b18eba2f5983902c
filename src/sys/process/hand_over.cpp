// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/hand_over.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <tuple>

#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {
namespace {

constexpr std::size_t kLongestCommandLine = 1 << 17;

// How many bytes there are from the first argument on: the arguments, and the environment where it follows. The kernel
// reads on into that if the arguments' last byte is no NUL (proc_pid_cmdline(5)).
std::size_t room_for_title(const char* start) {
    const auto arguments = read_file("/proc/self/cmdline", kLongestCommandLine);
    std::size_t room = arguments.ok() ? arguments->size() : 0;
    for (char** variable = environ; *variable == start + room; ++variable) room += std::strlen(*variable) + 1;
    return room;
}

void set_name(const char* name) {
    ::prctl(PR_SET_NAME, name);
    char* const start = program_invocation_name;  // argv[0]
    const std::size_t room = room_for_title(start);
    if (room == 0) return;
    std::memset(start, 0, room);
    std::strncpy(start, name, room - 1);
}

void leave_console() noexcept {
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int stream = STDIN_FILENO; null >= 0 && stream <= STDERR_FILENO; ++stream) ::dup2(null, stream);
    if (null > STDERR_FILENO) ::close(null);
}

// The caller's end is closed by its execve(2), or by us after the child was killed.
void wait_for_execution(int from) noexcept {
    char nothing;
    while (::read(from, &nothing, 1) < 0 && errno == EINTR) continue;
}

void kill_and_reap(pid_t child) noexcept {
    ::kill(child, SIGKILL);
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
}

}  // namespace

Result<> hand_over(const Command& command) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return Error{0, to_string({errno, "make a pipe for a child"})};
    const UniqueFd watched(ends[0]);
    UniqueFd held(ends[1]);
    const pid_t child = ::fork();
    if (child < 0) return Error{0, to_string({errno, "fork a child to go on"})};
    if (child == 0) {
        held.reset();
        wait_for_execution(watched.get());
        return {};
    }
    Error error = exec(command);
    kill_and_reap(child);
    return error;
}

void settle_in_background(const char* name) noexcept {
    ::setsid();
    leave_console();
    for (const int crash : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP}) ::signal(crash, SIG_DFL);
    std::set_terminate(std::abort);
    try {
        set_name(name);
        std::ignore = write_kernel_file("/proc/self/oom_score_adj", "-1000").ok();
    } catch (const std::exception&) {
        return;  // it is as it was, then
    }
}

}  // namespace nlinit::sys
