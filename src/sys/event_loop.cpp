// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/event_loop.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <string>
#include <utility>

#include "nlinit/sys/log/log.hpp"

namespace nlinit::sys {

namespace {

constexpr std::size_t kEventsPerTurn = 16;

// A deadline that is no further away may come late by the time that the machine was suspended, without harm: a DHCP
// retransmission, a time limit of the boot. That saves the system calls for a timerfd.
constexpr auto kNear = std::chrono::seconds(10);

constexpr std::uint64_t kTimerfdEvent = ~std::uint64_t{0};

std::uint64_t event_of(int fd, std::uint32_t generation) noexcept {
    return std::uint64_t{generation} << 32 | static_cast<std::uint32_t>(fd);
}

bool add_or_modify(int epoll, int fd, std::uint64_t data, std::uint32_t events = EPOLLIN) noexcept {
    epoll_event event{};
    event.events = events;
    event.data.u64 = data;
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0) return true;
    return errno == EEXIST && ::epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) == 0;
}

void call(const EventLoop::Callback& callback) noexcept {
    try {
        callback();
    } catch (const std::exception& exception) {
        log::error("loop", exception.what());
    } catch (...) {
        log::error("loop", "an event was lost to an exception");
    }
}

}  // namespace

Result<EventLoop> EventLoop::create() {
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.valid()) return Error{errno, "make an epoll"};
    return EventLoop(std::move(epoll));
}

Result<> EventLoop::watch(int fd, Callback on_readable) {
    return watch_for(EPOLLIN, fd, std::move(on_readable));
}

Result<> EventLoop::watch_writable(int fd, Callback on_writable) {
    return watch_for(EPOLLOUT | EPOLLET, fd, std::move(on_writable));
}

Result<> EventLoop::watch_for(std::uint32_t events, int fd, Callback callback) {
    const std::uint32_t generation = ++generation_;
    watched_.insert_or_assign(fd, Watch{generation, events, std::make_shared<Callback>(std::move(callback))});
    if (add_or_modify(epoll_.get(), fd, event_of(fd, generation), events)) return {};
    const int code = errno;
    watched_.erase(fd);
    return Error{code, "watch descriptor " + std::to_string(fd)};
}

void EventLoop::unwatch(int fd) noexcept {
    if (watched_.erase(fd) > 0) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

EventLoop::TimerId EventLoop::add_timer(Callback on_deadline) {
    const TimerId id{next_timer_++};
    timers_.push_back(std::make_shared<Timer>(Timer{id, std::move(on_deadline), std::nullopt, turn_}));
    return id;
}

void EventLoop::remove_timer(TimerId timer) noexcept {
    std::erase_if(timers_, [timer](const auto& each) { return each->id == timer; });
}

void EventLoop::arm(TimerId timer, std::optional<TimePoint> deadline) noexcept {
    if (deadline == kNever) deadline.reset();
    for (const auto& each : timers_) {
        if (each->id == timer) each->deadline = deadline;
    }
    show_deadline();
}

Result<int> EventLoop::fd() {
    if (!open_timerfd()) return Error{errno, "make a timer for deadlines"};
    is_hosted_ = true;
    show_deadline();
    return epoll_.get();
}

// The loop that waits for fd() does not know our timeout, so the timerfd has the deadline.
void EventLoop::show_deadline() noexcept {
    if (is_hosted_) std::ignore = set_timerfd(earliest_deadline());
}

void EventLoop::turn(int timeout_ms) {
    ++turn_;
    if (timeout_ms != 0) timeout_ms = timeout_until_deadline();
    std::array<epoll_event, kEventsPerTurn> events;
    const int count = wait_for_events(events, timeout_ms);
    // A negative count is EINTR, or neither call works: both are treated as no event.
    for (int i = 0; i < count; ++i) handle(events[static_cast<std::size_t>(i)].data.u64);
    run_due_timers();
    show_deadline();
}

int EventLoop::wait_for_events(std::span<epoll_event> events, int timeout_ms) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout_ms);
    if (count >= 0 || errno == EINTR) return count;
    // Without this fallback PID 1 would neither wait nor receive any event again.
    if (!std::exchange(polls_, true))
        log::error("loop", {to_string(Error{errno, "wait for events"}), "; they are polled for"});
    return poll_for_events(events, timeout_ms);
}

