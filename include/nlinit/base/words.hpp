// SPDX-License-Identifier: Apache-2.0
// Tables of words and the values they stand for. A table is read in both directions.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nlinit {

template <class T>
struct Word {
    std::string_view text;
    T value;
};

template <class T, std::size_t N>
[[nodiscard]] constexpr std::optional<T> value_of_word(std::string_view text, const std::array<Word<T>, N>& words) {
    for (const auto& word : words)
        if (word.text == text) return word.value;
    return std::nullopt;
}

template <class T, std::size_t N>
[[nodiscard]] constexpr std::string_view word_of_value(T value, const std::array<Word<T>, N>& words) {
    for (const auto& word : words)
        if (word.value == value) return word.text;
    return {};
}

// "dhcp, static or none"
template <class T, std::size_t N>
[[nodiscard]] std::string list_of_words(const std::array<Word<T>, N>& words) {
    std::string list;
    for (std::size_t i = 0; i < N; ++i) {
        if (i > 0) list += i + 1 == N ? " or " : ", ";
        list += words[i].text;
    }
    return list;
}

}  // namespace nlinit
