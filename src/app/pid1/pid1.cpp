// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/pid1.hpp"

#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "app/pid1/boot.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/config/machine_end.hpp"
#include "nlinit/plan/mount_plan.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/console.hpp"
#include "nlinit/sys/machine/power.hpp"
#include "nlinit/sys/machine/power_off_support.hpp"
#include "nlinit/sys/mount/mount.hpp"
#include "nlinit/sys/process/inheritance.hpp"
#include "nlinit/sys/process/process.hpp"

namespace nlinit::app {

namespace {

constexpr int kLoopTries = 3;

// A call fails by chance where others use up what it needs. A kernel that never gives a loop is known at once: nothing
// runs yet that time could take from.
Result<sys::EventLoop> make_event_loop() {
    auto loop = sys::EventLoop::create();
    for (int tries = 1; tries < kLoopTries && !loop.ok(); ++tries) {
        if (tries == 1) log::emergency(concat({"loop: ", to_string(loop.error()), "; it is tried again"}));
        loop = sys::EventLoop::create();
    }
    return loop;
}

// Without a loop there is no boot, and a machine that is off says more to its host than one that does nothing.
void end_without_loop() {
    log::emergency("power: there is no event loop, so the machine ends");
    for (const auto& row : plan::early_mounts()) static_cast<void>(sys::mount(row));  // /sys knows the way off
    sys::end_machine(config::machine_end({}, EndAction::poweroff, sys::can_power_off()));
    log::emergency("power: reboot(2) was refused");
}

}  // namespace

void run_as_pid1(int argc, char* const* argv, TimePoint started_at) noexcept {
    sys::drop_inheritance();
    sys::install_crash_handlers(EndAction::poweroff);
    sys::disable_ctrl_alt_del();
    sys::ensure_standard_streams();
    if (auto loop = make_event_loop(); loop.ok()) {
        Boot boot(*loop, std::vector<std::string>(argv + std::min(argc, 1), argv + argc), started_at);
        boot.run();
    }
    end_without_loop();
    for (;;) {
        if (!sys::reap()) pause();
    }
}

}  // namespace nlinit::app
