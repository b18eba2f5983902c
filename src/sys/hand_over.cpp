#include "nlinit/sys/hand_over.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <exception>
#include <tuple>

#include "nlinit/sys/file.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {
namespace {

// Where /proc/PID/cmdline is read from, once the kernel has been told so.
std::array<char, 16> title{};

void set_name(const char* name) noexcept {
    std::strncpy(title.data(), name, title.size() - 1);
    ::prctl(PR_SET_NAME, title.data());
    // The start first: the kernel refuses one behind the end, and the stack is above everything (PR_SET_MM(2const)).
    const auto start = reinterpret_cast<std::uintptr_t>(title.data());
    ::prctl(PR_SET_MM, PR_SET_MM_ARG_START, start, 0, 0);
    ::prctl(PR_SET_MM, PR_SET_MM_ARG_END, start + std::strlen(title.data()) + 1, 0, 0);
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
    set_name(name);
    for (const int crash : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP}) ::signal(crash, SIG_DFL);
    std::set_terminate(std::abort);
    try {
        std::ignore = write_kernel_file("/proc/self/oom_score_adj", "-1000").ok();
    } catch (const std::exception&) {
        return;  // then it is killed as others are
    }
}

}  // namespace nlinit::sys
