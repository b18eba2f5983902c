// SPDX-License-Identifier: Apache-2.0
// Parts of complaints: untrusted text made safe to print, and a guess at the word that the user meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace nlinit {

inline constexpr std::size_t kMaxPrinted = 128;  // bytes of a text that a complaint repeats

// The text between quote marks, escaped as printable() of base/text does; "..." stands for the bytes beyond the limit.
[[nodiscard]] std::string in_quotes(std::string_view text, std::size_t limit = kMaxPrinted, char mark = '\'');

// ": did you mean 'timeout'?" when a candidate differs from the word by at most two typing errors; else an empty
// string.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace nlinit
