// Names in complaints: untrusted text made safe to print, and the word that was probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace nlinit {

inline constexpr std::size_t kMaxPrinted = 128;  // bytes of a text that a complaint repeats

// What is fit to print of a text (base/text), between quote marks; what is beyond the limit as "...".
[[nodiscard]] std::string in_quotes(std::string_view text, std::size_t limit = kMaxPrinted, char mark = '\'');

// ": did you mean 'timeout'?" when a candidate is at most two typing errors away, else nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace nlinit
