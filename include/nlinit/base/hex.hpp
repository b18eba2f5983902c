// Bytes as hexadecimal digits, two a byte, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "nlinit/base/bytes.hpp"

namespace nlinit {

[[nodiscard]] std::string to_hex(ByteView bytes);  // "0152ff": lower case, nothing between
// Pairs of digits in either case and nothing else; nothing at all is no bytes.
[[nodiscard]] std::optional<Bytes> parse_hex(std::string_view text);

}  // namespace nlinit
