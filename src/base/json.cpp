#include "nlinit/base/json.hpp"

#include <cstdlib>

#include "nlinit/base/utf8.hpp"

namespace nlinit {
namespace {

constexpr std::string_view kReplacementText = "\xef\xbf\xbd";  // U+FFFD

void append_escaped(std::string& out, char c) {
    constexpr std::string_view kHexDigits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
    } else if (byte >= 0x20 && byte != 0x7f) {
        out += c;
    } else {
        out += "\\u00";
        out += kHexDigits[byte >> 4];
        out += kHexDigits[byte & 0xf];
    }
}

}  // namespace

JsonWriter& JsonWriter::key(std::string_view name) {
    value(name);
    text_ += ": ";
    after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
    separate();
    text_ += '"';
    while (!text.empty()) {
        const auto length = utf8_length(text);
        if (length == 1) {
            append_escaped(text_, text.front());
        } else {
            text_ += length == 0 ? kReplacementText : text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    text_ += '"';
    return *this;
}

JsonWriter& JsonWriter::thousandths(std::int64_t number) {
    const auto magnitude = std::llabs(number);
    const auto fraction = std::to_string(1000 + magnitude % 1000);  // its first digit only keeps the zeros
    return raw((number < 0 ? "-" : "") + std::to_string(magnitude / 1000) + '.' + fraction.substr(1));
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
        text_ += '\n';
        indent();
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
    if (!first_) text_ += ',';
    first_ = false;
    if (depth_ > 0) {
        text_ += '\n';
        indent();
    }
}

}  // namespace nlinit
