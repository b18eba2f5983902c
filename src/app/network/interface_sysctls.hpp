// SPDX-License-Identifier: Apache-2.0
// The sysctls of one link (ip-sysctl.rst): those that its [[network.interface]] names, and what IPv6 needs.
#pragma once

#include "nlinit/config/config.hpp"
#include "nlinit/net/link_ipv6.hpp"
#include "nlinit/net/network_plan.hpp"

namespace nlinit::app {

// Before the link goes up, when the kernel begins with IPv6. What cannot be set is in the log. What keeps the link from
// having IPv6: the kernel, the link, or that it is disabled there; Ipv6Lack::nothing does.
[[nodiscard]] Ipv6Lack write_sysctls(const config::Interface& wanted, const Link& link);

// Whatever a router says, from now on the kernel makes neither addresses nor routes of its prefixes; those that are
// there stay.
void ignore_prefixes_of_routers(const Link& link);

// What ipv6 = "none" turned off.
void turn_ipv6_on(const Link& link);

// What ipv6 = "auto" turned on.
void ignore_routers(const Link& link);

// The kernel is to pass by its routes while it has no carrier, unless the user says otherwise.
void pass_by_routes_without_carrier(const config::Interface& wanted, const Link& link);

}  // namespace nlinit::app
