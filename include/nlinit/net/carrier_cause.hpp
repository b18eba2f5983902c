// Why a link has no carrier, as far as the other links of the machine tell.
#pragma once

#include <span>
#include <string>

#include "nlinit/net/network_plan.hpp"

namespace nlinit {

// "its parent eth0 is down", "its parent eth0 has no carrier: its peer srv0 is down", or the question whether the other
// end is up, where no link here tells.
[[nodiscard]] std::string why_no_carrier(const Link& link, std::span<const Link> links);

}  // namespace nlinit
