// SPDX-License-Identifier: Apache-2.0
#include "app/errands.hpp"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <utility>

#include "app/step_record.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

// The first letter of a record: a line for the log, or a part of the answer, which begins with one of the last two.
constexpr char kLine = 'l', kPart = 'p';
constexpr char kValue = '+', kError = '-';
constexpr std::size_t kLargestPart = 8 << 10;

void relay(void* context, log::Level level, std::string_view room, std::string_view message) noexcept {
    static_cast<sys::AsideReport*>(context)->send(kLine + step_record::line(level, room, message));
}

std::string packed(const Result<std::string>& answer) {
    if (answer.ok()) return kValue + *answer;
    return kError + std::to_string(answer.error().code) + ' ' + answer.error().what;
}

Result<std::string> unpacked(std::string_view text) {
    if (text.starts_with(kValue)) return std::string(text.substr(1));
    text.remove_prefix(std::min<std::size_t>(text.size(), 1));
    Error error{0, {}};
    const auto code = take_field(text, ' ');
    std::from_chars(code.data(), code.data() + code.size(), error.code);
    error.what = text;
    return error;
}

Result<std::string> answer_of(const sys::AsideEnd& how, std::string_view text) {
    using Kind = sys::AsideEnd::Kind;
    if (how.kind == Kind::finished) return unpacked(text);
    if (how.kind == Kind::silent) return Error{0, concat({how.subject, ": no answer within ", in_words(how.limit)})};
    return Error{0, how.subject + ": the process that was to do it has ended early"};
}

// Reaped by whoever its parent is now, as after a hand-off.
bool is_gone(pid_t left_behind) noexcept {
    return left_behind != 0 && ::kill(left_behind, 0) != 0 && errno == ESRCH;
}

}  // namespace

void Errands::run(const std::string& key, Errand errand) {
    const auto running = running_.find(key);
    if (running == running_.end() || is_gone(running->second.left_behind)) return start(key, std::move(errand));
    if (running->second.left_behind != 0)
        log::warning("boot", {errand.subject, ": it waits for process ", std::to_string(running->second.left_behind),
                              ", which got no answer and is not gone yet"});
    running->second.next = std::move(errand);
}

bool Errands::idle() const noexcept {
    return std::ranges::none_of(running_, [](const auto& each) { return each.second.child != nullptr; });
}

std::string Errands::subject() const {
    const auto its = std::ranges::find_if(running_, [](const auto& each) { return each.second.child != nullptr; });
    return its == running_.end() ? std::string() : its->second.subject;
}

void Errands::reaped(pid_t pid) {
    const auto its = std::ranges::find_if(running_, [pid](const auto& each) { return each.second.left_behind == pid; });
    if (its != running_.end()) go_on_after(std::string(its->first));
}

void Errands::go_on_after(const std::string& key) {
    auto next = std::exchange(running_[key].next, std::nullopt);
    if (next) return start(key, *std::move(next));
    running_.erase(key);
}

void Errands::start(const std::string& key, Errand errand) {
    const auto work = [&](sys::AsideReport& report) {
        log::relay_to(relay, &report);
        const auto answer = packed(errand.work());
        for (std::size_t at = 0; at < answer.size(); at += kLargestPart)
            report.send(kPart + answer.substr(at, kLargestPart));
    };
    const auto hear = [this, key](std::string_view record) {
        const auto content = record.substr(std::min<std::size_t>(record.size(), 1));
        if (record.starts_with(kPart)) running_[key].answer += content;
        if (!record.starts_with(kLine)) return;
        const auto line = step_record::read_line(content);
        log::write(line.level, line.room, line.message);
    };
    auto child = sys::Aside::start(
        loop_, errand.subject, work,
        {.on_record = hear, .on_end = [this, key](const sys::AsideEnd& how) { end(key, how); }}, errand.limit);
    if (!child.ok()) {
        running_.erase(key);
        return errand.on_end(Error{child.error().code, concat({errand.subject, ": ", child.error().what})});
    }
    running_[key] = {.child = *std::move(child),
                     .left_behind = 0,
                     .subject = std::move(errand.subject),
                     .answer = {},
                     .on_end = std::move(errand.on_end),
                     .next = {}};
}

void Errands::end(const std::string& key, const sys::AsideEnd& how) {
    auto& running = running_[key];
    const auto child = std::move(running.child);
    const auto answer = answer_of(how, std::exchange(running.answer, {}));
    const auto on_end = std::exchange(running.on_end, nullptr);
    if (how.kind == sys::AsideEnd::Kind::silent) {
        running.left_behind = child->pid();
    } else {
        go_on_after(key);
    }
    on_end(answer);
    if (idle()) on_idle_();
}

}  // namespace nlinit::app
