// SPDX-License-Identifier: Apache-2.0
// What the parts of a boot have in common: the loop, the configuration, where failures end, and who does what may never
// answer. A part knows this, and the parts that it uses; what others are to do because of it, it says by std::function.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/errands.hpp"
#include "app/pid1/boot_config.hpp"
#include "app/pid1/boot_diary.hpp"
#include "app/pid1/plan_worker.hpp"
#include "app/pid1/step_runner.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/config/kernel_command_line.hpp"
#include "nlinit/sys/best_effort.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

struct BootContext {
    struct Events {
        std::function<void()> on_errands_done;  // none of them runs any more
        std::function<void()> on_quiet_errands_done;
    };
    BootContext(sys::EventLoop& event_loop, std::vector<std::string> init_arguments, TimePoint started_at,
                Events events)
        : loop(event_loop),
          diary(started_at),
          attempt("boot"),
          arguments(std::move(init_arguments)),
          runner(event_loop, attempt),
          errands(event_loop, std::move(events.on_errands_done)),
          quiet_errands(event_loop, std::move(events.on_quiet_errands_done)) {}
    BootContext(const BootContext&) = delete;
    BootContext& operator=(const BootContext&) = delete;

    [[nodiscard]] const config::Config& config() const noexcept { return boot_config.config; }

    sys::EventLoop& loop;
    BootDiary diary;
    sys::BestEffort attempt;
    std::vector<std::string> arguments;  // that the kernel gave to init
    config::KernelCommandLine command_line;
    BootConfig boot_config;
    StepRunner runner;        // of the phase under way
    PlanKnowledge knowledge;  // what its children have found out
    Errands errands;          // that the payload's start waits for
    Errands quiet_errands;    // that no boot waits for: lease files, the report's copy
    bool is_ending = false;   // an end has begun, and nothing else begins
    bool is_keeper = false;   // this is the child that keeps the network of another PID 1
};

}  // namespace nlinit::app
