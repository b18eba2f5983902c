// SPDX-License-Identifier: Apache-2.0
// `nlinit netsetup` killed in the middle, and then run again as if nothing had happened.
#pragma once

#include <string>

#include "guest_trial.hpp"
#include "verdict.hpp"

namespace nlinit::faults {

// In a process and a folder of its own; read_outcome() reads what became of it. Its effects are those of the second
// run.
void run_netsetup_twice(const std::string& program, const Fault& fault, const std::string& folder);

[[nodiscard]] Judgement judge_second_run(const Outcome& without, const Outcome& with);

}  // namespace nlinit::faults
