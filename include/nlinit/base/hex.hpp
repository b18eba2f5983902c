// SPDX-License-Identifier: Apache-2.0
// Bytes as hexadecimal digits, two a byte, and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "nlinit/base/bytes.hpp"

namespace nlinit {

inline constexpr std::string_view kHexDigits = "0123456789abcdef";

[[nodiscard]] std::string to_hex(ByteView bytes);  // "0152ff": lower case, nothing between
// The byte that two hexadecimal digits, in upper or lower case, stand for.
[[nodiscard]] std::optional<std::uint8_t> parse_hex_byte(std::string_view digits) noexcept;
// Accepts pairs of digits in upper or lower case and nothing else. An empty text gives no bytes.
[[nodiscard]] std::optional<Bytes> parse_hex(std::string_view text);

}  // namespace nlinit
