// SPDX-License-Identifier: Apache-2.0
// Steps of a boot that may never end, done one after the other by a child of PID 1 (sys/aside). What is silent for too
// long is left behind with its child, and said; a fresh child goes on with the step after it. Where no child can be
// made for a second, what may wait is left out, and said.
//
//     runner.run({.names = {{"load module a"}, {"load module b"}},
//                 .begin = [&](StepChild& child) { return [&](std::size_t number) { … return StepDone{…}; }; },
//                 .on_done = …, .on_silent = …, .on_note = …, .on_end = [&] { go_on(); }});
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/log_level.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/aside.hpp"
#include "nlinit/sys/best_effort.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

// What the child says beside the outcomes of its steps. Its lines for the log go to PID 1 as well, which tells them.
class StepChild {
  public:
    using Put = std::function<void(std::string_view record)>;
    StepChild(sys::AsideReport* report, Put put) : report_(report), put_(std::move(put)) {}

    // What comes next, and for how long it may be silent. Without a child nothing can be limited.
    void begin(std::string_view subject, Duration limit);
    // A step beside those that it was given.
    void also(const sys::Outcome& outcome);
    void note(std::string_view text);

  private:
    sys::AsideReport* report_;  // null: PID 1 itself, which could make no child
    Put put_;
};

struct StepName {
    std::string name;
    Importance importance = Importance::ordinary;
    bool may_wait = true;  // false: it touches nothing but the kernel's own, so that PID 1 itself may do it
};

struct StepDone {
    Importance importance = Importance::ordinary;
    Result<> result;
    bool is_left_out = false;  // on purpose; the result says why
};

class StepRunner {
  public:
    // By number; nothing where there is nothing to do, nor to be told.
    using Work = std::function<std::optional<StepDone>(std::size_t number)>;
    struct Steps {
        std::vector<StepName> names;
        Duration limit = sys::Aside::kDefaultLimit;   // of each, until it begins something else
        std::function<Work(StepChild& child)> begin;  // in the child
        // In PID 1; any of them may be empty, but for the last.
        std::function<void(std::size_t number, const sys::Outcome& outcome, bool is_left_out)> on_done;
        // The error of the step; nothing: what was silent is left out from now on, so the step is to be done again.
        std::function<std::optional<Error>(std::size_t number, const sys::AsideEnd& end)> on_silent;
        std::function<void(std::string_view text)> on_note;
        std::function<void()> on_end;
    };

    StepRunner(sys::EventLoop& loop, sys::BestEffort& attempt);
    ~StepRunner();
    StepRunner(const StepRunner&) = delete;
    StepRunner& operator=(const StepRunner&) = delete;

    // When on_end is called the next ones may be run.
    void run(Steps steps);
    // Whatever runs is left behind, and nobody is told.
    void stop() noexcept;

  private:
    void start();
    void do_without_child(const Error& why);
    void take(std::string_view record);
    void take_outcome(std::string_view fields);
    void begin_after(std::size_t number);
    void on_child_end(const sys::AsideEnd& end);
    void fail(Error error);
    void end();

    sys::EventLoop& loop_;
    sys::BestEffort& attempt_;
    Steps steps_;
    std::size_t next_ = 0;
    TimePoint next_since_{};
    std::unique_ptr<sys::Aside> child_;
    unsigned tries_ = 0;  // to make it
    sys::EventLoop::TimerId timer_;
};

}  // namespace nlinit::app
