// SPDX-License-Identifier: Apache-2.0
// The orderly end: payload, everything else, filesystems, machine; each stage bounded.
#pragma once

#include <cstdint>
#include <functional>

#include "app/pid1/supervisor.hpp"
#include "nlinit/machine/end_action.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

class Shutdown {
  public:
    // timeout: for all that comes after the payload. finish: all processes are gone, or were given every chance; it is
    // to end the machine, and says refuse() when it could not.
    Shutdown(sys::EventLoop& loop, Supervisor* payload, Duration timeout, std::function<void()> finish);
    ~Shutdown();
    Shutdown(const Shutdown&) = delete;
    Shutdown& operator=(const Shutdown&) = delete;

    // A second call cuts the present grace short, for someone who is in a hurry. The last command counts: whoever gave
    // it knew of those before. Once the machine should have ended and the kernel refused, it finishes again.
    void begin(EndAction action);
    // The kernel did not end the machine: the next command is carried out again.
    void refuse() noexcept { finishing_ = false; }
    // For an end under way, which then leads elsewhere; no grace is cut short by it.
    void redirect(EndAction action) noexcept { action_ = action; }
    // Some child has been reaped: perhaps it was the last.
    void child_reaped();
    [[nodiscard]] bool under_way() const noexcept { return stage_ != Stage::none; }
    // The machine should have ended, and is still there.
    [[nodiscard]] bool was_refused() const noexcept { return stage_ == Stage::done && !finishing_; }
    [[nodiscard]] EndAction action() const noexcept { return action_; }
    [[nodiscard]] TimePoint deadline() const noexcept { return deadline_; }  // by then the machine is to be at its end

  private:
    enum class Stage : std::uint8_t { none, payload, everything, killing, done };
    void enter(Stage stage);
    void next_stage();
    void ask_payload();
    void give_up_payload();
    void finish();

    sys::EventLoop& loop_;
    Supervisor* payload_;
    Duration timeout_;
    std::function<void()> finish_;
    sys::EventLoop::TimerId timer_;
    Stage stage_ = Stage::none;
    bool finishing_ = false;
    EndAction action_ = EndAction::poweroff;
    TimePoint deadline_ = kNever;
};

}  // namespace nlinit::app
