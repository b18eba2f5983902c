// SPDX-License-Identifier: Apache-2.0
// The figures, as text: a table of Markdown whose columns also line up in a terminal.
#pragma once

#include <string>
#include <vector>

#include "outcome.hpp"
#include "scenario.hpp"

namespace fleet {

struct NamedOutcome {
    std::string name;   // in the table
    std::string title;  // in the plot
    Outcome outcome;
};

// "100 000 clients at once, 1 % loss, …"
[[nodiscard]] std::string describe(const Scenario& scenario);
[[nodiscard]] std::string table(const Scenario& scenario, const std::vector<NamedOutcome>& outcomes);

// Sooner than any T1 and later than what a start stirs up.
[[nodiscard]] Duration first_renewals(const Scenario& scenario);

// 12345 → "12 345"
[[nodiscard]] std::string grouped(std::uint64_t number);

}  // namespace fleet
