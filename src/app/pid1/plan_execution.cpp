// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/plan_execution.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>

#include "app/pid1/boot_steps.hpp"
#include "app/pid1/config_reading.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/machine/mount_types.hpp"
#include "nlinit/sys/file/kernel_place.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/mount/mount_table.hpp"

namespace nlinit::app {
namespace {

bool sets_propagation(const plan::Step& step) {
    const auto* row = std::get_if<MountRow>(&step.work);
    return row != nullptr && is_only_propagation(*row);
}

// Where the share is mounted that a path is on; empty: it is on none.
std::string share_above(std::string_view path) {
    const auto mounts = sys::read_mount_table();
    if (!mounts.ok() || path.empty()) return {};
    const auto holds = [&](const sys::MountEntry& mount) {
        return path == mount.target || is_below(path, mount.target);
    };
    const auto last = std::find_if(mounts->rbegin(), mounts->rend(), holds);
    return last != mounts->rend() && sys::is_share(last->type) ? last->target : std::string();
}

// Where nobody answers: of a share that was only looked at, or that was to hold what is made, behind all of it. What is
// mounted from a disk or a server may be silent itself.
std::string silent_place_of(const plan::Step& step) {
    const auto target = plan::path_of(step.work);
    const auto* row = std::get_if<MountRow>(&step.work);
    auto share = share_above(plan::path_looked_at(step.work));
    if (share.empty() && (row == nullptr || !(is_on_device(*row) || sys::is_share(row->type))))
        share = share_above(target);
    return share.empty() ? std::string(target) : share;
}

// Of a module that a mount has brought: the mount is there, and not to blame.
sys::Outcome how_it_failed(const sys::AsideEnd& how) {
    const TimePoint now = BootClock::now();
    return {.step = how.subject,
            .started_at = now - how.limit,
            .ended_at = now,
            .importance = Importance::ordinary,
            .error = Error{0, "no answer within " + in_words(how.limit)}};
}

}  // namespace

void PlanExecution::run(Done done) {
    done_ = std::move(done);
    steps_ = plan::make_boot_plan(context_.config()).steps;
    carry_out_next_steps();
}

// Its own cgroup and limits are a process's own business. Both are the kernel's, so nothing waits.
bool PlanExecution::is_for_pid1(const plan::Step& step) const {
    return std::holds_alternative<plan::MountCgroup>(step.work) || std::holds_alternative<Rlimit>(step.work) ||
           (sets_propagation(step) && root_.has_layers_to_move());
}

void PlanExecution::carry_out_next_steps() {
    while (next_ < steps_.size()) {
        auto end = next_;
        while (end < steps_.size() && !is_for_pid1(steps_[end])) ++end;
        if (end > next_) return carry_out_apart(end);
        carry_out_here(steps_[next_]);
    }
    if (!read_payload_files()) this->end();
}

// Once, when the mounts are there; what they ask of the machine becomes the plan.
bool PlanExecution::read_payload_files() {
    if (payload_files_) return false;
    payload_files_ = payload_files(context_.config().payload);
    payload_files_due_ = payload_files_->size();
    for (std::size_t number = 0; number < payload_files_->size(); ++number) {
        const auto path = (*payload_files_)[number].path;
        const auto on_end = [this, number](const Result<std::string>& text) {
            (*payload_files_)[number].text = text;
            if (--payload_files_due_ == 0 && !context_.is_ending) take_payload_files();
        };
        context_.errands.run(
            std::to_string(number) + path,
            {.subject = "read " + path, .work = [path] { return read_payload_file(path); }, .on_end = on_end});
    }
    return !payload_files_->empty();
}

void PlanExecution::take_payload_files() {
    const auto before = context_.config().system;
    auto remarks = lay_payload_files(*payload_files_, context_.boot_config);
    tell_new_warnings(context_, remarks.warnings);
    std::ranges::move(remarks.warnings, std::back_inserter(context_.boot_config.warnings));
    if (!remarks.not_obeyed.empty()) log::warning("config", remarks.not_obeyed);
    if (!remarks.information.empty()) log::info("config", remarks.information);
    steps_ = steps_for(before, context_.config());
    next_ = 0;
    carry_out_next_steps();
}

// Of a step that sets propagation it is the layers that PID 1 moves; the step itself is then a child's.
void PlanExecution::carry_out_here(const plan::Step& step) {
    if (sets_propagation(step)) return root_.move_layers();
    context_.attempt(step.name, step.importance, [&] { return carry_out(step.work); });
    ++next_;
}

void PlanExecution::carry_out_apart(std::size_t end) {
    const auto first = next_;
    StepRunner::Steps steps;
    for (auto number = first; number < end; ++number)
        steps.names.push_back({steps_[number].name, steps_[number].importance, may_wait(steps_[number])});
    steps.begin = [this, first](StepChild& child) {
        const auto worker = std::make_shared<PlanWorker>(child, context_.knowledge, context_.config());
        return [this, first, worker](std::size_t number) { return worker->carry_out(steps_[first + number]); };
    };
    steps.on_done = [this](std::size_t /*number*/, const sys::Outcome& outcome, bool is_left_out) {
        if (is_left_out && left_out_++ == 0) first_left_out_ = outcome.step;
    };
    steps.on_silent = [this, first](std::size_t number, const sys::AsideEnd& how) {
        return on_silent_step(steps_[first + number], how);
    };
    steps.on_note = [this](std::string_view note) { context_.knowledge.take_note(note); };
    steps.on_end = [this, end] {
        next_ = end;
        carry_out_next_steps();
    };
    context_.runner.run(std::move(steps));
}

// What is below a place where nobody answers is not even looked at.
std::optional<Error> PlanExecution::on_silent_step(const plan::Step& step, const sys::AsideEnd& how) {
    if (context_.knowledge.take_silent_module(how.subject)) {
        context_.attempt.record(how_it_failed(how));
        return std::nullopt;
    }
    auto error = context_.knowledge.take_silence(how);
    auto path = silent_place_of(step);
    if (error && !path.empty()) context_.knowledge.unanswered.push_back(std::move(path));
    return error;
}

void PlanExecution::end() {
    if (left_out_ > 1) append(first_left_out_, {" and ", std::to_string(left_out_ - 1), " more such steps"});
    if (left_out_ > 0)
        log::error("boot", {first_left_out_,
                            ": Read-only file system; a tmpfs there, or an overlay over the root, is writable"});
    root_.move_layers();
    steps_ = {};
    is_done_ = true;
    sys::keep_kernel_directories();
    done_();
}

}  // namespace nlinit::app
