// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/boot_diary.hpp"

#include <algorithm>

#include "app/network/network_setup.hpp"
#include "app/pid1/supervisor.hpp"

namespace nlinit::app {
namespace {

// Usable since its last interface was: by the interfaces' own times, since nobody may have looked just then.
std::optional<TimePoint> configured_at(const NetworkSetup& network) {
    std::optional<TimePoint> last;
    for (const auto& interface : network.interfaces()) {
        if (!interface->wanted().optional) last = std::max(last, interface->configured_at());
    }
    return last;
}

}  // namespace

void BootDiary::enter(std::string_view phase) {
    leave();
    phases_.push_back({phase, BootClock::now(), std::nullopt});
}

void BootDiary::leave() {
    if (!phases_.empty() && !phases_.back().ended_at) phases_.back().ended_at = BootClock::now();
}

std::string BootDiary::time_of(TimePoint at) const {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(at - started_at_).count()) + " ms";
}

std::string_view BootDiary::phase_at(TimePoint at) const noexcept {
    for (const auto& phase : phases_) {
        if (at >= phase.started_at && (!phase.ended_at || at <= *phase.ended_at)) return phase.name;
    }
    return {};
}

void BootDiary::look_at(const NetworkSetup* network, const Supervisor* payload) {
    if (!network_at_ && network != nullptr && network->is_configured()) network_at_ = configured_at(*network);
    if (!payload_at_ && payload != nullptr && !payload->latest().failure) payload_at_ = payload->latest().started_at;
}

void BootDiary::end(EndAction action) {
    ended_at_ = BootClock::now();
    end_action_ = action;
}

}  // namespace nlinit::app
