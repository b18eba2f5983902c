// SPDX-License-Identifier: Apache-2.0
// [shutdown]
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/config/words.hpp"
#include "toml_sections.hpp"

namespace nlinit::config {
namespace {

std::optional<std::chrono::milliseconds> end_duration(std::string_view text) {
    const auto duration = parse_duration(text);
    return duration && *duration >= std::chrono::seconds(1) ? duration : std::nullopt;
}

}  // namespace

void read_shutdown(TableReader& table, Shutdown& shutdown) {
    EndAction poweroff{};
    if (table.read("poweroff", poweroff, kMachineEndWords)) shutdown.poweroff = poweroff;
    table.read("reboot", shutdown.reboot, kMachineEndWords);
    table.read("halt", shutdown.halt, kMachineEndWords);
    table.read("power_button", shutdown.power_button, kPowerButtonWords);
    table.read("timeout", shutdown.timeout, end_duration, "a time such as \"20s\", from a second to a day");
}

}  // namespace nlinit::config
