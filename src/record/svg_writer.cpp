// SPDX-License-Identifier: Apache-2.0
#include "nlinit/record/svg_writer.hpp"

#include <algorithm>
#include <string>

namespace nlinit::record {
namespace {

constexpr std::int64_t kWideLetter = 67, kWideCapital = 86;
constexpr std::size_t kFewestLetters = 4;
constexpr std::string_view kEllipsis = "\xe2\x80\xa6";

bool begins_character(char byte) noexcept {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
}

}  // namespace

void SvgWriter::escape(std::string_view text) {
    constexpr std::string_view kSpecial = "&<>'\"";
    constexpr std::string_view kNames[] = {"&amp;", "&lt;", "&gt;", "&#39;", "&#34;"};
    for (const char c : text) {
        const auto special = kSpecial.find(c);
        if (special == std::string_view::npos) {
            text_ += c;
        } else {
            text_ += kNames[special];
        }
    }
}

void SvgWriter::add(const char* pattern, std::initializer_list<Piece> pieces) {
    const auto* piece = pieces.begin();
    for (; *pattern != '\0'; ++pattern) {
        if (*pattern != '%' || piece == pieces.end()) {
            text_ += *pattern;
            continue;
        }
        if (piece->text_ == nullptr) {
            text_ += std::to_string(piece->number_);
        } else if (piece->number_ == Piece::kUntilNul) {
            escape(piece->text_);
        } else {
            escape({piece->text_, static_cast<std::size_t>(piece->number_)});
        }
        ++piece;
    }
    text_ += '\n';
}

std::int64_t width_of(std::string_view text) noexcept {
    std::int64_t width = 0;
    for (const char c : text) width += c >= 'A' && c <= 'Z' ? kWideCapital : begins_character(c) ? kWideLetter : 0;
    return width;
}

std::string fitted(std::string_view text, std::int64_t width) {
    if (width_of(text) <= width) return std::string(text);
    const auto letters = static_cast<std::size_t>(std::max<std::int64_t>(width / kWideLetter - 1, 0));
    if (letters < kFewestLetters) return {};
    std::size_t size = 0;
    for (std::size_t seen = 0; size < text.size(); ++size) {
        if (begins_character(text[size]) && seen++ == letters) break;
    }
    return std::string(text.substr(0, size)) + std::string(kEllipsis);
}

}  // namespace nlinit::record
