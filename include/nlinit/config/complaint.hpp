// Names in complaints: untrusted text made safe to print, and the word that was probably meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace nlinit::config {

inline constexpr std::size_t kMaxQuoted = 64;  // bytes of a text that a complaint repeats

// In single quotes; control and 8-bit bytes as \xNN, what is beyond kMaxQuoted as "...".
[[nodiscard]] std::string in_quotes(std::string_view text);

// ": did you mean 'timeout'?" when a candidate is at most two typing errors away, else nothing.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace nlinit::config
