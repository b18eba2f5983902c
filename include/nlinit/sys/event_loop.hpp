// SPDX-License-Identifier: Apache-2.0
// One thread, one epoll: descriptors and deadlines.
//
//     auto loop = EventLoop::create();
//     loop->watch(socket.fd(), [&] { drain(socket); });
//     const auto timer = loop->add_timer([&] { resend(); });
//     loop->arm(timer, now + 200ms);
//     while (!done) loop->wait();
#pragma once

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

// A turn handles a bounded number of events and then, once, every timer whose deadline has passed, so that events and
// timers cannot starve each other. An exception that leaves a callback is logged and ends the handling of that event
// only.
class EventLoop {
  public:
    using Callback = std::function<void()>;
    enum class TimerId : std::size_t {};

    [[nodiscard]] static Result<EventLoop> create();

    // Calls back while fd is readable (level triggered) or has an error to read. The fd stays the caller's; unwatch it
    // before it is closed. A callback may watch, unwatch, arm and remove whatever it likes, itself included. Watching
    // what is watched already replaces the callback.
    [[nodiscard]] Result<> watch(int fd, Callback on_readable);
    // Calls back each time that fd becomes writable, at once if it is writable already (edge triggered). Where
    // epoll_wait(2) is refused, it calls back only the first time, because poll(2) knows no edges.
    [[nodiscard]] Result<> watch_writable(int fd, Callback on_writable);
    void unwatch(int fd) noexcept;

    // The timeout of epoll_wait(2) serves near deadlines; it stands still while the machine is suspended. One
    // CLOCK_BOOTTIME timerfd serves all far ones: it is made when it is first needed, and set when the earliest of them
    // changes. arm() itself makes no system call.
    [[nodiscard]] TimerId add_timer(Callback on_deadline);
    void remove_timer(TimerId timer) noexcept;
    void arm(TimerId timer, std::optional<TimePoint> deadline) noexcept;  // nothing, or kNever: disarm

    void poll() { turn(0); }   // handles what is ready; never waits
    void wait() { turn(-1); }  // waits until something is ready, then handles it

    // A descriptor for another library's loop (asio, libuv, sd-event, GLib), in place of wait(). It is readable (level
    // triggered) while poll() has something to do, also for a deadline, and this loop closes it. From the first call on
    // the timerfd serves near deadlines too, so that each change of the earliest deadline is a system call.
    [[nodiscard]] Result<int> fd();

  private:
    struct Watch {
        std::uint32_t generation;  // tells events of this watch from those of an earlier one on the same descriptor
        std::uint32_t events;      // as of epoll_ctl(2); 0: the one event of poll(2) has been told
        std::shared_ptr<Callback> callback;
    };
    struct Timer {
        TimerId id;
        Callback callback;
        std::optional<TimePoint> deadline;
        std::uint64_t seen_in_turn;  // once a turn, even if its callback arms it for the past
    };
    explicit EventLoop(UniqueFd epoll) noexcept : epoll_(std::move(epoll)) {}

    [[nodiscard]] Result<> watch_for(std::uint32_t events, int fd, Callback callback);
    void turn(int timeout_ms);
    [[nodiscard]] int wait_for_events(std::span<epoll_event> events, int timeout_ms);
    [[nodiscard]] int poll_for_events(std::span<epoll_event> events, int timeout_ms);
    [[nodiscard]] std::uint64_t told(int fd);
    [[nodiscard]] int timeout_until_deadline() noexcept;
    [[nodiscard]] std::optional<TimePoint> earliest_deadline() const noexcept;
    [[nodiscard]] bool open_timerfd() noexcept;
    [[nodiscard]] bool set_timerfd(std::optional<TimePoint> deadline) noexcept;
    void show_deadline() noexcept;
    void drain_timerfd() noexcept;
    void handle(std::uint64_t event) noexcept;
    void run_due_timers() noexcept;
    [[nodiscard]] std::shared_ptr<Timer> next_due_timer(TimePoint now, std::uint64_t turn) const noexcept;

    UniqueFd epoll_, timerfd_;
    std::map<int, Watch> watched_;
    std::uint32_t generation_ = 0;
    bool polls_ = false;      // epoll_wait(2) has been refused
    bool is_hosted_ = false;  // fd() has been given away
    std::vector<std::shared_ptr<Timer>> timers_;
    std::size_t next_timer_ = 1;
    std::uint64_t turn_ = 0;
    std::optional<TimePoint> timerfd_set_for_;
};

}  // namespace nlinit::sys
