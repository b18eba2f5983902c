// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/plan_worker.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <variant>

#include "app/pid1/boot_steps.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/machine/mount_types.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/mount/mount.hpp"
#include "nlinit/sys/mount/read_only_root.hpp"

namespace nlinit::app {
namespace {

constexpr std::string_view kLoaded = "loaded module ", kLoad = "load module ";
constexpr Duration kModuleLimit = std::chrono::seconds(10);  // a driver looks at its devices, one of which may be dead

bool is_the_kernels(std::string_view path) {
    constexpr std::array<std::string_view, 4> kInMemory{"/proc", "/sys", "/dev", "/run"};
    return std::ranges::any_of(kInMemory,
                               [&](std::string_view place) { return path == place || is_below(path, place); });
}

bool writes_to_read_only(const plan::Step& step) {
    const std::string path(plan::path_of(step.work));
    const bool mounts = std::holds_alternative<MountRow>(step.work) ||
                        std::holds_alternative<plan::LayOver>(step.work) ||
                        std::holds_alternative<plan::Grow>(step.work);
    return !path.empty() && !mounts && sys::is_on_read_only(path);
}

bool brings_modules(const MountRow& row) {
    constexpr std::string_view kModules = "/lib/modules";
    return !is_only_propagation(row) && (row.target == kModules || is_below(kModules, row.target) ||
                                         row.target == "/usr" || row.target.starts_with("/usr/lib"));
}

}  // namespace

void PlanKnowledge::take_note(std::string_view note) {
    if (mounter.take_note(note) || !note.starts_with(kLoaded)) return;
    std::erase(failed_modules, note.substr(kLoaded.size()));
}

std::optional<Error> PlanKnowledge::take_silence(const sys::AsideEnd& how) {
    if (mounter.take_silence(how.subject)) return std::nullopt;
    return Error{ETIMEDOUT, how.subject + ": nobody answers; the boot goes on"};
}

bool PlanKnowledge::take_silent_module(std::string_view subject) {
    return subject.starts_with(kLoad) && std::erase(failed_modules, subject.substr(kLoad.size())) > 0;
}

bool may_wait(const plan::Step& step) {
    const auto& work = step.work;
    if (step.only_on_read_only_root) return true;
    if (const auto* row = std::get_if<MountRow>(&work))
        return sys::may_wait(*row) || is_on_device(*row) || !plan::path_looked_at(work).empty() ||
               !is_the_kernels(row->target);
    if (std::holds_alternative<Binfmt>(work) || std::holds_alternative<SwapRow>(work) ||
        std::holds_alternative<plan::TakeHostname>(work))
        return true;
    const auto path = plan::path_of(work);
    const auto looked_at = plan::path_looked_at(work);
    return (!path.empty() && !is_the_kernels(path)) || (!looked_at.empty() && !is_the_kernels(looked_at));
}

// On a read-only image every file of a profile would fail for the same reason: that is one sentence, not six.
std::optional<StepDone> PlanWorker::carry_out(const plan::Step& step) {
    if (step.only_on_read_only_root && !read_only_) read_only_ = sys::root_is_read_only();
    if (step.only_on_read_only_root && !*read_only_) return std::nullopt;
    const auto* unanswered = unanswered_above(plan::path_of(step.work));
    if (unanswered == nullptr) unanswered = unanswered_above(plan::path_looked_at(step.work));
    if (unanswered != nullptr)
        return StepDone{step.importance, Error{0, "left out, since nobody answers behind " + *unanswered}};
    if (std::holds_alternative<plan::Grow>(step.work)) child_.begin(step.name, kGrowthLimit);
    const auto* row = std::get_if<MountRow>(&step.work);
    if (row != nullptr) tell_what_is_hidden(*row);
    const auto* swap = std::get_if<SwapRow>(&step.work);
    auto done = row != nullptr    ? mounter_.mount_row(*row, step.importance)
                : swap != nullptr ? mounter_.use_swap(*swap)
                                  : app::carry_out(step.work);
    if (done.ok() && row != nullptr && brings_modules(*row)) load_failed_modules();
    const bool is_left_out = !done.ok() && step.importance == Importance::ordinary && writes_to_read_only(step);
    return StepDone{is_left_out ? Importance::optional : step.importance, std::move(done), is_left_out};
}

// An image that is written for the profile is read-only; of another one it would cover what is used. Told by the first
// row that covers something of it: the way to its place leads through the root as well, so that who waits here would
// wait there.
void PlanWorker::tell_what_is_hidden(const MountRow& row) const {
    const auto hidden = plan::hidden_by_profile(config_);
    if (hidden.empty() || row.target != hidden.front() || sys::root_is_read_only()) return;
    std::string list;
    for (const auto& directory : hidden) append(list, {list.empty() ? "" : " and ", directory});
    log::warning("boot", {"profile ", config_.profile, " hides ", list, " of a writable root; \"minimal\" keeps them"});
}

const std::string* PlanWorker::unanswered_above(std::string_view path) const {
    const auto found = std::ranges::find_if(
        knowledge_.unanswered, [&](const std::string& target) { return path == target || is_below(path, target); });
    return found == knowledge_.unanswered.end() ? nullptr : &*found;
}

// A mount has brought the directory that they are in.
void PlanWorker::load_failed_modules() {
    mounter_.types().forget();
    for (const auto& name : std::exchange(knowledge_.failed_modules, {})) {
        const TimePoint started_at = BootClock::now();
        child_.begin(std::string(kLoad) + name, kModuleLimit);
        const auto loaded = mounter_.types().modules().load(name);
        child_.also({.step = std::string(kLoad) + name,
                     .started_at = started_at,
                     .ended_at = BootClock::now(),
                     .importance = Importance::ordinary,
                     .error = loaded.ok() ? std::nullopt : std::optional(loaded.error())});
        if (loaded.ok()) {
            child_.note(std::string(kLoaded) + name);
        } else {
            knowledge_.failed_modules.push_back(name);
        }
    }
}

}  // namespace nlinit::app
