// SPDX-License-Identifier: Apache-2.0
// The sysctls of a plan, those first that change others.
#pragma once

#include <vector>

#include "nlinit/plan/boot_plan.hpp"

namespace nlinit::plan {

[[nodiscard]] std::vector<SetSysctl> sysctls_in_order(const config::System& system);

}  // namespace nlinit::plan
