// A boot's plan carried out, step by step, and its mounts without waiting for anybody longer than a while.
#include <algorithm>
#include <utility>

#include "nlinit/app/boot.hpp"
#include "nlinit/app/boot_steps.hpp"
#include "nlinit/config/path.hpp"
#include "nlinit/sys/event_scope.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/log.hpp"
#include "nlinit/sys/mount.hpp"
#include "nlinit/sys/read_only_root.hpp"
#include "nlinit/sys/uevent.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kRowTimeout = 5s;  // for the devices of rows to be found
constexpr Duration kLookAgain = 100ms;
constexpr const char* kLayers = "/run/nlinit/root";

bool writes_to_read_only(const boot::Step& step) {
    const std::string path(boot::path_of(step.work));
    const bool mounts =
        std::holds_alternative<boot::MountRow>(step.work) || std::holds_alternative<boot::LayOver>(step.work);
    return !path.empty() && !mounts && sys::is_on_read_only(path);
}

bool brings_modules(const boot::MountRow& row) {
    constexpr std::string_view kModules = "/lib/modules";
    return !boot::is_only_propagation(row) && (row.target == kModules || config::is_below(kModules, row.target) ||
                                               row.target == "/usr" || row.target.starts_with("/usr/lib"));
}

}  // namespace

// An image that is written for the profile is read-only; of another one it would cover what is used.
void Boot::tell_what_is_hidden() const {
    const auto hidden = boot::hidden_by_profile(boot_config_.config);
    if (hidden.empty() || sys::root_is_read_only()) return;
    std::string list;
    for (const auto& directory : hidden) list += (list.empty() ? "" : " and ") + directory;
    log::warning("boot", "profile " + boot_config_.config.profile + " hides " + list +
                             " of a writable root; \"minimal\" keeps them");
}

// On a read-only image every file of a profile would fail for the same reason: that is one sentence, not six.
void Boot::carry_out_plan() {
    std::string first_left_out;
    std::size_t left_out = 0;
    std::optional<bool> read_only;  // once it is asked, and not before the root may have been remounted
    tell_what_is_hidden();
    filesystem_modules_.reset();
    for (const auto& step : boot::make_boot_plan(boot_config_.config).steps) {
        if (step.only_on_read_only_root && !read_only) read_only = sys::root_is_read_only();
        if (step.only_on_read_only_root && !*read_only) continue;
        const auto* row = std::get_if<boot::MountRow>(&step.work);
        if (row != nullptr && boot::is_only_propagation(*row)) move_root_layers();
        const auto* unanswered = unanswered_above(boot::path_of(step.work));
        const bool quiet =
            unanswered == nullptr && step.importance == sys::Importance::ordinary && writes_to_read_only(step);
        const bool done = attempt_(step.name, quiet ? sys::Importance::optional : step.importance, [&]() -> Result<> {
            if (unanswered != nullptr) return Error{0, "left out, since nobody answers behind " + *unanswered};
            return carry_out_step(step);
        });
        if (done && row != nullptr && brings_modules(*row)) {
            filesystem_modules_.reset();
            load_failed_modules();
        }
        if (quiet && !done && left_out++ == 0) first_left_out = step.name;
        loop_.poll();
    }
    if (left_out > 1) first_left_out += " and " + std::to_string(left_out - 1) + " more such steps";
    if (left_out > 0)
        log::error("boot",
                   first_left_out + ": Read-only file system; a tmpfs there, or an overlay over the root, is writable");
    move_root_layers();
    filesystem_modules_.reset();
    plan_done_ = true;
    make_run_directory();
    on_network_change();
}

// After the plan's mounts, of which one may cover /run, and before mounts are shared: what is below a shared one cannot
// be moved (mount(2)).
void Boot::move_root_layers() {
    if (!overlay_.in_use() || std::exchange(root_moved_, true)) return;
    attempt_("move the layers of the root to " + std::string(kLayers), sys::Importance::optional,
             [&] { return overlay_.move_layers(kLayers); });
}

// Not even a look may be taken at a path behind which nobody answers: it would be the last thing that PID 1 does.
const std::string* Boot::unanswered_above(std::string_view path) const {
    for (const auto& target : unanswered_) {
        if (path == target || config::is_below(path, target)) return &target;
    }
    return nullptr;
}

Result<> Boot::carry_out_step(const boot::Step& step) {
    if (const auto* row = std::get_if<boot::MountRow>(&step.work)) return mount_row(*row, step.importance);
    return carry_out(step.work);
}

// A fast kernel runs init before it has found every device. Each row that is required waits, those that are not have
// one time together, and those that are optional have none.
Result<> Boot::mount_row(const boot::MountRow& row, sys::Importance importance) {
    const auto call = [this](const boot::MountRow& each, unsigned long flags) { return call_mount(each, flags); };
    if (sys::is_done(row)) return sys::mount(row, call);
    Duration patience = importance == sys::Importance::optional ? Duration::zero() : kRowTimeout;
    if (importance == sys::Importance::ordinary) {
        const TimePoint now = BootClock::now();
        if (rows_wait_until_) patience = std::clamp<Duration>(*rows_wait_until_ - now, Duration::zero(), kRowTimeout);
    }
    const TimePoint started_at = BootClock::now();
    auto mounted = mount_when_there(row, patience, [&](const auto& ready) { return sys::mount(ready, call); });
    if (importance == sys::Importance::ordinary && !mounted.ok() && !rows_wait_until_)
        rows_wait_until_ = started_at + kRowTimeout;
    return mounted;
}

bool Boot::wait_until(Duration limit, const std::function<bool()>& done) {
    const sys::TimeLimit time_limit(loop_, BootClock::now() + limit);
    bool reached = done();
    while (!reached && !time_limit.passed() && !ending()) {
        loop_.wait();
        reached = done();
    }
    return reached;
}

// Looks once when the socket is open, and again after every event.
bool Boot::wait_for_uevents(Duration limit, const std::function<bool()>& done) {
    const auto look_again_and_again = [&](const Error& error) {
        log::warning("boot", nlinit::to_string(error) + "; devices are looked for every 100 ms");
        const TimePoint deadline = BootClock::now() + limit;
        bool reached = false;
        while (!reached && BootClock::now() < deadline && !ending()) reached = wait_until(kLookAgain, done);
        return reached;
    };
    const auto events = sys::UeventSocket::open();
    if (!events.ok()) return look_again_and_again(events.error());
    bool news = true;
    const sys::ScopedWatch watch(loop_, events->fd(), [&] {
        events->drain();
        news = true;
    });
    if (!watch.watched().ok()) return look_again_and_again(watch.watched().error());
    return wait_until(limit, [&] { return std::exchange(news, false) && done(); });
}

}  // namespace nlinit::app
