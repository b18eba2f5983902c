// SPDX-License-Identifier: Apache-2.0
#include "nlinit/base/complaint.hpp"

#include <algorithm>
#include <array>

#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"

namespace nlinit {
namespace {

constexpr std::size_t kMaxWord = 40;  // longer words are no slips of the finger
constexpr std::size_t kMaxSlips = 2;

using Row = std::array<std::size_t, kMaxWord + 1>;

// Insertions, deletions, replacements and swaps of neighbours ("optimal string alignment") that make b of a.
std::size_t typing_errors(std::string_view a, std::string_view b) {
    if (a.size() > kMaxWord || b.size() > kMaxWord) return kMaxWord;
    Row before_previous{};
    Row previous{};
    Row current{};
    for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
            current[j] = std::min({previous[j] + 1, current[j - 1] + 1, replaced});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) current[j] = std::min(current[j], before_previous[j - 2] + 1);
        }
        before_previous = previous;
        previous = current;
    }
    return previous[b.size()];
}

}  // namespace

std::string in_quotes(std::string_view text, std::size_t limit, char mark) {
    return mark + printable(text, limit) + mark;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
    std::string_view nearest;
    std::size_t fewest = kMaxSlips + 1;
    for (const auto candidate : candidates) {
        const auto errors = typing_errors(word, candidate);
        // Two errors in a word of three letters leave nothing of it.
        if (errors >= fewest || errors * 2 > candidate.size()) continue;
        nearest = candidate;
        fewest = errors;
    }
    return nearest.empty() ? std::string() : concat({": did you mean '", nearest, "'?"});
}

}  // namespace nlinit
