// SPDX-License-Identifier: Apache-2.0
// Lists of domain names in RFC 1035's form without compression: DHCPv6's option 24 (RFC 8415 10) and the DNSSL option
// of router advertisements (RFC 8106 5.2).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "nlinit/base/bytes.hpp"

namespace nlinit {

struct DomainList {
    std::vector<std::string> names;  // each as parse_domain_name() gives it, none twice
    bool complete = true;            // false: something was left out, as malformed, unfit for use or beyond the limit
    friend bool operator==(const DomainList&, const DomainList&) = default;
};

// Reads at most `limit` names; an empty name is padding. Reading stops at a malformed name, because the start of the
// next one is then unknown. A name with a compression pointer counts as malformed.
[[nodiscard]] DomainList parse_domain_list(ByteView data, std::size_t limit);

// Writes names, as parse_domain_name() returns them, in the same form.
[[nodiscard]] Bytes serialize_domain_list(std::span<const std::string> names);

}  // namespace nlinit
