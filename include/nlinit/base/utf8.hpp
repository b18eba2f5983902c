// Text as UTF-8 (RFC 3629).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nlinit {

// Bytes of the character at the front of a text that is not empty; 0 when there is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text) noexcept;

[[nodiscard]] std::uint32_t code_point_of(std::string_view character) noexcept;  // of a whole one

// What is no character, such as half a surrogate pair, becomes U+FFFD.
void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace nlinit
