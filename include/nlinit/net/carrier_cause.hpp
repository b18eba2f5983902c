// SPDX-License-Identifier: Apache-2.0
// Finds out from the machine's other links why a link has no carrier.
#pragma once

#include <span>
#include <string>

#include "nlinit/net/network_plan.hpp"

namespace nlinit {

// "its parent eth0 is down", "its parent eth0 has no carrier: its peer srv0 is down", or, when no other link explains
// it, the question whether the other end is up.
[[nodiscard]] std::string why_no_carrier(const Link& link, std::span<const Link> links);

}  // namespace nlinit
