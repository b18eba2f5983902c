// SPDX-License-Identifier: Apache-2.0
// A file of variables, as docker-run(1) reads that of --env-file: a line each, NAME=VALUE, the value as it stands
// there, quotes and all. Empty lines and lines that begin with '#' are none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/config/config.hpp"
#include "nlinit/config/sources.hpp"

namespace nlinit::config {

inline constexpr std::size_t kMaxEnvFileSize = 1 << 20;

// Lays its variables over the payload's, but for those that `sources` has already. What is wrong is returned, one
// sentence each with file and line, and the other lines count.
[[nodiscard]] std::vector<std::string> lay_env_file(std::string_view text, const std::string& file, Payload& payload,
                                                    Sources& sources);

}  // namespace nlinit::config
