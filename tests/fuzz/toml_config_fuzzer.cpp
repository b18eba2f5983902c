// SPDX-License-Identifier: Apache-2.0
// The configuration file.
#include <cstdlib>

#include "nlinit/config/profile.hpp"
#include "nlinit/config/toml_config.hpp"
#include "nlinit/plan/plan_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nlinit;
    const std::string text(data, data + size);
    const auto parsed = config::parse_toml(text, config::kDefaultProfile);
    if (!parsed.usable && parsed.problems.empty()) std::abort();
    for (const auto& problem : parsed.problems) {
        if (problem.what.empty()) std::abort();
        // One line in the log, whatever the file's keys and values are.
        if (to_string(problem, "nlinit.toml").find('\n') != std::string::npos) std::abort();
    }
    const auto plan = plan::plan_text(parsed.config, parsed.sources);
    for (const char c : plan)
        if (c != '\n' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)) std::abort();
    return 0;
}
