// SPDX-License-Identifier: Apache-2.0
// What the child of a StepRunner tells, as records of one letter and fields.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "nlinit/sys/best_effort.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app::step_record {

inline constexpr char kDone = 'd', kNothing = '-', kAlso = '+', kNote = 'n', kLine = 'l';

struct Done {
    std::size_t number = 0;
    bool is_left_out = false;
    sys::Outcome outcome;
};
struct Line {
    log::Level level = log::Level::debug;
    std::string_view room, message;
};

// A field that is missing or no number is 0.
[[nodiscard]] std::string done(const Done& done);
[[nodiscard]] Done read_done(std::string_view fields);
[[nodiscard]] std::string line(log::Level level, std::string_view room, std::string_view message);
[[nodiscard]] Line read_line(std::string_view fields);

}  // namespace nlinit::app::step_record
