// A program that is kept running: started, restarted as configured, and told apart from other children. The payload
// is one, the debug shell another.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/process/process.hpp"

namespace nlinit::app {

class Supervisor {
  public:
    struct Place {
        std::string room;          // in the log
        std::string cgroup;        // the leaf it lives in; empty: none
        bool tells_status = true;  // an exit status that is not 0 is a failure; a shell's is its last command's
    };
    // on_end: it has ended and is not started again. on_change: anything that a report shows.
    Supervisor(sys::EventLoop& loop, config::Payload payload, Place place, std::function<void()> on_end,
               std::function<void()> on_change);
    ~Supervisor();
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    void start();
    // What starting it means now: users and groups are looked up each time, by the process that becomes it.
    [[nodiscard]] sys::Command command() const;
    // Instead of start(): PID 1 has become the program, or could not, the error being sys::exec()'s.
    void handed_off();
    void not_started(const Error& error);

    // A child has been reaped; false when it was not this one.
    bool reaped(const sys::Exited& child);
    void signal(int number) const noexcept;
    void stop_restarting() noexcept;  // from now on an end is the end

    [[nodiscard]] const config::Payload& payload() const noexcept { return payload_; }
    [[nodiscard]] bool running() const noexcept { return pid_ > 0; }
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    [[nodiscard]] std::optional<int> exit_status() const noexcept { return exit_status_; }
    // How it ended; none while it runs, and where it could not be started.
    [[nodiscard]] const std::optional<sys::Exited>& exited() const noexcept { return exited_; }
    // Whether the OOM killer was in its cgroup while it ran the last time.
    [[nodiscard]] bool killed_for_memory() const noexcept { return killed_for_memory_; }
    [[nodiscard]] std::string end_in_words() const;                                          // of exited()
    [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }  // it could not be started
    [[nodiscard]] std::optional<TimePoint> started_at() const noexcept { return started_at_; }
    [[nodiscard]] std::optional<TimePoint> ended_at() const noexcept { return ended_at_; }
    [[nodiscard]] unsigned starts() const noexcept { return starts_; }

  private:
    void begin();
    void running_as(pid_t pid);
    void ended(int status);
    void start_again();
    [[nodiscard]] bool wants_restart(int status) const noexcept;

    sys::EventLoop& loop_;
    config::Payload payload_;
    Place place_;
    std::function<void()> on_end_, on_change_;
    sys::EventLoop::TimerId restart_timer_;
    pid_t pid_ = 0;
    sys::LateFailure late_failure_;
    bool may_restart_ = true;
    bool clearing_ = false;  // what the predecessor left behind was killed, and is not gone yet
    TimePoint clearing_until_{};
    unsigned starts_ = 0;
    Duration restart_delay_;
    std::uint64_t oom_kills_before_ = 0;
    bool killed_for_memory_ = false;
    std::optional<int> exit_status_;
    std::optional<sys::Exited> exited_;
    std::optional<Error> failure_;
    std::optional<TimePoint> started_at_, ended_at_;
};

}  // namespace nlinit::app
