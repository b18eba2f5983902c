#include "nlinit/base/hex.hpp"

#include <charconv>

namespace nlinit {

std::string to_hex(ByteView bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const auto byte : bytes) {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 0xf];
    }
    return text;
}

std::optional<Bytes> parse_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    Bytes bytes(text.size() / 2);
    for (auto& byte : bytes) {
        const auto [end, fault] = std::from_chars(text.data(), text.data() + 2, byte, 16);
        if (fault != std::errc{} || end != text.data() + 2) return std::nullopt;
        text.remove_prefix(2);
    }
    return bytes;
}

}  // namespace nlinit
