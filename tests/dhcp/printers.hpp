// SPDX-License-Identifier: Apache-2.0
// How GoogleTest shows routes of options when an expectation fails.
#pragma once

#include <ostream>

#include "nlinit/dhcp/option.hpp"

namespace nlinit::dhcp {

inline void PrintTo(const ClasslessRoute& route, std::ostream* out) {
    *out << route.destination.to_string() << " via " << route.gateway.to_string();
}

}  // namespace nlinit::dhcp
