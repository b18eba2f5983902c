// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/hex.hpp"

#include <charconv>

namespace nlinit {

std::string to_hex(ByteView bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const auto byte : bytes) {
        text += kHexDigits[byte >> 4];
        text += kHexDigits[byte & 0xf];
    }
    return text;
}

std::optional<std::uint8_t> parse_hex_byte(std::string_view digits) noexcept {
    if (digits.size() != 2) return std::nullopt;
    std::uint8_t byte = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + 2, byte, 16);
    return fault == std::errc{} && end == digits.data() + 2 ? std::optional(byte) : std::nullopt;
}

std::optional<Bytes> parse_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Bytes bytes(text.size() / 2);
    for (auto& byte : bytes) {
        const auto parsed = parse_hex_byte(text.substr(0, 2));
        if (!parsed) return std::nullopt;
        byte = *parsed;
        text.remove_prefix(2);
    }
    return bytes;
}

}  // namespace nlinit
