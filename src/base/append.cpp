// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/append.hpp"

namespace nlinit {

void append(std::string& out, std::initializer_list<std::string_view> pieces) {
    for (const auto piece : pieces) out += piece;
}

void append(std::vector<std::string>& lines, std::initializer_list<std::string_view> pieces) {
    append(lines.emplace_back(), pieces);
}

std::string concat(std::initializer_list<std::string_view> pieces) {
    std::string out;
    append(out, pieces);
    return out;
}

}  // namespace nlinit
