// SPDX-License-Identifier: Apache-2.0
// Numbers as text.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace nlinit {

// Decimal digits and nothing else, not even a sign.
template <std::unsigned_integral T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text) {
    T value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace nlinit
