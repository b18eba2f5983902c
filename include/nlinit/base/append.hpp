// Text put together in one call: an operator+ a piece is a temporary a piece, and code that removes it.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace nlinit {

void append(std::string& out, std::initializer_list<std::string_view> pieces);
[[nodiscard]] std::string concat(std::initializer_list<std::string_view> pieces);

}  // namespace nlinit
