// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/call_apart.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <exception>
#include <tuple>

#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {
namespace {

constexpr std::size_t kMostAtOnce = 64;                   // each is a process and a descriptor
constexpr Duration kLongestWait = std::chrono::hours(1);  // what poll(2) counts has room for it

int milliseconds_until(TimePoint deadline) noexcept {
    const auto left = std::clamp<Duration>(deadline - BootClock::now(), Duration::zero(), kLongestWait);
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
}

int result_of(const std::function<int()>& work) noexcept {
    try {
        return work();
    } catch (const std::exception&) {
        return ENOMEM;
    }
}

class Calls {
  public:
    Calls(const std::vector<Call>& calls, TimePoint deadline, const CallWatch& watch)
        : calls_(calls), deadline_(deadline), watch_(watch), results_(calls.size(), ECANCELED) {}

    std::vector<int> make() {
        do start_some();
        while (has_awaited() && wait());
        for (auto& each : running_) leave_behind(each);
        return std::move(results_);
    }

  private:
    struct Running {
        std::size_t number;
        pid_t pid;
        UniqueFd answer;
    };

    // A call that cannot be started is tried again when another call has ended, if one is running.
    void start_some() {
        while (next_ < calls_.size() && running_.size() < kMostAtOnce) {
            const int code = start(next_);
            if (code != 0 && !running_.empty()) return;
            if (code != 0) results_[next_] = code;
            ++next_;
        }
    }

    int start(std::size_t number) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
        UniqueFd answer(ends[0]);
        const UniqueFd report(ends[1]);
        const pid_t pid = ::fork();
        if (pid < 0) return errno;
        if (pid == 0) {
            const int result = result_of(calls_[number].work);
            std::ignore = ::write(report.get(), &result, sizeof result);
            ::_exit(0);
        }
        running_.push_back({number, pid, std::move(answer)});
        return 0;
    }

    [[nodiscard]] bool has_awaited() const {
        return std::ranges::any_of(running_, [this](const Running& each) { return calls_[each.number].is_awaited; });
    }

    // False once the deadline has come.
    bool wait() {
        std::vector<pollfd> answers;
        for (const auto& each : running_) answers.push_back({each.answer.get(), POLLIN, 0});
        const int milliseconds = milliseconds_until(deadline_);
        const int count = ::poll(answers.data(), answers.size(), milliseconds);
        if (count < 0 && errno == EINTR) return true;
        if (count <= 0) return false;
        std::size_t at = 0;
        std::erase_if(running_, [&](Running& each) { return answers[at++].revents != 0 && take(each); });
        return milliseconds > 0;
    }

    bool take(const Running& each) {
        int result = 0;
        const bool is_whole = ::read(each.answer.get(), &result, sizeof result) == static_cast<ssize_t>(sizeof result);
        results_[each.number] = is_whole ? result : ECANCELED;
        if (watch_.until) deadline_ = std::min(deadline_, watch_.until(each.number, results_[each.number]));
        std::ignore = ::waitpid(each.pid, nullptr, WNOHANG);  // a child that has not ended yet is reaped like any other
        return true;
    }

    // SIGKILL ends the child once its wait in the kernel ends; then it is reaped like any other child.
    void leave_behind(const Running& each) {
        ::kill(each.pid, SIGKILL);
        if (watch_.on_left_behind) watch_.on_left_behind(each.pid);
        results_[each.number] = ETIMEDOUT;
    }

    const std::vector<Call>& calls_;
    TimePoint deadline_;
    const CallWatch& watch_;
    std::vector<int> results_;
    std::vector<Running> running_;
    std::size_t next_ = 0;
};

}  // namespace

std::vector<int> call_apart(const std::vector<Call>& calls, TimePoint deadline) {
    return call_apart(calls, deadline, {});
}

std::vector<int> call_apart(const std::vector<Call>& calls, TimePoint deadline, const CallWatch& watch) {
    return Calls(calls, deadline, watch).make();
}

}  // namespace nlinit::sys
