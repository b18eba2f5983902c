// SPDX-License-Identifier: Apache-2.0
#include "nlinit/config/machine_end.hpp"

namespace nlinit::config {

EndAction machine_end(const Shutdown& shutdown, EndAction asked, bool can_power_off) noexcept {
    switch (asked) {
        case EndAction::poweroff:
            return shutdown.poweroff.value_or(can_power_off ? EndAction::poweroff : EndAction::reboot);
        case EndAction::reboot:
            return shutdown.reboot;
        case EndAction::halt:
            return shutdown.halt;
        case EndAction::stay:
            break;
    }
    return asked;
}

}  // namespace nlinit::config
