// SPDX-License-Identifier: Apache-2.0
// Faults for a whole boot: calls that fail always, for machines that have to come to their end all the same.
#pragma once

#include <string_view>
#include <vector>

#include "tracer.hpp"

namespace nlinit::faults {

struct PermanentFault {
    long call = -1;
    int code = 0;
    friend bool operator==(const PermanentFault&, const PermanentFault&) = default;
};

// Two errors for each of the calls that were made, and for those that only a machine makes.
[[nodiscard]] std::vector<PermanentFault> permanent_faults(const std::vector<Place>& places);

// Why a call is not among them; empty: it is.
[[nodiscard]] std::string_view reason_for_exclusion(long call) noexcept;

}  // namespace nlinit::faults
