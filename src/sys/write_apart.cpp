#include "nlinit/sys/write_apart.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <exception>

#include "nlinit/sys/file.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {
namespace {

// A crash here must not end the machine, as the handlers of PID 1 would, nor an exception go on in its loop.
[[noreturn]] void run_child(const std::string& path, std::string_view content, std::uint32_t mode) noexcept {
    sigset_t all;
    sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    ::close_range(STDERR_FILENO + 1, ~0U, 0);  // before Linux 5.9 it fails, and they stay open as long as the child
    try {
        const auto written = write_file(path, content, mode);
        ::_exit(written.ok() ? 0 : written.error().code);
    } catch (const std::exception&) {
        ::_exit(ENOMEM);
    }
}

}  // namespace

Result<pid_t> write_file_apart(const std::string& path, std::string_view content, std::uint32_t mode) {
    const pid_t pid = ::fork();
    if (pid < 0) return Error{errno, "fork to write " + path};
    if (pid == 0) run_child(path, content, mode);
    return pid;
}

bool await_child(pid_t pid, Duration limit) noexcept {
    const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (process.valid()) {
        pollfd ended{process.get(), POLLIN, 0};
        const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
        ::poll(&ended, 1, static_cast<int>(milliseconds));  // no signal interrupts: PID 1 has them blocked
    }
    return ::waitpid(pid, nullptr, WNOHANG) == pid;
}

}  // namespace nlinit::sys
