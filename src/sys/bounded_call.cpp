#include "nlinit/sys/bounded_call.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <tuple>

namespace nlinit::sys {

namespace {

constexpr Duration kLongestWait = std::chrono::hours(1);  // what poll(2) counts has room for it

int milliseconds_until(TimePoint deadline) noexcept {
    const auto left = std::clamp<Duration>(deadline - BootClock::now(), Duration::zero(), kLongestWait);
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
}

// True once there is something to read, or will never be.
bool is_ready_by(int fd, TimePoint deadline) noexcept {
    pollfd watched{fd, POLLIN, 0};
    for (;;) {
        const int wait = milliseconds_until(deadline);
        const int count = ::poll(&watched, 1, wait);
        if (count > 0) return true;
        if (wait == 0 || (count < 0 && errno != EINTR)) return false;
    }
}

}  // namespace

BoundedCall::BoundedCall(Work work, const void* subject) noexcept {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        result_ = work(subject);
        return;
    }
    answer_.reset(ends[0]);
    const UniqueFd report(ends[1]);
    pid_ = ::_Fork();  // which is safe in a signal handler, as fork(3) is not
    if (pid_ > 0) return;
    const int result = work(subject);
    if (pid_ == 0) {
        std::ignore = ::write(report.get(), &result, sizeof result);
        ::_exit(0);
    }
    answer_.reset();
    result_ = result;
}

int BoundedCall::result_by(TimePoint deadline) noexcept {
    if (!answer_.valid()) return result_;
    if (!is_ready_by(answer_.get(), deadline)) {
        ::kill(pid_,
               SIGKILL);  // it may be waiting in a way that this ends; whenever it does, it is reaped as any child
        return ETIMEDOUT;
    }
    if (::read(answer_.get(), &result_, sizeof result_) != static_cast<ssize_t>(sizeof result_)) result_ = ECANCELED;
    answer_.reset();
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
    return result_;
}

}  // namespace nlinit::sys
