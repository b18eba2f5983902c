#include "timeline_words.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "nlinit/base/append.hpp"
#include "nlinit/boot/svg_writer.hpp"

namespace nlinit::boot {
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
    std::vector<std::pair<std::int64_t, std::size_t>> by_length;
    for (const auto& step : phase.steps) by_length.emplace_back(step.start - step.end, by_length.size());
    std::sort(by_length.begin(), by_length.end());
    std::string best;
    for (std::size_t count = 1; count <= std::min(by_length.size(), kNamedSteps); ++count) {
        const auto longest = by_length[count - 1];
        std::string words;
        for (std::size_t i = 0; i < phase.steps.size(); ++i) {
            const auto& step = phase.steps[i];
            if (std::pair(step.start - step.end, i) > longest) continue;
            append(words, {words.empty() ? "" : ", ", step.name, " ", milliseconds(step.end - step.start)});
        }
        if (const auto others = by_length.size() - count; others > 0)
            append(words, {", ", std::to_string(others), " more"});
        if (count > 1 && width_of(words) > width) break;
        best = words;
    }
    return fitted(best, width);
}

}  // namespace nlinit::boot
