// SPDX-License-Identifier: Apache-2.0
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

// What has become of a program, the last time that it was started.
struct ProgramRun {
    unsigned number = 0;  // 0: it was not started yet
    std::optional<TimePoint> started_at, ended_at;
    std::optional<int> exit_status;
    std::optional<sys::Exited> exited;   // none while it runs, and where it could not be started
    std::optional<Error> failure;        // it could not be started
    bool killed_for_memory = false;      // the OOM killer was in its cgroup meanwhile
    std::uint64_t oom_kills_before = 0;  // in that cgroup
};

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
    [[nodiscard]] const ProgramRun& latest() const noexcept { return run_; }
    [[nodiscard]] std::string end_in_words() const;  // how it ended

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
    // What the predecessor left behind was killed, and is not gone yet: until then it is waited for.
    std::optional<TimePoint> clearing_until_;
    Duration restart_delay_;
    ProgramRun run_;
};

}  // namespace nlinit::app
