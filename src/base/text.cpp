// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/text.hpp"

namespace nlinit {
namespace {

struct Range {
    std::uint32_t first, last;
};
constexpr std::array<Range, 8> kUnfit{{{0x00, 0x1f},
                                       {0x7f, 0x9f},
                                       {0x061c, 0x061c},
                                       {0x200e, 0x200f},
                                       {0x2028, 0x2029},
                                       {0x202a, 0x202e},
                                       {0x2066, 0x2069},
                                       {0xfffe, 0xffff}}};

constexpr std::size_t kMaxPlainText = 4095;  // a page of mount(2), less the final NUL

}  // namespace

std::optional<std::string> parse_plain_text(std::string_view text) {
    if (text.empty() || text.size() > kMaxPlainText || std::ranges::any_of(text, is_control)) return std::nullopt;
    return std::string(text);
}

bool is_fit_to_print(std::string_view character) noexcept {
    const auto code_point = code_point_of(character);
    return std::ranges::none_of(
        kUnfit, [&](const Range& range) { return range.first <= code_point && code_point <= range.last; });
}

std::size_t plain_length(std::string_view text) noexcept {
    std::size_t length = 0;
    for (const char letter : text) {
        if (letter < ' ' || letter > '~' || letter == '"' || letter == '\\') break;
        ++length;
    }
    return length;
}

std::string printable(std::string_view text, std::size_t limit) {
    std::string out;
    const auto shown = first_characters(text, limit);
    put_printable(shown, [&](std::string_view piece) { out += piece; });
    if (shown.size() < text.size()) out += "...";
    return out;
}

std::string_view first_characters(std::string_view text, std::size_t limit) noexcept {
    if (text.size() <= limit) return text;
    auto end = limit;
    constexpr std::size_t kLongest = 4;  // bytes of a character (RFC 3629, 3)
    while (end > 0 && limit - end < kLongest && (static_cast<std::uint8_t>(text[end]) & 0xc0) == 0x80) --end;
    return text.substr(0, utf8_length(text.substr(end)) > 0 ? end : limit);
}

}  // namespace nlinit
