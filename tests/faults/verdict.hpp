// SPDX-License-Identifier: Apache-2.0
// What a boot with a fault is worth beside one without.
#pragma once

#include <string>
#include <string_view>

#include "guest_trial.hpp"

namespace nlinit::faults {

enum class Verdict {
    told,         // the log names what failed, and nothing else is lost
    silent,       // nothing is lost, and why nothing is said is in reasons.cpp
    not_reached,  // this time the call was not made
    wrong,
};

// The `why` of a trial that came to no end in time.
inline constexpr std::string_view kHangs = "it hangs";

struct Judgement {
    Verdict verdict = Verdict::wrong;
    std::string why;  // in one line
};

// Numbers differ from run to run: of processes, and in names that nobody else has.
[[nodiscard]] std::string without_numbers(std::string_view text);

[[nodiscard]] Judgement judge(const Outcome& without, const Outcome& with, const Fault& fault);

}  // namespace nlinit::faults
