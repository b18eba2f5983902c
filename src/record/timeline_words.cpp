// SPDX-License-Identifier: Apache-2.0
#include "timeline_words.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include "nlinit/base/append.hpp"
#include "nlinit/record/svg_writer.hpp"

namespace nlinit::record {
namespace {

constexpr std::size_t kNamedSteps = 4;

}  // namespace

std::string duration(std::int64_t microseconds) {
    if (microseconds < 100'000) return concat({milliseconds(microseconds), " ms"});
    std::string digits = std::to_string((microseconds + 500) / 1000);
    for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3)
        digits.insert(static_cast<std::size_t>(place), "\xc2\xa0");
    return digits + " ms";
}

std::int64_t tick_of(std::int64_t shown) noexcept {
    std::int64_t tick = 100;
    for (int i = 0; shown / tick >= 10; ++i) tick = i % 3 == 1 ? tick / 2 * 5 : tick * 2;  // 1, 2, 5, 10
    return tick;
}

std::string longest_steps(const RecordedPhase& phase, std::int64_t width) {
    const auto& steps = phase.steps;
    std::vector<std::int64_t> negative_lengths;
    negative_lengths.reserve(steps.size());
    for (const auto& step : steps) negative_lengths.push_back(step.start - step.end);
    const auto by_length = in_order(negative_lengths);
    std::string best;
    for (std::size_t count = 1; count <= std::min(steps.size(), kNamedSteps); ++count) {
        const auto named = std::span(by_length).first(count);
        std::string words;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (std::find(named.begin(), named.end(), i) == named.end()) continue;
            append(words, {words.empty() ? "" : ", ", steps[i].name, " ", milliseconds(-negative_lengths[i])});
        }
        if (const auto others = steps.size() - count; others > 0)
            append(words, {", ", std::to_string(others), " more"});
        if (count > 1 && width_of(words) > width) break;
        best = words;
    }
    return fitted(best, width);
}

}  // namespace nlinit::record
