// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/utf8.hpp"

namespace nlinit {
namespace {

constexpr std::uint32_t kReplacementCharacter = 0xfffd;

}  // namespace

std::size_t utf8_length(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto first = byte(0);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xc2 ? 0
                               : first < 0xe0 ? 2
                               : first < 0xf0 ? 3
                               : first < 0xf5 ? 4
                                              : 0;
    if (length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
    }
    const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
    const bool surrogate = first == 0xed && byte(1) > 0x9f;
    const bool too_large = first == 0xf4 && byte(1) > 0x8f;
    return overlong || surrogate || too_large ? 0 : length;
}

std::uint32_t code_point_of(std::string_view character) noexcept {
    const auto first = static_cast<std::uint8_t>(character.front());
    if (character.size() == 1) return first;
    std::uint32_t code_point = first & (0xffU >> (character.size() + 1));
    for (const char byte : character.substr(1)) code_point = code_point << 6 | (static_cast<std::uint8_t>(byte) & 0x3f);
    return code_point;
}

void append_utf8(std::string& out, std::uint32_t code_point) {
    if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point < 0xe000)) code_point = kReplacementCharacter;
    if (code_point < 0x80) {
        out += static_cast<char>(code_point);
        return;
    }
    const int more = code_point < 0x800 ? 1 : code_point < 0x10000 ? 2 : 3;  // bytes after the first, of six bits each
    const std::uint32_t mark = 0xff00U >> (more + 1) & 0xff;
    out += static_cast<char>(mark | code_point >> (6 * more));
    for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | (code_point >> (6 * i) & 0x3f));
}

}  // namespace nlinit
