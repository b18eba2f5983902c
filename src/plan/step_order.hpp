// SPDX-License-Identifier: Apache-2.0
// The order of the steps that make mounts, files, directories and links.
#pragma once

#include <vector>

#include "nlinit/plan/boot_plan.hpp"

namespace nlinit::plan {

// Keeps the order but where a step needs what a later one makes: then that one comes before it.
[[nodiscard]] std::vector<Step> with_needs_first(std::vector<Step> steps);

}  // namespace nlinit::plan
