// SPDX-License-Identifier: Apache-2.0
// Names in options: what a server sends is used only when it is a plain name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/bytes.hpp"

namespace nlinit::dhcp {

// A domain or host name fit for resolv.conf, /etc/hosts and sethostname(2): labels of letters, digits, hyphens and
// underscores, 1 to 63 bytes each, at most 253 in all; a final dot is dropped. Anything else, and what is an IPv4
// address, is nothing: option values have reached shells (CVE-2011-0997) and become resolv.conf directives.
[[nodiscard]] std::optional<std::string> valid_name(std::string_view text);

// Option 119: RFC 1035 names with compression pointers, which may only point backwards. What follows a fault is
// ignored, and so is what is beyond 32 names; `complete` then is false.
[[nodiscard]] std::vector<std::string> parse_domain_search(ByteView value, bool* complete = nullptr);

}  // namespace nlinit::dhcp
