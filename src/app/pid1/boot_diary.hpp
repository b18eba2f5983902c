// SPDX-License-Identifier: Apache-2.0
// When a boot came to what: its phases, and the moments that whoever starts a machine asks for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/time.hpp"
#include "nlinit/machine/end_action.hpp"

namespace nlinit::app {

class NetworkSetup;
class Supervisor;

class BootDiary {
  public:
    struct Phase {
        std::string_view name;
        TimePoint started_at;
        std::optional<TimePoint> ended_at;
    };

    // When the kernel ran init; the clock counts from the kernel's own start.
    explicit BootDiary(TimePoint started_at) noexcept : started_at_(started_at) {}

    void enter(std::string_view phase);  // a name that outlives this; ends the phase before
    void leave();
    // Looks whether the network is usable and the payload has been started, which both count the first time.
    void look_at(const NetworkSetup* network, const Supervisor* payload);
    void end(EndAction action);

    [[nodiscard]] TimePoint started_at() const noexcept { return started_at_; }
    [[nodiscard]] std::string time_of(TimePoint at) const;  // "115 ms", counted from there
    [[nodiscard]] const std::vector<Phase>& phases() const noexcept { return phases_; }
    [[nodiscard]] std::string_view phase_at(TimePoint at) const noexcept;  // empty: none
    [[nodiscard]] std::optional<TimePoint> network_at() const noexcept { return network_at_; }
    [[nodiscard]] std::optional<TimePoint> payload_at() const noexcept { return payload_at_; }
    [[nodiscard]] std::optional<TimePoint> ended_at() const noexcept { return ended_at_; }
    [[nodiscard]] EndAction end_action() const noexcept { return end_action_; }

  private:
    TimePoint started_at_;
    std::vector<Phase> phases_;
    std::optional<TimePoint> network_at_, payload_at_, ended_at_;
    EndAction end_action_ = EndAction::stay;
};

}  // namespace nlinit::app
