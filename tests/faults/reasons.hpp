// SPDX-License-Identifier: Apache-2.0
// Why nothing is said of some calls that fail: each is listed here, or its silence is a fault.
#pragma once

#include <string_view>

namespace nlinit::faults {

// Empty: there is none. `argument` is what the call was about, as in Place.
[[nodiscard]] std::string_view reason_for_silence(long call, int code, std::string_view argument) noexcept;

}  // namespace nlinit::faults
