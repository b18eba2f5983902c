// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "census.hpp"
#include "trial.hpp"

namespace bench {

// A client and what was measured of it.
struct Contender {
    std::string name;
    std::string floor;  // the name of the contender that ratios are taken to
    Command command;
    std::vector<Trial> trials;
    int failures = 0;
    std::optional<Census> census;

    [[nodiscard]] std::size_t runs() const { return trials.size() + static_cast<std::size_t>(failures); }
};

// Two tables: all that was measured, from the exec on; and the time from carrier to the default route, with a ratio to
// the plain floor too. The last contender is the one to be replaced.
void print_tables(const std::vector<Contender>& contenders, const std::string& plain_floor);

}  // namespace bench
