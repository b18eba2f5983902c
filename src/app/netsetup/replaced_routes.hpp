// SPDX-License-Identifier: Apache-2.0
// Which routes of other links a new route has taken the place of: the kernel has one IPv4 route of a destination and
// metric, whatever link it is on.
#pragma once

#include <string>
#include <vector>

#include "app/network/interface_setup.hpp"
#include "nlinit/netlink/routes.hpp"

namespace nlinit::app {

// Those of now. None where they cannot be read.
[[nodiscard]] std::vector<netlink::LinkRoute> routes_of_now();
// A sentence on the first of the routes of `before` that is another link's and has given way; empty: there is none.
[[nodiscard]] std::string replaced_route(const std::vector<netlink::LinkRoute>& before,
                                         const InterfaceSetup& interface);

}  // namespace nlinit::app
