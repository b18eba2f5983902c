// The sysctls of a plan, those first that change others.
#pragma once

#include <vector>

#include "nlinit/boot/boot_plan.hpp"

namespace nlinit::boot {

[[nodiscard]] std::vector<SetSysctl> sysctls_in_order(const config::System& system);

}  // namespace nlinit::boot
