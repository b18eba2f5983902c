// SPDX-License-Identifier: Apache-2.0
// A boot's last step, and what follows from it: debug shell and payload, or PID 1 handed over to the payload.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/pid1/boot_context.hpp"
#include "app/pid1/boot_news.hpp"
#include "app/pid1/debug_shell.hpp"
#include "app/pid1/payload_turn.hpp"
#include "app/pid1/supervisor.hpp"
#include "nlinit/machine/end_action.hpp"

namespace nlinit::app {

class BootPayload {
  public:
    struct Events {
        std::function<void()> on_change;               // anything that a report shows
        std::function<void(EndAction action)> on_end;  // the machine is to end
        std::function<void()> on_keeper;  // this process keeps the network of another PID 1 now, its parent
    };
    BootPayload(BootContext& context, BootNews& news, Events events);

    void start_debug_shell() { shell_.start(); }
    void wait_for_turn(std::function<void()> done);
    void look_at_turn() { turn_.look(); }  // errands or children have ended
    // Unless a required step failed. Or PID 1 becomes the payload, and what goes on here is a child of it.
    void start();

    void reaped(const sys::Exited& child);
    void signal(int number) const noexcept;
    void stop_debug_shell() noexcept { shell_.stop_restarting(); }

    [[nodiscard]] Supervisor* program() noexcept { return payload_.get(); }
    [[nodiscard]] const Supervisor* program() const noexcept { return payload_.get(); }  // null: not started
    // It was its turn, and it was started or there is none to start.
    [[nodiscard]] bool was_due() const noexcept { return was_due_; }
    [[nodiscard]] unsigned processes_started() const noexcept;

  private:
    void look_for_program();
    [[nodiscard]] Result<> hand_over();
    void hand_off();
    void on_end();

    BootContext& context_;
    BootNews& news_;
    Events events_;
    std::unique_ptr<Supervisor> payload_;
    DebugShell shell_;
    PayloadTurn turn_;
    Result<std::string> looked_for_ = std::string();  // by a child, before a hand-off: its identity, in text
    bool was_due_ = false;
};

}  // namespace nlinit::app
