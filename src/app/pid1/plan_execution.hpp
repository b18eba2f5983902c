// SPDX-License-Identifier: Apache-2.0
// A boot's plan carried out, step by step: by children, but for what changes PID 1 itself.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/pid1/boot_context.hpp"
#include "app/pid1/boot_root.hpp"
#include "app/pid1/payload_files.hpp"
#include "nlinit/plan/boot_plan.hpp"

namespace nlinit::app {

class PlanExecution {
  public:
    using Done = std::function<void()>;
    PlanExecution(BootContext& context, BootRoot& root) : context_(context), root_(root) {}

    void run(Done done);
    // What the plan mounts is there: files are where they are to stay.
    [[nodiscard]] bool is_done() const noexcept { return is_done_; }

  private:
    [[nodiscard]] bool is_for_pid1(const plan::Step& step) const;
    void carry_out_next_steps();
    void carry_out_here(const plan::Step& step);
    void carry_out_apart(std::size_t end);
    [[nodiscard]] bool read_payload_files();
    void take_payload_files();
    [[nodiscard]] std::optional<Error> on_silent_step(const plan::Step& step, const sys::AsideEnd& how);
    void end();

    BootContext& context_;
    BootRoot& root_;
    Done done_;
    std::vector<plan::Step> steps_;
    std::size_t next_ = 0;
    std::string first_left_out_;  // of the steps that a read-only root does not let be done
    std::size_t left_out_ = 0;
    std::optional<std::vector<PayloadFile>> payload_files_;  // that are or were read
    std::size_t payload_files_due_ = 0;
    bool is_done_ = false;
};

}  // namespace nlinit::app
