// SPDX-License-Identifier: Apache-2.0
// Runs the code between carrier and lease once in memory before the link is up. The first run of code takes several
// times as long as the second, because code and data must be fetched from disk and memory. Before the link is up there
// is time for that; between carrier and default route each millisecond delays the boot.
#pragma once

#include "nlinit/base/time.hpp"
#include "nlinit/dhcp/client_config.hpp"
#include "nlinit/dhcp/lease.hpp"
#include "nlinit/net/network_plan.hpp"

namespace nlinit::dhcp_io {

// Returns the plan that the lease of a small network's server would give: an address in 192.0.2.0/24 (RFC 5737) and a
// default gateway. Nothing is sent. The plan serves to rehearse its application and must not be applied.
[[nodiscard]] NetworkPlan rehearse(dhcp::ClientConfig config, const dhcp::RoutePreferences& routes, TimePoint now);

}  // namespace nlinit::dhcp_io
