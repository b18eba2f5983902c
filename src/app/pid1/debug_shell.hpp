// SPDX-License-Identifier: Apache-2.0
// A shell on a terminal, for who looks into a guest that does not boot as it should.
#pragma once

#include <memory>

#include "app/pid1/boot_context.hpp"
#include "app/pid1/supervisor.hpp"

namespace nlinit::app {

class DebugShell {
  public:
    explicit DebugShell(BootContext& context) : context_(context) {}

    // The one that is wanted, or the first that the image has; a child looks for it, for it may be on a disk that does
    // not answer. Started again whenever it ends.
    void start();
    void reaped(const sys::Exited& child);
    void stop_restarting() noexcept;
    // It is another PID 1's from now on.
    void let_go() noexcept { shell_.reset(); }

    [[nodiscard]] bool is_running() const noexcept { return shell_ && shell_->running(); }
    [[nodiscard]] unsigned starts() const noexcept { return shell_ ? shell_->latest().number : 0; }

  private:
    BootContext& context_;
    std::unique_ptr<Supervisor> shell_;
};

}  // namespace nlinit::app
