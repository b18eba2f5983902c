// SPDX-License-Identifier: Apache-2.0
// A whole plan for a person to read: what a boot will do, in its order, and where each part of it was asked for.
#pragma once

#include <string>

#include "nlinit/config/config.hpp"
#include "nlinit/config/sources.hpp"

namespace nlinit::plan {

// Sections with a heading, one line an item, with "# from /etc/nlinit.toml:4:1" in a column of its own.
[[nodiscard]] std::string plan_text(const config::Config& config, const config::Sources& sources);

}  // namespace nlinit::plan
