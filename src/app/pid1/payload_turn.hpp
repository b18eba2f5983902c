// SPDX-License-Identifier: Apache-2.0
// When it is the payload's turn: it finds resolv.conf as the lease has it, and, as PID 1, no child of another's to
// reap.
#pragma once

#include <functional>
#include <optional>

#include "app/pid1/boot_context.hpp"
#include "app/pid1/debug_shell.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

class PayloadTurn {
  public:
    PayloadTurn(BootContext& context, const DebugShell& shell);
    ~PayloadTurn();
    PayloadTurn(const PayloadTurn&) = delete;
    PayloadTurn& operator=(const PayloadTurn&) = delete;

    void wait(std::function<void()> done);
    // Errands or children have ended.
    void look();

  private:
    [[nodiscard]] bool waits_for_children() const;

    BootContext& context_;
    const DebugShell& shell_;
    sys::EventLoop::TimerId timer_;
    std::function<void()> done_;
    std::optional<TimePoint> children_until_;
};

}  // namespace nlinit::app
