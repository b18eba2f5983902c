// SPDX-License-Identifier: Apache-2.0
// The clients to hold beside each other.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guest.hpp"
#include "nlinit/base/result.hpp"

namespace fleet {

struct Strategy {
    std::string name;
    std::string title;             // for the plot's legend
    std::optional<Habits> habits;  // none: the real client
};

// Those known by name: nlinit, ladder, exact, seed, rfc2131, fixed, gentle.
[[nodiscard]] const std::vector<Strategy>& known_strategies();
[[nodiscard]] const Strategy* find_strategy(std::string_view name);

// A ladder of one's own: "NAME=first:300ms,cap:6s,factor:2,jitter:25,share:5,late:64s,requests:5,hold:60s,rapid:2,
// discovers:0", any of which may be missing; jitter and share in percent.
[[nodiscard]] nlinit::Result<Strategy> parse_strategy(std::string_view text);

[[nodiscard]] std::unique_ptr<Guest> make_guest(const Strategy& strategy, ClientNumber number,
                                                const Scenario& scenario);

}  // namespace fleet
