// The hands behind a BootPlan: what each kind of step does to the machine.
#pragma once

#include "nlinit/base/result.hpp"
#include "nlinit/boot/boot_plan.hpp"

namespace nlinit::app {

[[nodiscard]] Result<> carry_out(const boot::Work& work);

}  // namespace nlinit::app
