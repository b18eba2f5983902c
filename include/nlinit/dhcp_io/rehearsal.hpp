// The way from carrier to lease, walked once in memory before the link is up. What a client does for the first time
// brings code and data in from wherever they lie, and takes several times as long as the second time; before the link
// is up there is time for that, and between carrier and the default route there is none.
#pragma once

#include "nlinit/base/time.hpp"
#include "nlinit/dhcp/client_config.hpp"
#include "nlinit/dhcp/lease.hpp"
#include "nlinit/net/network_plan.hpp"

namespace nlinit::dhcp_io {

// The plan that a small network's server would have led to: an address in 192.0.2.0/24 (RFC 5737), a default gateway.
// Nothing is sent; the plan is for rehearsing what follows, not for use.
[[nodiscard]] NetworkPlan rehearse(dhcp::ClientConfig config, const dhcp::RoutePreferences& routes, TimePoint now);

}  // namespace nlinit::dhcp_io
