// SPDX-License-Identifier: Apache-2.0
// Asks routers for an advertisement (RFC 4861 4.1). The kernel asks only when a link comes up; this is for all other
// moments.
#pragma once

#include "nlinit/base/result.hpp"
#include "nlinit/net/address.hpp"

namespace nlinit::netlink {

// Sends from the link's link-local address, which must exist. Needs CAP_NET_RAW.
[[nodiscard]] Result<> solicit_routers(LinkIndex link);

}  // namespace nlinit::netlink
