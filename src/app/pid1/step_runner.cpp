// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/step_runner.hpp"

#include <algorithm>
#include <charconv>
#include <exception>
#include <utility>

#include "app/step_record.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

constexpr Duration kTryAgain = std::chrono::milliseconds(100);  // nobody tells when a process can be made
constexpr unsigned kMostTries = 10;
constexpr Duration kLongest = std::chrono::hours(24 * 365);  // a time limit that is this long is none

void relay(void* context, log::Level level, std::string_view room, std::string_view message) noexcept {
    try {
        static_cast<sys::AsideReport*>(context)->send(step_record::kLine + step_record::line(level, room, message));
    } catch (const std::exception&) {
        return;  // without memory a line is lost
    }
}

sys::Outcome outcome_of(std::string step, TimePoint started_at, const StepDone& done) {
    return {.step = std::move(step),
            .started_at = started_at,
            .ended_at = BootClock::now(),
            .importance = done.importance,
            .error = done.result.ok() ? std::nullopt : std::optional(done.result.error())};
}

// All steps from this one on.
void do_steps(const StepRunner::Steps& steps, std::size_t first, std::size_t end, StepChild& child,
              const StepChild::Put& put) {
    const auto work = steps.begin(child);
    for (std::size_t number = first; number < end; ++number) {
        const auto& name = steps.names[number].name;
        const TimePoint started_at = BootClock::now();
        const auto done = work(number);
        if (!done) {
            put(step_record::kNothing + std::to_string(number));
            continue;
        }
        put(step_record::kDone +
            step_record::done(
                {.number = number, .is_left_out = done->is_left_out, .outcome = outcome_of(name, started_at, *done)}));
    }
}

}  // namespace

void StepChild::begin(std::string_view subject, Duration limit) {
    if (report_ != nullptr) report_->begin(subject, std::min(limit, kLongest));
}

void StepChild::also(const sys::Outcome& outcome) {
    put_(step_record::kAlso + step_record::done({.number = 0, .is_left_out = false, .outcome = outcome}));
}

void StepChild::note(std::string_view text) {
    put_(step_record::kNote + std::string(text));
}

StepRunner::StepRunner(sys::EventLoop& loop, sys::BestEffort& attempt)
    : loop_(loop), attempt_(attempt), timer_(loop.add_timer([this] { start(); })) {}

StepRunner::~StepRunner() {
    loop_.remove_timer(timer_);
}

void StepRunner::run(Steps steps) {
    steps_ = std::move(steps);
    next_ = 0;
    start();
}

void StepRunner::stop() noexcept {
    child_.reset();
    loop_.arm(timer_, std::nullopt);
    steps_ = {};
}

void StepRunner::start() {
    if (next_ >= steps_.names.size()) return end();
    next_since_ = BootClock::now();
    const auto work = [this](sys::AsideReport& report) {
        log::relay_to(relay, &report);
        const auto put = [&](std::string_view record) { report.send(record); };
        StepChild child(&report, put);
        do_steps(steps_, next_, steps_.names.size(), child, put);
    };
    auto child = sys::Aside::start(loop_, steps_.names[next_].name, work,
                                   {.on_record = [this](std::string_view record) { take(record); },
                                    .on_end = [this](const sys::AsideEnd& how) { on_child_end(how); }},
                                   steps_.limit);
    if (child.ok()) {
        child_ = *std::move(child);
        tries_ = 0;
        return;
    }
    if (++tries_ >= kMostTries) return do_without_child(child.error());
    loop_.arm(timer_, BootClock::now() + kTryAgain);
}

// What may never end would take PID 1 with it.
void StepRunner::do_without_child(const Error& why) {
    tries_ = 0;
    const auto put = [this](std::string_view record) { take(record); };
    StepChild child(nullptr, put);
    while (next_ < steps_.names.size()) {
        if (steps_.names[next_].may_wait) {
            fail({why.code, "left out, since it may wait and no process can be made for it: " + why.what});
        } else {
            do_steps(steps_, next_, next_ + 1, child, put);
        }
    }
    end();
}

void StepRunner::take(std::string_view record) {
    if (record.empty()) return;
    const auto content = record.substr(1);
    switch (record.front()) {
        case step_record::kDone:
            return take_outcome(content);
        case step_record::kNothing: {
            std::size_t number = 0;
            std::from_chars(content.data(), content.data() + content.size(), number);
            return begin_after(number);
        }
        case step_record::kAlso:
            return attempt_.record(step_record::read_done(content).outcome);
        case step_record::kNote:
            if (steps_.on_note) steps_.on_note(content);
            return;
        case step_record::kLine: {
            const auto line = step_record::read_line(content);
            return log::write(line.level, line.room, line.message);
        }
        default:
            return;
    }
}

// Each step ends with a record, and the next begins.
void StepRunner::begin_after(std::size_t number) {
    next_ = number + 1;
    next_since_ = BootClock::now();
    if (child_ && next_ < steps_.names.size()) child_->begin(steps_.names[next_].name, steps_.limit);
}

void StepRunner::take_outcome(std::string_view fields) {
    const auto done = step_record::read_done(fields);
    begin_after(done.number);
    attempt_.record(done.outcome);
    if (steps_.on_done) steps_.on_done(done.number, done.outcome, done.is_left_out);
}

void StepRunner::on_child_end(const sys::AsideEnd& how) {
    child_.reset();
    if (next_ >= steps_.names.size()) return end();
    if (how.kind == sys::AsideEnd::Kind::silent) {
        auto error = std::optional(Error{0, concat({how.subject, ": no answer within ", in_words(how.limit)})});
        if (steps_.on_silent) error = steps_.on_silent(next_, how);
        if (error) fail(*std::move(error));
    } else {
        fail({0, how.subject + ": the process that was to do it has ended early"});
    }
    start();
}

void StepRunner::fail(Error error) {
    const auto number = next_++;
    const sys::Outcome outcome{.step = steps_.names[number].name,
                               .started_at = next_since_,
                               .ended_at = BootClock::now(),
                               .importance = steps_.names[number].importance,
                               .error = std::move(error)};
    attempt_.record(outcome);
    if (steps_.on_done) steps_.on_done(number, outcome, false);
}

void StepRunner::end() {
    const auto on_end = std::exchange(steps_, {}).on_end;
    on_end();
}

}  // namespace nlinit::app
