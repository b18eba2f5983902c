// SPDX-License-Identifier: Apache-2.0
// Runs a fleet of one strategy through a scenario, event by event. The same arguments give the same outcome.
#pragma once

#include "outcome.hpp"
#include "scenario.hpp"
#include "strategy.hpp"

namespace fleet {

[[nodiscard]] Outcome simulate(const Scenario& scenario, const Strategy& strategy);

}  // namespace fleet
