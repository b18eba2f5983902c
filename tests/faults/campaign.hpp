// SPDX-License-Identifier: Apache-2.0
// All faults of a scenario, one after the other, and the table of what was survived.
#pragma once

#include <string>
#include <string_view>

namespace nlinit::faults {

struct Settings {
    std::string program;  // nlinit
    std::string folder;   // for what the runs leave behind
    bool all = false;     // every error of every call; else one each, by turns
    std::size_t jobs = 2;
    std::string only = {};  // the name of a call
};

// "boot", "after" or "netsetup". Prints the table; false if anything was not survived.
[[nodiscard]] bool run_campaign(const Settings& settings, std::string_view scenario);

}  // namespace nlinit::faults
