// SPDX-License-Identifier: Apache-2.0
// The same runs as a picture: packets a second at the server and the share of clients BOUND, over time.
#pragma once

#include <string>
#include <vector>

#include "scenario.hpp"
#include "table.hpp"

namespace fleet {

// Up to `until`, or if that is 0 until nearly all are BOUND that ever are.
[[nodiscard]] std::string svg_plot(const Scenario& scenario, const std::vector<NamedOutcome>& outcomes, Duration until);

}  // namespace fleet
