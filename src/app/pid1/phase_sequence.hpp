// SPDX-License-Identifier: Apache-2.0
// Phases one after the other. Each begins what it does, and says when that is done, at once or by an event: no loop
// runs inside another, so that an end may come in any phase.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "app/pid1/boot_diary.hpp"

namespace nlinit::app {

class PhaseSequence {
  public:
    using Done = std::function<void()>;
    struct Phase {
        const char* name;       // in the diary; null: a part of the phase before
        const char* waits_for;  // in the log; null: for nothing, it is done when begin() returns
        std::function<void(const Done& done)> begin;
    };
    PhaseSequence(BootDiary& diary, std::vector<Phase> phases) : diary_(diary), phases_(std::move(phases)) {}

    // Returns when a phase waits, or all are done.
    void run();
    // Those that are left do not begin, and nobody waits for the one under way.
    void stop() noexcept;

  private:
    void on_done(std::size_t number);

    BootDiary& diary_;
    std::vector<Phase> phases_;
    std::size_t next_ = 0;
    bool is_beginning_ = false;  // a phase that is done meanwhile is followed by run()
    bool is_waiting_ = false;    // for the phase before the next one
};

}  // namespace nlinit::app
