// SPDX-License-Identifier: Apache-2.0
// Writes JSON (RFC 8259) into a string: a few hundred bytes of code where a library's reader, locale and floats would
// be a hundred kilobytes of the binary.
//
//     JsonWriter json;
//     json.begin_object().member("name", "eth0").member("mtu", 1500).end_object();
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nlinit {

// Rewrites JSON that another program wrote and that JsonDocument::parse() has accepted. The meaning stays the same:
// characters that are not fit to print, which can only stand inside strings, become \u escapes.
[[nodiscard]] std::string json_fit_to_print(std::string_view json);

class JsonWriter {
  public:
    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }
    JsonWriter& key(std::string_view name);

    JsonWriter& value(
        std::string_view text);  // what is not fit to print as \u escapes, bytes that are no UTF-8 as U+FFFD
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
    JsonWriter& value(bool flag) { return raw(flag ? "true" : "false"); }
    template <std::integral Integer>
    JsonWriter& value(Integer number) {
        return raw(std::to_string(number));
    }
    JsonWriter& thousandths(std::int64_t number);  // 1234567 as 1234.567: microseconds as milliseconds
    JsonWriter& null() { return raw("null"); }

    template <class T>
    JsonWriter& member(std::string_view name, const T& content) {
        return key(name).value(content);
    }

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

  private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    JsonWriter& raw(std::string_view token);
    void separate();

    std::string text_;
    std::size_t depth_ = 0;
    bool first_ = true;       // nothing in the innermost bracket yet
    bool after_key_ = false;  // the next value belongs to a key on the same line
};

}  // namespace nlinit
