// Text taken apart at its separators.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace nlinit {

// What is before the first separator, which is taken off the front of `rest` together with it. Separators: a character,
// or a text with each of them.
template <class Separators>
constexpr std::string_view take_field(std::string_view& rest, Separators separators) noexcept {
    const auto field = rest.substr(0, rest.find_first_of(separators));
    rest.remove_prefix(std::min(field.size() + 1, rest.size()));
    return field;
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

}  // namespace nlinit
