// SPDX-License-Identifier: Apache-2.0
// The routes that a server's answer asks for, from options 121, 249, 33 and 3.
#pragma once

#include <optional>
#include <vector>

#include "nlinit/dhcp/option.hpp"
#include "nlinit/dhcp/remark.hpp"
#include "nlinit/net/address.hpp"

namespace nlinit::dhcp {

// Option 121, else 249 if `ms_routes`, else 33 and 3 (RFC 3442: never beside each other); one without a usable route
// counts as none. A gateway that is the leased address itself means on link, as 0.0.0.0 does: it is how OpenBSD's
// server and Windows say so. The network or broadcast address of the subnet is no gateway.
[[nodiscard]] std::vector<ClasslessRoute> routes_in(const Options& options, Ipv4Address own, Prefix subnet,
                                                    bool ms_routes, Remarks& remarks);

// Option 33. Bytes behind the last pair are ignored.
[[nodiscard]] std::vector<ClasslessRoute> static_routes_in(const Options& options, Remarks& remarks);

// Option 121 or 249; nothing when it is not there or cannot be read whole.
[[nodiscard]] std::optional<std::vector<ClasslessRoute>> classless_routes_in(const Options& options, OptionCode code,
                                                                             Remarks& remarks);

// Whether option 3 would make a default route.
[[nodiscard]] bool has_usable_router(const Options& options, Ipv4Address own, Prefix subnet);

}  // namespace nlinit::dhcp
