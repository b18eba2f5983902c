#include "nlinit/app/pid1.hpp"

#include <unistd.h>

#include <string>
#include <vector>

#include "nlinit/app/boot.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/sys/console.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/log.hpp"
#include "nlinit/sys/power.hpp"
#include "nlinit/sys/process.hpp"

namespace nlinit::app {

void run_as_pid1(int argc, char* const* argv, TimePoint started_at) {
    sys::install_crash_handlers(config::EndAction::poweroff);
    sys::disable_ctrl_alt_del();
    sys::ensure_standard_streams();
    if (auto loop = sys::EventLoop::create(); loop.ok()) {
        Boot boot(*loop, std::vector<std::string>(argv + 1, argv + argc), started_at);
        boot.run();
    } else {
        log::emergency(to_string(loop.error()));
    }
    for (;;) {
        if (!sys::reap()) pause();
    }
}

}  // namespace nlinit::app
