// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/log/log_failures.hpp"

#include <algorithm>
#include <exception>

namespace nlinit::log {
namespace {

using namespace std::chrono_literals;

constexpr Duration kFirstPause = 2s;
constexpr Duration kLongestPause = 1h;
constexpr Duration kForgotten = 10min;
constexpr std::string_view kOthers = "further failures are in the kernel's log only";

}  // namespace

// When memory has run out the line is told, as if it were new.
Failures::Verdict Failures::note(std::string_view line, TimePoint now) noexcept {
    try {
        auto found = std::ranges::find(lines_, line);
        if (found == lines_.end() && lines_.size() >= kMaxLines) found = lines_.begin() + kMaxLines;
        if (found != lines_.end()) return repeat(told_[static_cast<std::size_t>(found - lines_.begin())], now);
        told_.reserve(lines_.size() + 1);
        lines_.emplace_back(lines_.size() == kMaxLines ? kOthers : line);
        told_.push_back({now, now, kFirstPause, 0});
    } catch (const std::exception&) {
        return {};
    }
    return {};
}

Failures::Verdict Failures::repeat(Told& told, TimePoint now) noexcept {
    ++told.untold;
    const bool is_new = now - told.last_seen >= kForgotten;
    told.last_seen = now;
    if (!is_new && now - told.last_told < told.pause) return {.is_told = false};
    told.last_told = now;
    told.pause = is_new ? kFirstPause : std::min(told.pause * 2, kLongestPause);
    const Verdict verdict{.more = is_new ? 0 : told.untold};
    told.untold = 0;
    return verdict;
}

}  // namespace nlinit::log