int EventLoop::poll_for_events(std::span<epoll_event> events, int timeout_ms) {
    std::vector<pollfd> polled;
    polled.reserve(watched_.size() + 1);
    // The flags of both calls have the same numbers: EPOLLIN is POLLIN, EPOLLOUT is POLLOUT.
    for (const auto& [fd, watch] : watched_) {
        const auto wanted = static_cast<short>(watch.events & (POLLIN | POLLOUT));
        if (wanted != 0) polled.push_back({fd, wanted, 0});
    }
    if (timerfd_.valid()) polled.push_back({timerfd_.get(), POLLIN, 0});
    if (::poll(polled.data(), polled.size(), timeout_ms) < 0) return -1;
    std::size_t count = 0;
    for (const auto& [fd, wanted, ready] : polled) {
        if (ready == 0 || count == events.size()) continue;
        events[count++].data.u64 = fd == timerfd_.get() ? kTimerfdEvent : told(fd);
    }
    return static_cast<int>(count);
}

// What poll(2) says of a watch. It knows no edges, so an edge is told once.
std::uint64_t EventLoop::told(int fd) {
    auto& watch = watched_.at(fd);
    if ((watch.events & EPOLLET) != 0) watch.events = 0;
    return event_of(fd, watch.generation);
}

std::optional<TimePoint> EventLoop::earliest_deadline() const noexcept {
    std::optional<TimePoint> earliest;
    for (const auto& timer : timers_) {
        if (timer->deadline && (!earliest || *timer->deadline < *earliest)) earliest = timer->deadline;
    }
    return earliest;
}

// For epoll_wait(2): -1 when the timerfd will wake the loop, or when there is no deadline.
int EventLoop::timeout_until_deadline() noexcept {
    const auto deadline = earliest_deadline();
    if (!deadline) return -1;
    const TimePoint now = BootClock::now();
    if (*deadline <= now) return 0;
    const Duration left = *deadline - now;
    const bool is_set = timerfd_set_for_ == deadline;
    if ((is_set || left > kNear) && set_timerfd(*deadline)) return -1;
    // Rounded up, since waking early is a wasted turn. Without a timerfd a far deadline is reached in steps.
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(std::min<Duration>(left, kNear)).count());
}

bool EventLoop::open_timerfd() noexcept {
    if (timerfd_.valid()) return true;
    UniqueFd fd(::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC));
    if (!fd.valid() || !add_or_modify(epoll_.get(), fd.get(), kTimerfdEvent)) return false;
    timerfd_ = std::move(fd);
    return true;
}

bool EventLoop::set_timerfd(std::optional<TimePoint> deadline) noexcept {
    if (timerfd_set_for_ == deadline) return true;
    if (!open_timerfd()) return false;
    itimerspec setting{};  // all zero disarms it
    if (deadline) {
        const auto since_boot = std::max<Duration>(deadline->time_since_epoch(), std::chrono::nanoseconds(1));
        const auto seconds = std::chrono::floor<std::chrono::seconds>(since_boot);
        setting.it_value.tv_sec = seconds.count();
        setting.it_value.tv_nsec = (since_boot - seconds).count();
    }
    if (::timerfd_settime(timerfd_.get(), TFD_TIMER_ABSTIME, &setting, nullptr) != 0) return false;
    timerfd_set_for_ = deadline;
    return true;
}

// The timerfd stays readable until it is read. run_due_timers() finds by the clock which timers are due.
void EventLoop::drain_timerfd() noexcept {
    std::uint64_t expirations = 0;
    std::ignore = ::read(timerfd_.get(), &expirations, sizeof expirations);
    timerfd_set_for_.reset();
}

void EventLoop::handle(std::uint64_t event) noexcept {
    if (event == kTimerfdEvent) return drain_timerfd();
    const int fd = static_cast<int>(event & 0xffff'ffff);
    const auto watch = watched_.find(fd);
    if (watch == watched_.end() || event_of(fd, watch->second.generation) != event) return;
    const auto callback = watch->second.callback;  // keeps it while it removes itself
    call(*callback);
}

std::shared_ptr<EventLoop::Timer> EventLoop::next_due_timer(TimePoint now, std::uint64_t turn) const noexcept {
    std::shared_ptr<Timer> next;
    for (const auto& timer : timers_) {
        const bool due = timer->deadline && *timer->deadline <= now && timer->seen_in_turn != turn;
        if (due && (!next || *timer->deadline < *next->deadline)) next = timer;
    }
    return next;
}

void EventLoop::run_due_timers() noexcept {
    if (timers_.empty()) return;
    const TimePoint now = BootClock::now();
    const std::uint64_t turn = turn_;
    while (const auto timer = next_due_timer(now, turn)) {
        timer->seen_in_turn = turn;
        timer->deadline.reset();
        call(timer->callback);
    }
}

}  // namespace nlinit::sys
