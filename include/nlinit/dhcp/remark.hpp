// SPDX-License-Identifier: Apache-2.0
// Sentences about a server's answer: what of it is of no use, was left out or cut.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/dhcp/option.hpp"

namespace nlinit::dhcp {

// For the log, each about one option of one answer.
using Remarks = std::vector<std::string>;

[[nodiscard]] std::string named(OptionCode code);  // "DHCP option 3 (router)"
// "DHCP option 3 (router) has 3 bytes …"
void remark(Remarks& remarks, OptionCode code, std::string_view what);
void remark(Remarks& remarks, OptionCode code, std::initializer_list<std::string_view> what);

[[nodiscard]] std::string bytes_in_words(std::size_t count);  // "1 byte", "7 bytes"

}  // namespace nlinit::dhcp
