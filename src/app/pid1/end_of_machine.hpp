// SPDX-License-Identifier: Apache-2.0
// To what a machine ends.
#pragma once

#include <string>

#include "nlinit/config/config.hpp"
#include "nlinit/machine/end_action.hpp"

namespace nlinit::app {

// What is done when that is asked for, in this machine.
[[nodiscard]] EndAction machine_end(const config::Shutdown& shutdown, EndAction asked);
// A crash of PID 1 ends the machine as the payload's end would.
void prepare_for_crash(const config::Config& config);
[[nodiscard]] std::string word_of(EndAction action);  // "poweroff"

}  // namespace nlinit::app
