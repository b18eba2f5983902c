// A boot's plan carried out: by children, but for what changes PID 1 itself.
#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "app/pid1/boot.hpp"
#include "app/pid1/boot_steps.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/mount/mount_table.hpp"
#include "nlinit/sys/mount/read_only_root.hpp"

namespace nlinit::app {
namespace {

constexpr const char* kLayers = "/run/nlinit/root";

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

}  // namespace

// An image that is written for the profile is read-only; of another one it would cover what is used.
void Boot::tell_what_is_hidden() {
    const auto hidden = plan::hidden_by_profile(boot_config_.config);
    if (hidden.empty()) return;
    std::string list;
    for (const auto& directory : hidden) list += (list.empty() ? "" : " and ") + directory;
    const auto work = [list, profile = boot_config_.config.profile]() -> Result<std::string> {
        if (!sys::root_is_read_only())
            log::warning("boot",
                         "profile " + profile + " hides " + list + " of a writable root; \"minimal\" keeps them");
        return std::string();
    };
    quiet_errands_.run("/", {.subject = "look at /", .work = work, .on_end = [](const auto&) {}});
}

bool Boot::carry_out_plan() {
    tell_what_is_hidden();
    plan_ = plan::make_boot_plan(boot_config_.config).steps;
    carry_out_next_steps();
    return false;
}

// Its own cgroup and limits are a process's own business. Both are the kernel's, so nothing waits.
bool Boot::is_for_pid1(const plan::Step& step) const {
    return std::holds_alternative<plan::MountCgroup>(step.work) || std::holds_alternative<Rlimit>(step.work) ||
           (sets_propagation(step) && overlay_.in_use() && !root_moved_);
}

void Boot::carry_out_next_steps() {
    while (next_step_ < plan_.size()) {
        auto end = next_step_;
        while (end < plan_.size() && !is_for_pid1(plan_[end])) ++end;
        if (end > next_step_) return carry_out_apart(end);
        const auto& step = plan_[next_step_];
        if (sets_propagation(step)) {
            move_root_layers();
            continue;
        }
        attempt_(step.name, step.importance, [&] { return carry_out(step.work); });
        ++next_step_;
    }
    end_plan();
}

void Boot::carry_out_apart(std::size_t end) {
    const auto first = next_step_;
    StepRunner::Steps steps;
    for (auto number = first; number < end; ++number)
        steps.names.push_back({plan_[number].name, plan_[number].importance});
    steps.begin = [this, first](StepChild& child) {
        const auto worker = std::make_shared<PlanWorker>(child, knowledge_);
        return [this, first, worker](std::size_t number) { return worker->carry_out(plan_[first + number]); };
    };
    steps.on_done = [this](std::size_t /*number*/, const sys::Outcome& outcome, bool is_left_out) {
        if (is_left_out && left_out_++ == 0) first_left_out_ = outcome.step;
    };
    steps.on_silent = [this, first](std::size_t number, const sys::AsideEnd& how) {
        return on_silent_step(plan_[first + number], how);
    };
    steps.on_note = [this](std::string_view note) { knowledge_.take_note(note); };
    steps.on_end = [this, end] {
        next_step_ = end;
        carry_out_next_steps();
    };
    runner_.run(std::move(steps));
}

// What is below a place where nobody answers is not even looked at. Where a share was only looked at, nobody answers
// behind the share.
std::optional<Error> Boot::on_silent_step(const plan::Step& step, const sys::AsideEnd& how) {
    auto error = on_silent_mount(how);
    auto path = share_above(plan::path_looked_at(step.work));
    if (path.empty()) path = plan::path_of(step.work);
    if (error && !path.empty()) knowledge_.unanswered.push_back(std::move(path));
    return error;
}

void Boot::end_plan() {
    if (left_out_ > 1) first_left_out_ += " and " + std::to_string(left_out_ - 1) + " more such steps";
    if (left_out_ > 0)
        log::error("boot", first_left_out_ +
                               ": Read-only file system; a tmpfs there, or an overlay over the root, is writable");
    move_root_layers();
    plan_ = {};
    plan_done_ = true;
    make_run_directory();
    run_what_waits_for_disks();
    on_network_change();
    go_on();
}

// After the plan's mounts, of which one may cover /run, and before mounts are shared: what is below a shared one cannot
// be moved (mount(2)).
void Boot::move_root_layers() {
    if (!overlay_.in_use() || std::exchange(root_moved_, true)) return;
    attempt_("move the layers of the root to " + std::string(kLayers), Importance::optional,
             [&] { return overlay_.move_layers(kLayers); });
}

}  // namespace nlinit::app
