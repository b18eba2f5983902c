// What a loop does for as long as a scope lasts, however that is left: what an event would touch lives on its stack.
#pragma once

#include <utility>

#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::sys {

//     const TimeLimit limit(loop, deadline);
//     while (!done && !limit.passed()) loop.wait();
class TimeLimit {
  public:
    TimeLimit(EventLoop& loop, TimePoint deadline) : loop_(loop), timer_(loop.add_timer([this] { passed_ = true; })) {
        loop.arm(timer_, deadline);
    }
    ~TimeLimit() { loop_.remove_timer(timer_); }
    TimeLimit(const TimeLimit&) = delete;
    TimeLimit& operator=(const TimeLimit&) = delete;
    [[nodiscard]] bool passed() const noexcept { return passed_; }

  private:
    EventLoop& loop_;
    mutable bool passed_ = false;  // by the loop, whoever holds this as a constant
    EventLoop::TimerId timer_;
};

// The descriptor stays the caller's, and must outlive this.
class ScopedWatch {
  public:
    ScopedWatch(EventLoop& loop, int fd, EventLoop::Callback on_readable)
        : loop_(loop), fd_(fd), watched_(loop.watch(fd, std::move(on_readable))) {}
    ~ScopedWatch() { loop_.unwatch(fd_); }
    ScopedWatch(const ScopedWatch&) = delete;
    ScopedWatch& operator=(const ScopedWatch&) = delete;
    [[nodiscard]] const Result<>& watched() const noexcept { return watched_; }

  private:
    EventLoop& loop_;
    int fd_;
    Result<> watched_;
};

}  // namespace nlinit::sys
