// SPDX-License-Identifier: Apache-2.0
// Names of hosts and domains.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nlinit {

inline constexpr std::size_t kMaxDomainLabel = 63;  // RFC 1035, 2.3.4
inline constexpr std::size_t kMaxDomainName = 253;  // RFC 1035, 3.1: 255 octets on the wire

// A name fit for resolv.conf, /etc/hosts and sethostname(2): labels of letters, digits, hyphens and underscores with
// dots between them, 1 to 63 bytes each, with no hyphen at either end (RFC 1123, 2.1, does not allow underscores, but
// they are in use). The final dot of a fully qualified name is dropped. What parses as an IPv4 address is no name.
[[nodiscard]] std::optional<std::string> parse_domain_name(std::string_view text,
                                                           std::size_t max_size = kMaxDomainName);

}  // namespace nlinit
