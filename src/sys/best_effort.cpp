// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/best_effort.hpp"

#include <exception>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::sys {

namespace {

// Most sentences of errors begin with what was tried, and the step is named after the same thing.
std::string describe(std::string_view step, const Error& error) {
    const std::string sentence = to_string(error);
    return sentence.starts_with(step) ? sentence : concat({step, ": ", sentence});
}

std::string describe(std::string_view step, Duration took) {
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    return concat({step, ": done in ", std::to_string(microseconds), " us"});
}

}  // namespace

// Without memory the step is done all the same, and only the account of it is lost.
void BestEffort::end(std::string_view step, Importance importance, TimePoint started_at, const Error* error) noexcept {
    const TimePoint ended_at = BootClock::now();
    required_step_failed_ |= error != nullptr && importance == Importance::required;
    try {
        record({.step = std::string(step),
                .started_at = started_at,
                .ended_at = ended_at,
                .importance = importance,
                .error = error != nullptr ? std::optional(*error) : std::nullopt});
    } catch (const std::exception& lost) {
        log::error(room_, lost.what());
    }
}

void BestEffort::record(Outcome outcome) noexcept {
    const auto& [step, started_at, ended_at, importance, error] = outcome;
    required_step_failed_ |= error && importance == Importance::required;
    try {
        if (error) {
            const bool is_optional = importance == Importance::optional;
            log::write(is_optional ? log::Level::debug : log::Level::error, room_, describe(step, *error));
        } else if (log::enabled(log::Level::debug)) {
            log::debug(room_, describe(step, ended_at - started_at));
        }
        if (outcomes_.size() == kMaxOutcomes) {
            ++left_out_;
            return;
        }
        outcomes_.push_back(std::move(outcome));
    } catch (const std::exception& lost) {
        log::error(room_, lost.what());
    }
}

}  // namespace nlinit::sys
