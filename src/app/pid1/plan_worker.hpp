// SPDX-License-Identifier: Apache-2.0
// The steps of a plan, carried out in the child of a StepRunner.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/pid1/mounter.hpp"
#include "app/pid1/step_runner.hpp"
#include "nlinit/plan/boot_plan.hpp"

namespace nlinit::app {

// What the children of a plan have found out, for the next.
struct PlanKnowledge {
    MounterKnowledge mounter;
    std::vector<std::string> unanswered;      // targets of mounts behind which nobody answers
    std::vector<std::string> failed_modules;  // that a mount may bring
    void take_note(std::string_view note);
    // A disk that was silent when it was looked at is left out, and the others are looked at by the next child: no
    // error.
    [[nodiscard]] std::optional<Error> take_silence(const sys::AsideEnd& how);
    // A module that a mount has brought, by the subject: it is not tried again; false: something else.
    [[nodiscard]] bool take_silent_module(std::string_view subject);
};

// Whether it touches more than what the kernel has in memory, so that it may never end.
[[nodiscard]] bool may_wait(const plan::Step& step);

class PlanWorker {
  public:
    PlanWorker(StepChild& child, PlanKnowledge knowledge, const config::Config& config)
        : child_(child), knowledge_(std::move(knowledge)), config_(config), mounter_(child, knowledge_.mounter) {}

    [[nodiscard]] std::optional<StepDone> carry_out(const plan::Step& step);

  private:
    [[nodiscard]] const std::string* unanswered_above(std::string_view path) const;
    void load_failed_modules();
    void tell_what_is_hidden(const MountRow& row) const;

    StepChild& child_;
    PlanKnowledge knowledge_;
    const config::Config& config_;
    Mounter mounter_;
    std::optional<bool> read_only_;  // once it is asked, and not before the root may have been remounted
};

}  // namespace nlinit::app
