// SPDX-License-Identifier: Apache-2.0
// Joins pieces of text in one call. A chain of operator+ would make a temporary string for each piece, and the binary
// would hold the code that destroys each of them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace nlinit {

void append(std::string& out, std::initializer_list<std::string_view> pieces);
// As one more line.
void append(std::vector<std::string>& lines, std::initializer_list<std::string_view> pieces);
[[nodiscard]] std::string concat(std::initializer_list<std::string_view> pieces);

}  // namespace nlinit
