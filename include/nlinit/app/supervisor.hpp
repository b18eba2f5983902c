// The payload: started, restarted as configured, and told apart from other children.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

class Supervisor {
  public:
    // cgroup: the leaf it lives in; empty: none. on_end: it has ended and is not started again. on_change: anything
    // that a report shows.
    Supervisor(sys::EventLoop& loop, config::Payload payload, std::string cgroup, std::function<void()> on_end,
               std::function<void()> on_change);
    ~Supervisor();
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    void start();
    // A child has been reaped; false when it was not the payload.
    bool reaped(pid_t pid, int status);
    void signal(int number) const noexcept;
    void stop_restarting() noexcept;  // from now on an end is the end

    [[nodiscard]] const config::Payload& payload() const noexcept { return payload_; }
    [[nodiscard]] bool running() const noexcept { return pid_ > 0; }
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    [[nodiscard]] std::optional<int> exit_status() const noexcept { return exit_status_; }
    [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }  // it could not be started
    [[nodiscard]] std::optional<TimePoint> started_at() const noexcept { return started_at_; }
    [[nodiscard]] std::optional<TimePoint> ended_at() const noexcept { return ended_at_; }
    [[nodiscard]] unsigned starts() const noexcept { return starts_; }

  private:
    void ended(int status);
    [[nodiscard]] bool wants_restart(int status) const noexcept;

    sys::EventLoop& loop_;
    config::Payload payload_;
    std::string cgroup_;
    std::function<void()> on_end_, on_change_;
    sys::EventLoop::TimerId restart_timer_;
    pid_t pid_ = 0;
    bool may_restart_ = true;
    unsigned starts_ = 0;
    Duration restart_delay_;
    std::optional<int> exit_status_;
    std::optional<Error> failure_;
    std::optional<TimePoint> started_at_, ended_at_;
};

}  // namespace nlinit::app
