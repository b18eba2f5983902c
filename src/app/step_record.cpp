// SPDX-License-Identifier: Apache-2.0
#include "app/step_record.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <initializer_list>

#include "nlinit/base/text.hpp"

namespace nlinit::app::step_record {
namespace {

constexpr char kSeparator = '\0';

std::string joined(std::initializer_list<std::string_view> fields) {
    std::string text;
    for (const auto field : fields) {
        if (!text.empty()) text += kSeparator;
        text += field;
    }
    return text;
}

template <class Number>
Number take_number(std::string_view& rest) noexcept {
    const auto field = take_field(rest, kSeparator);
    Number number{};
    std::from_chars(field.data(), field.data() + field.size(), number);
    return number;
}

std::string nanoseconds(TimePoint at) {
    return std::to_string(at.time_since_epoch().count());
}

TimePoint take_time(std::string_view& rest) noexcept {
    return TimePoint(Duration(take_number<Duration::rep>(rest)));
}

}  // namespace

std::string done(const Done& done) {
    const auto& [step, started_at, ended_at, importance, error] = done.outcome;
    return joined({std::to_string(done.number), done.is_left_out ? "1" : "0",
                   std::to_string(static_cast<int>(importance)), nanoseconds(started_at), nanoseconds(ended_at), step,
                   error ? "1" : "0", std::to_string(error ? error->code : 0), error ? error->what : std::string()});
}

Done read_done(std::string_view fields) {
    Done done;
    done.number = take_number<std::size_t>(fields);
    done.is_left_out = take_field(fields, kSeparator) == "1";
    auto& outcome = done.outcome;
    outcome.importance = static_cast<Importance>(take_number<int>(fields));
    outcome.started_at = take_time(fields);
    outcome.ended_at = take_time(fields);
    outcome.step = take_field(fields, kSeparator);
    const bool has_failed = take_field(fields, kSeparator) == "1";
    const int code = take_number<int>(fields);
    if (has_failed) outcome.error = Error{code, std::string(fields)};
    return done;
}

std::string line(log::Level level, std::string_view room, std::string_view message) {
    return joined({std::to_string(static_cast<int>(level)), room, message});
}

Line read_line(std::string_view fields) {
    Line line;
    line.level = static_cast<log::Level>(take_number<int>(fields));
    line.room = take_field(fields, kSeparator);
    line.message = fields;
    return line;
}

}  // namespace nlinit::app::step_record
