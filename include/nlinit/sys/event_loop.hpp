// One thread, one epoll: descriptors and deadlines.
//
//     auto loop = EventLoop::create();
//     loop->watch(socket.fd(), [&] { drain(socket); });
//     const auto timer = loop->add_timer([&] { resend(); });
//     loop->arm(timer, now + 200ms);
//     while (!done) loop->wait();
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

class EventLoop {
  public:
    using Callback = std::function<void()>;
    enum class TimerId : std::size_t {};

    [[nodiscard]] static Result<EventLoop> create();

    // Calls back while fd is readable (level triggered) or has an error to read. The fd stays the caller's; unwatch it
    // before it is closed. A callback may watch, unwatch, arm and remove whatever it likes, itself included.
    [[nodiscard]] Result<> watch(int fd, Callback on_readable);
    void unwatch(int fd) noexcept;

    // One CLOCK_BOOTTIME timerfd serves all timers, and is touched only when the earliest deadline changes.
    [[nodiscard]] TimerId add_timer(Callback on_deadline);
    void remove_timer(TimerId timer) noexcept;
    void arm(TimerId timer, std::optional<TimePoint> deadline) noexcept;  // nothing: disarm

    void poll() { turn(0); }   // handles what is ready, never waits
    void wait() { turn(-1); }  // waits until something is, then handles it

  private:
    struct Timer {
        TimerId id;
        Callback callback;
        std::optional<TimePoint> deadline;
    };
    EventLoop(UniqueFd epoll, UniqueFd timer) noexcept : epoll_(std::move(epoll)), timer_(std::move(timer)) {}
    void turn(int timeout_ms);
    void set_timerfd() noexcept;
    void run_due_timers();

    UniqueFd epoll_, timer_;
    std::map<int, std::shared_ptr<Callback>> watched_;
    std::vector<std::shared_ptr<Timer>> timers_;
    std::size_t next_timer_ = 1;
    std::optional<TimePoint> armed_for_;
};

}  // namespace nlinit::sys
