// SPDX-License-Identifier: Apache-2.0
// /etc/nlinit.toml: laid over a profile. Every complaint names file, line and column and what would be right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nlinit/config/config.hpp"
#include "nlinit/config/sources.hpp"

namespace nlinit::config {

inline constexpr std::string_view kDefaultConfigPath = "/etc/nlinit.toml";
inline constexpr std::size_t kMaxConfigSize = 1 << 20;  // bytes; a config beyond that is a mistake

struct Problem {
    std::uint32_t line = 0, column = 0;  // from 1; 0 when the file as a whole is meant
    std::string what;                    // "unknown key 'tiemout' in [network]: did you mean 'timeout'?"
};
std::string to_string(const Problem& problem, std::string_view file);  // "/etc/nlinit.toml:3:1: …"

struct ParsedConfig {
    Config config;
    std::vector<Problem> problems;  // empty: every line was understood
    bool usable = true;             // false: it does not parse as TOML, and config is the profile's alone
    Sources sources;                // "line:column" of what the text set
};

// Its `profile` key chooses what it is laid over, unless profile names one; fallback_profile when neither does. A key
// with a problem keeps the profile's value, the others count. Rows ([[mount]], [[file]] …) replace the profile's row of
// the same target or path, or come after the profile's rows.
[[nodiscard]] ParsedConfig parse_toml(std::string_view text, std::string_view fallback_profile,
                                      std::string_view profile = {});

// Every key that it knows, with its table: "the top level log", "[network] timeout", "[[mount]] target".
[[nodiscard]] std::vector<std::string> known_keys();

}  // namespace nlinit::config
