// SPDX-License-Identifier: Apache-2.0
// The names in a server's answer, as far as they are names, and its text for people: options 12, 15, 119 and 56.
#pragma once

#include <string>
#include <vector>

#include "nlinit/dhcp/option.hpp"
#include "nlinit/dhcp/remark.hpp"

namespace nlinit::dhcp {

// Option 12 by parse_domain_name(), without dots and blanks around it; of one longer than 64 bytes (HOST_NAME_MAX) the
// first label. Or nothing.
[[nodiscard]] std::string host_name_in(const Options& options, Remarks& remarks);

// Option 15: one name by RFC 2132 3.17, several with blanks between them in the field. Each without dots around it, by
// parse_domain_name().
[[nodiscard]] std::vector<std::string> domain_names_in(const Options& options, Remarks& remarks);

[[nodiscard]] std::vector<std::string> search_domains_in(const Options& options, Remarks& remarks);  // option 119

// Option 56, escaped, of at most 128 bytes before that; empty: none.
[[nodiscard]] std::string message_in(const Options& options);

}  // namespace nlinit::dhcp
