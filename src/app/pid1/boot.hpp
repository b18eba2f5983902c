// SPDX-License-Identifier: Apache-2.0
// One boot, from the early mounts to the end of the machine: its parts, its phases, and which event of one part is the
// business of which others.
//
// The network is started before the rest of the plan and finished after it: the server's time to think is the boot's
// time to mount. Frames are taken between steps.
#pragma once

#include <string>
#include <vector>

#include "app/pid1/boot_context.hpp"
#include "app/pid1/boot_end.hpp"
#include "app/pid1/boot_haste.hpp"
#include "app/pid1/boot_modules.hpp"
#include "app/pid1/boot_network.hpp"
#include "app/pid1/boot_news.hpp"
#include "app/pid1/boot_payload.hpp"
#include "app/pid1/boot_power_button.hpp"
#include "app/pid1/boot_root.hpp"
#include "app/pid1/growth_watch.hpp"
#include "app/pid1/main_loop.hpp"
#include "app/pid1/phase_sequence.hpp"
#include "app/pid1/plan_execution.hpp"
#include "app/pid1/readiness.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

class Boot {
  public:
    Boot(sys::EventLoop& loop, std::vector<std::string> arguments, TimePoint started_at);
    Boot(const Boot&) = delete;
    Boot& operator=(const Boot&) = delete;

    // The boot and all that comes after it. When the kernel refuses to end the machine, whoever wants that may ask
    // again.
    [[noreturn]] void run();

  private:
    using Done = PhaseSequence::Done;
    [[nodiscard]] std::vector<PhaseSequence::Phase> phases();
    [[nodiscard]] MainLoop::Events events_of_loop();
    void begin();
    void read_config_of_root(const Done& done);
    void finish_plan();
    void finish();

    void on_errands_done();
    void on_all_reaped();
    void on_reload();
    void on_network_change();
    void on_payload_change();
    void on_end_begun();
    [[nodiscard]] std::string report() const;

    BootContext context_;
    BootNews news_;
    BootHaste haste_;
    BootModules modules_;
    BootRoot root_;
    GrowthWatch growth_;
    PlanExecution plan_;
    BootNetwork network_;
    BootPayload payload_;
    Readiness readiness_;
    BootEnd end_;
    BootPowerButton button_;
    MainLoop main_loop_;
    PhaseSequence sequence_;
};

}  // namespace nlinit::app
