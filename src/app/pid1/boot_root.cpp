// A boot's root: from an initramfs to the root that it leads to, and the overlay that makes a root writable. What may
// wait for a disk is done by a child; what changes PID 1's own root is done by PID 1, on what is mounted then.
#include <algorithm>
#include <array>
#include <cerrno>

#include "app/pid1/boot.hpp"
#include "app/pid1/mounter.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/config/root_source.hpp"
#include "nlinit/plan/root_plan.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/mount/switch_root.hpp"

namespace nlinit::app {
namespace {

// Where a payload that is named without its path may be, as its PATH has it.
constexpr std::array kPrograms{"/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"};

// Before an initramfs is deleted for it: a disk may be empty, or another than was meant.
Result<> looks_like_a_root(const std::string& directory, const std::vector<std::string>& command,
                           const std::optional<std::string>& config_path) {
    const auto has = [&](const std::string& path) { return sys::exists_in(directory, path); };
    if (has("/proc") || (config_path && has(*config_path))) return {};
    const std::string payload = command.empty() ? "a config" : command.front();
    const bool by_name = !command.empty() && payload.find('/') == std::string::npos;
    if (by_name && std::ranges::any_of(kPrograms, [&](const char* place) { return has(place + payload); })) return {};
    if (!command.empty() && !by_name && has(payload)) return {};
    return Error{
        0, "it has neither a place for /proc nor " + printable(payload) + ", so it is no root; the initramfs stays"};
}

}  // namespace

// Whether there is a root then that an overlay can be laid over: the kernel's own rootfs cannot be pivoted away.
bool Boot::leave_initramfs() {
    may_lay_overlay_ = !sys::runs_from_initramfs();
    if (may_lay_overlay_) return true;
    const auto& root = boot_config_.config.root;
    const auto row = plan::root_plan(root);
    if (!row) {
        if (!root.overlay.empty())
            attempt_("lay an overlay over the root", Importance::required, []() -> Result<> {
                return Error{0, "an initramfs is writable already; with root= the overlay is laid over that"};
            });
        return true;
    }
    if (config::is_root_in_memory(root.device, root.type)) {
        enter_root_in_memory(*row);
        return true;
    }
    mount_root(*row);
    return false;
}

void Boot::mount_root(const MountRow& row) {
    const auto& config = boot_config_.config;
    StepRunner::Steps steps;
    steps.names = {{"switch to root " + config.root.device, Importance::required}};
    steps.begin = [this, row](StepChild& child) {
        const auto mounter = std::make_shared<Mounter>(child, knowledge_.mounter);
        return [this, row, mounter](std::size_t /*number*/) {
            const auto& wanted = boot_config_.config;
            const auto call = [&](const MountRow& each, unsigned long flags, const sys::MountAt& at) {
                return mounter->call(each, flags, at);
            };
            const auto check = [&](const std::string& directory) {
                return looks_like_a_root(
                    directory, wanted.payload.command,
                    boot_config_.file.empty() ? std::optional(config_path(command_line_)) : std::nullopt);
            };
            const auto mount = [&](const auto& ready) { return sys::mount_new_root(ready, call, check); };
            return StepDone{Importance::required, mounter->mount_when_there(row, wanted.root.timeout, mount)};
        };
    };
    steps.on_done = [this](std::size_t /*number*/, const sys::Outcome& outcome, bool /*is_left_out*/) {
        is_step_done_ = !outcome.error;
    };
    steps.on_silent = [this](std::size_t /*number*/, const sys::AsideEnd& how) { return on_silent_mount(how); };
    steps.on_end = [this] {
        if (std::exchange(is_step_done_, false)) enter_root();
        go_on();
    };
    runner_.run(std::move(steps));
}

void Boot::enter_root() {
    const auto& device = boot_config_.config.root.device;
    has_new_root_ = may_lay_overlay_ =
        attempt_("enter root " + device, Importance::required, [&] { return sys::enter_new_root(device); });
    if (has_new_root_) mount_kernel_filesystems();  // those that the new root had no directory for
}

// The first config that is found counts, and all of it: whoever has one in an initramfs has put it before every image
// that this may lead to. Where the initramfs had none, the image's own counts.
bool Boot::read_config_of_root() {
    if (!has_new_root_) return true;
    if (!boot_config_.file.empty()) {
        tell_of_unread_config();
        return true;
    }
    read_config([this, before = boot_config_.config.system.modules] {
        load_modules(before, [this] {
            start_network();
            go_on();
        });
    });
    return false;
}

void Boot::tell_of_unread_config() {
    const auto path = boot_config_.file;
    const auto work = [path]() -> Result<std::string> {
        if (sys::exists(path)) log::info("config", path + " of the initramfs counts; that of the root is not read");
        return std::string();
    };
    quiet_errands_.run(path, {.subject = "look for " + path, .work = work, .on_end = [](const auto&) {}});
}

void Boot::enter_root_in_memory(const MountRow& row) {
    std::optional<Error> why_bound;
    may_lay_overlay_ = attempt_("make a root in memory of the initramfs", Importance::required,
                                [&] { return sys::switch_to_memory(row, why_bound); });
    if (why_bound)
        log::warning("root",
                     nlinit::to_string(*why_bound) + "; the initramfs is the root as it is, on a mount of its own");
    if (may_lay_overlay_) mount_kernel_filesystems();
}

bool Boot::lay_root_overlay() {
    const auto upper = plan::upper_plan(boot_config_.config.root);
    if (!upper || !may_lay_overlay_ || sys::RootOverlay::is_laid()) return true;
    StepRunner::Steps steps;
    steps.names = {{"lay an overlay over the root", Importance::required}};
    steps.begin = [this, row = *upper](StepChild& child) {
        const auto mounter = std::make_shared<Mounter>(child, knowledge_.mounter);
        return [this, row, mounter](std::size_t /*number*/) {
            const auto call = [&](const MountRow& each, unsigned long flags, const sys::MountAt& at) {
                return mounter->call(each, flags, at);
            };
            const auto lay = [&](const auto& ready) -> Result<> {
                if (mounter->has_filesystem("overlay")) return sys::RootOverlay::make_layers(ready, call);
                return Error{ENODEV, "lay an overlay: the kernel has no filesystem overlay"};
            };
            return StepDone{Importance::required,
                            mounter->mount_when_there(row, boot_config_.config.root.timeout, lay)};
        };
    };
    steps.on_done = [this](std::size_t /*number*/, const sys::Outcome& outcome, bool /*is_left_out*/) {
        is_step_done_ = !outcome.error;
    };
    steps.on_silent = [this](std::size_t /*number*/, const sys::AsideEnd& how) { return on_silent_mount(how); };
    steps.on_end = [this] {
        if (std::exchange(is_step_done_, false)) enter_overlay();
        go_on();
    };
    runner_.run(std::move(steps));
    return false;
}

void Boot::enter_overlay() {
    const bool entered =
        attempt_("enter the overlay over the root", Importance::required, [this] { return overlay_.enter(); });
    if (entered) mount_kernel_filesystems();  // those that could not be moved
}

// A disk that was silent when it was looked at is left out, and the others are looked at by the next child.
std::optional<Error> Boot::on_silent_mount(const sys::AsideEnd& how) {
    if (knowledge_.mounter.take_silence(how.subject)) return std::nullopt;
    return Error{ETIMEDOUT, how.subject + ": nobody answers; the boot goes on"};
}

}  // namespace nlinit::app
