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

// At most `limit` names. An empty name is padding. What follows a malformed one, which a pointer makes of it too, is
// not read: where the next one begins is unknown then.
[[nodiscard]] DomainList parse_domain_list(ByteView data, std::size_t limit);

// The way back. Names are as parse_domain_name() gives them.
[[nodiscard]] Bytes serialize_domain_list(std::span<const std::string> names);

}  // namespace nlinit
