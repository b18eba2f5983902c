// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/json.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "nlinit/base/hex.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/base/utf8.hpp"

namespace nlinit {
namespace {

constexpr std::string_view kSeparator = ",\n                ";
constexpr std::string_view kReplacementText = "\xef\xbf\xbd";  // U+FFFD

// Whoever reads JSON on a terminal is to see a text, and not what it makes a terminal do.
void append_character(std::string& out, std::string_view character) {
    if (character == "\"" || character == "\\") {
        out.append("\\").append(character);
    } else if (is_fit_to_print(character)) {
        out += character;
    } else {  // none of those is beyond U+FFFF, so that one escape is enough (RFC 8259, 7)
        const auto code_point = code_point_of(character);
        out += "\\u";
        for (int shift = 12; shift >= 0; shift -= 4) out += kHexDigits[code_point >> shift & 0xf];
    }
}

}  // namespace

std::string json_fit_to_print(std::string_view json) {
    std::string out;
    while (!json.empty()) {
        const auto length = std::max<std::size_t>(utf8_length(json), 1);
        const auto character = json.substr(0, length);
        json.remove_prefix(length);
        const bool is_space = character == "\t" || character == "\r" || character == "\n";
        if (is_space || is_fit_to_print(character)) {
            out += character == "\t" || character == "\r" ? " " : character;
        } else {
            append_character(out, character);
        }
    }
    return out;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    value(name);
    text_.append(": ");
    after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
    separate();
    text_ += '"';
    while (true) {
        const auto plain = plain_length(text);
        text_.append(text.data(), plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        const auto length = utf8_length(text);
        append_character(text_, length == 0 ? kReplacementText : text.substr(0, length));
        text.remove_prefix(length == 0 ? 1 : length);
    }
    text_ += '"';
    return *this;
}

JsonWriter& JsonWriter::thousandths(std::int64_t number) {
    const auto magnitude = std::llabs(number);
    const auto rest = std::to_string(magnitude % 1000);
    raw(number < 0 ? "-" : "");
    text_.append(std::to_string(magnitude / 1000)).append(1, '.').append(3 - rest.size(), '0').append(rest);
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view token) {
    separate();
    text_ += token;
    return *this;
}

JsonWriter& JsonWriter::open(char bracket) {
    separate();
    text_ += bracket;
    ++depth_;
    first_ = true;
    return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
    --depth_;
    if (!first_) {
        text_.append(1, '\n').append(depth_ * 2, ' ');
    }
    text_ += bracket;
    first_ = false;
    return *this;
}

void JsonWriter::separate() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    // One append each: a report has hundreds of separators, and is written before the payload starts.
    const auto comma = std::exchange(first_, false) ? 1U : 0U;
    const auto size = depth_ == 0 ? 1 : 2 + depth_ * 2;
    text_.append(kSeparator.substr(comma, std::min(size, kSeparator.size()) - comma));
    if (size > kSeparator.size()) text_.append(size - kSeparator.size(), ' ');
}

}  // namespace nlinit
