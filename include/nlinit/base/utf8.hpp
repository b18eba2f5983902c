// SPDX-License-Identifier: Apache-2.0
// Text as UTF-8 (RFC 3629).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nlinit {

// The number of bytes of the character that a text begins with; 0 when the text does not begin with a valid one. The
// text must not be empty.
[[nodiscard]] std::size_t utf8_length(std::string_view text) noexcept;

[[nodiscard]] std::uint32_t code_point_of(std::string_view character) noexcept;  // the argument is one whole character

// A code point that is no character, such as half of a surrogate pair, is written as U+FFFD.
void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace nlinit
