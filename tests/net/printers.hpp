// SPDX-License-Identifier: Apache-2.0
// How GoogleTest shows addresses and routes when an expectation fails.
#pragma once

#include <ostream>

#include "nlinit/net/network_plan.hpp"

namespace nlinit {

inline void PrintTo(const InterfaceAddress& address, std::ostream* out) {
    *out << to_string(address);
}
inline void PrintTo(const Route& route, std::ostream* out) {
    *out << to_string(route);
}

}  // namespace nlinit
