// SPDX-License-Identifier: Apache-2.0
// Options 121 and 249.
#include <cstdlib>

#include "nlinit/dhcp/option.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace nlinit;
    const auto routes = dhcp::parse_classless_routes(ByteView(data, size));
    if (!routes) return 0;
    if (routes->size() > dhcp::kMaxRoutes || routes->size() > size / 5) std::abort();
    for (const auto& route : *routes) {
        if (route.destination.length() > Prefix::kMaxLength) std::abort();
        if (route.destination.network().is_loopback()) std::abort();
    }
    return 0;
}
