// SPDX-License-Identifier: Apache-2.0
// The command line of nlinit_fleet.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/result.hpp"
#include "scenario.hpp"
#include "strategy.hpp"

namespace fleet {

struct RunOptions {
    Scenario scenario;
    std::vector<Strategy> strategies;
    std::string svg;    // empty: no plot
    Duration until{0};  // the plot's end; 0: when nearly all are BOUND
    bool help = false;
};

[[nodiscard]] nlinit::Result<RunOptions> parse_options(int argc, char** argv);
[[nodiscard]] std::string_view usage() noexcept;

}  // namespace fleet
