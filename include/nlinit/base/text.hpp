// SPDX-License-Identifier: Apache-2.0
// Text taken apart at its separators, and text that is fit to print, whoever wrote it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nlinit/base/hex.hpp"
#include "nlinit/base/utf8.hpp"

namespace nlinit {

// Returns the part of `rest` before the first separator, and removes that part and the separator from `rest`.
// `separators` is one character, or a text of which each character separates.
template <class Separators>
constexpr std::string_view take_field(std::string_view& rest, Separators separators) noexcept {
    const auto field = rest.substr(0, rest.find_first_of(separators));
    rest.remove_prefix(std::min(field.size() + 1, rest.size()));
    return field;
}

// The part of the text before the first separator; the whole text when it has no separator.
template <class Separators>
[[nodiscard]] constexpr std::string_view first_field(std::string_view text, Separators separators) noexcept {
    return text.substr(0, text.find_first_of(separators));
}

// Splits "KEY=VALUE" at the first separator into KEY and VALUE. Gives nothing when there is no separator.
[[nodiscard]] constexpr std::optional<std::pair<std::string_view, std::string_view>> split_pair(
    std::string_view text, char separator) noexcept {
    const auto first = first_field(text, separator);
    if (first.size() == text.size()) return std::nullopt;
    return std::pair(first, text.substr(first.size() + 1));
}

// Whether one of the text's fields equals `wanted`, which must not be empty.
[[nodiscard]] constexpr bool has_field(std::string_view text, char separator, std::string_view wanted) noexcept {
    while (!text.empty()) {
        if (take_field(text, separator) == wanted) return true;
    }
    return false;
}

// The fields that are not empty.
template <class Separators>
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, Separators separators) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        if (const auto word = take_field(text, separators); !word.empty()) words.push_back(word);
    }
    return words;
}

// Whether the byte is a control character of ASCII.
[[nodiscard]] constexpr bool is_control(char c) noexcept {
    return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f;
}

// Accepts a text that is not empty, has no control character, and fits into the page that mount(2) copies.
[[nodiscard]] std::optional<std::string> parse_plain_text(std::string_view text);

// Whether a terminal shows a character of UTF-8 instead of obeying it, and XML may hold it. Refused are the C0 and C1
// controls and DEL (ECMA-48), line and paragraph separators, the marks, embeddings and isolates by which a text seems
// to be another one (Unicode Standard Annex 9, Bidi_Control), and the noncharacters U+FFFE and U+FFFF.
[[nodiscard]] bool is_fit_to_print(std::string_view character) noexcept;

// The length of the text's beginning that is ASCII, fit to print, and has no quotation mark and no backslash. For most
// texts that is the whole, so that a caller need not look at each character.
[[nodiscard]] std::size_t plain_length(std::string_view text) noexcept;

// Calls put(piece) with the text piece by piece. A character that is fit to print is passed on unchanged; of any other
// character, and of bytes that are no UTF-8, each byte is written as \xNN. Allocates no memory.
template <class Put>
void put_printable(std::string_view text, const Put& put) {
    while (!text.empty()) {
        if (const auto plain = plain_length(text); plain > 0) {
            put(text.substr(0, plain));
            text.remove_prefix(plain);
            continue;
        }
        const auto length = utf8_length(text);
        const auto character = text.substr(0, std::max<std::size_t>(length, 1));
        text.remove_prefix(character.size());
        if (length > 0 && is_fit_to_print(character)) {
            put(character);
            continue;
        }
        for (const char letter : character) {
            const auto byte = static_cast<std::uint8_t>(letter);
            const std::array<char, 4> escape{'\\', 'x', kHexDigits[byte >> 4], kHexDigits[byte & 0xf]};
            put(std::string_view(escape.data(), escape.size()));
        }
    }
}

// The text as put_printable() writes it, so that it takes one line. "..." stands for the bytes beyond `limit`.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = std::string_view::npos);

// The first bytes of a text, at most `limit`. A character that the limit would cut in two is left out.
[[nodiscard]] std::string_view first_characters(std::string_view text, std::size_t limit) noexcept;

}  // namespace nlinit
