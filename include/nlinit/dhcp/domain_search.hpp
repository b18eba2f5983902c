// SPDX-License-Identifier: Apache-2.0
// Option 119 (RFC 3397): the domains in which names are looked up.
#pragma once

#include <string>
#include <vector>

#include "nlinit/base/bytes.hpp"

namespace nlinit::dhcp {

// RFC 1035 names with compression pointers, which may only point backwards. What parse_domain_name() refuses is left
// out, what follows a fault is ignored, and so is what is beyond 32 names; `complete` then is false.
[[nodiscard]] std::vector<std::string> parse_domain_search(ByteView value, bool* complete = nullptr);

}  // namespace nlinit::dhcp
