// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/end_of_machine.hpp"

#include "nlinit/base/words.hpp"
#include "nlinit/config/machine_end.hpp"
#include "nlinit/config/words.hpp"
#include "nlinit/sys/machine/power.hpp"
#include "nlinit/sys/machine/power_off_support.hpp"

namespace nlinit::app {

EndAction machine_end(const config::Shutdown& shutdown, EndAction asked) {
    const bool is_open = asked == EndAction::poweroff && !shutdown.poweroff;
    return config::machine_end(shutdown, asked, !is_open || sys::can_power_off());
}

void prepare_for_crash(const config::Config& config) {
    sys::set_crash_action(machine_end(config.shutdown, config.payload.on_exit));
}

std::string word_of(EndAction action) {
    return std::string(word_of_value(action, config::kEndActionWords));
}

}  // namespace nlinit::app
