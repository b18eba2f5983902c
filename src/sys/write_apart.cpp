#include "nlinit/sys/write_apart.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <exception>
#include <utility>

#include "nlinit/sys/file.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {
namespace {

constexpr int kFailure = STDERR_FILENO + 1;  // the one descriptor that the child keeps

// A crash here must not end the machine, as the handlers of PID 1 would, nor an exception go on in its loop.
[[noreturn]] void run_child(const std::string& path, std::string_view content, std::uint32_t mode,
                            int failure) noexcept {
    sigset_t all;
    sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    if (failure != kFailure) ::dup2(failure, kFailure);
    ::close_range(kFailure + 1, ~0U, 0);  // before Linux 5.9 it fails, and they stay open as long as the child
    try {
        const auto written = write_file(path, content, mode, Walls::not_on_shares);
        if (written.ok()) ::_exit(0);
        const auto sentence = to_string(written.error());
        // Where the sentence is lost the errno has to say all.
        if (::write(kFailure, sentence.data(), sentence.size()) < 0 && errno == EPIPE) ::_exit(EPIPE);
        ::_exit(written.error().code == 0 ? EPERM : written.error().code);
    } catch (const std::exception&) {
        ::_exit(ENOMEM);
    }
}

}  // namespace

Result<ApartWriter> write_file_apart(const std::string& path, std::string_view content, std::uint32_t mode) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return Error{errno, "make a pipe to write " + path};
    UniqueFd failure(ends[0]);
    const UniqueFd others(ends[1]);
    const pid_t pid = ::fork();
    if (pid < 0) return Error{errno, "fork to write " + path};
    if (pid == 0) run_child(path, content, mode, others.get());
    return ApartWriter{pid, std::move(failure)};
}

std::string failure_of(const ApartWriter& writer) {
    std::array<char, PIPE_BUF> sentence;
    const auto size = ::read(writer.failure.get(), sentence.data(), sentence.size());
    return size > 0 ? std::string(sentence.data(), static_cast<std::size_t>(size)) : std::string();
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
