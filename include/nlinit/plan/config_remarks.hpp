// SPDX-License-Identifier: Apache-2.0
// What a config asks for and does not get by it, though every line of it is right.
#pragma once

#include <string>
#include <vector>

#include "nlinit/config/config.hpp"

namespace nlinit::plan {

// Whether any interface is to ask for a lease.
[[nodiscard]] bool asks_for_lease(const config::Network& network) noexcept;
// Whether any waits for what routers advertise.
[[nodiscard]] bool listens_to_routers(const config::Network& network) noexcept;
// "10.0.2.15/32 leads nowhere: …" of a fixed interface without any route, or that its gateway is itself; else empty.
[[nodiscard]] std::string where_to(const config::Interface& interface);
// One sentence each.
[[nodiscard]] std::vector<std::string> config_remarks(const config::Config& config);

}  // namespace nlinit::plan
