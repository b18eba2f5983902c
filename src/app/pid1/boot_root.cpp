// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/boot_root.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "app/pid1/early_mounts.hpp"
#include "app/pid1/mounter.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/config/root_source.hpp"
#include "nlinit/plan/root_plan.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/log/log.hpp"
#include "nlinit/sys/machine/module.hpp"
#include "nlinit/sys/mount/switch_root.hpp"

namespace nlinit::app {
namespace {

constexpr const char* kLayers = "/run/nlinit/root";
constexpr std::string_view kNoModules = "the root has no modules";
constexpr const char* kOverlayStep = "lay an overlay over the root";

// Where a payload that is named without its path may be, as its PATH has it.
constexpr std::array kPrograms{"/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"};

sys::MountCall call_of(Mounter& mounter) {
    return [&mounter](const MountRow& row, unsigned long flags, const sys::MountAt& at) {
        return mounter.call(row, flags, at);
    };
}

// Before an initramfs is deleted for it: a disk may be empty, or another than was meant.
Result<> looks_like_a_root(const std::string& directory, const config::Payload& payload,
                           const std::optional<std::string>& config_path) {
    const auto has = [&](const std::string& path) { return sys::exists_in(directory, path); };
    if (has("/proc") || (config_path && has(*config_path))) return {};
    const auto& command = payload.command;
    const std::string wanted = command.empty() ? payload.oci : command.front();
    const bool by_name = !command.empty() && wanted.find('/') == std::string::npos;
    if (by_name && std::ranges::any_of(kPrograms, [&](const char* place) { return has(place + wanted); })) return {};
    if (!wanted.empty() && !by_name && has(wanted)) return {};
    return Error{0, concat({"it has neither a directory /proc nor ", (wanted.empty() ? "a config" : printable(wanted)),
                            ", so it is no root; the initramfs stays"})};
}

// Without /proc and /dev there is no boot.
Result<> give_mount_points(const std::string& directory, Mounter& mounter) {
    auto made = sys::make_mount_points_of_kernel(directory);
    if (made.ok() || made.error().code != EROFS) return made;
    log::info("root", "memory is laid over it, for mount points that it lacks");
    static_cast<void>(mounter.has_filesystem("overlay"));  // which loads it
    MountRow memory;
    memory.source = memory.type = "tmpfs";
    return sys::RootOverlay::cover(directory, memory, call_of(mounter));
}

}  // namespace

void BootRoot::leave_initramfs(const Done& done) {
    may_lay_overlay_ = !sys::runs_from_initramfs();
    if (may_lay_overlay_) return done();
    const auto& root = context_.config().root;
    const auto row = plan::root_plan(root);
    if (row && !config::is_root_in_memory(root.device, root.type)) return mount_root(*row, done);
    if (row) {
        enter_root_in_memory(*row);
    } else if (!root.overlay.empty()) {
        context_.attempt(kOverlayStep, Importance::required, []() -> Result<> {
            return Error{0, "an initramfs is writable already; with root= the overlay is laid over that"};
        });
    }
    done();
}

// One step by a child, and where that has mounted it PID 1 enters it.
void BootRoot::mount_apart(std::string step, Work work, std::function<void()> enter, Done done) {
    StepRunner::Steps steps;
    steps.names = {{std::move(step), Importance::required}};
    steps.begin = [this, work = std::move(work)](StepChild& child) {
        const auto mounter = std::make_shared<Mounter>(child, context_.knowledge.mounter);
        return [=, &child](std::size_t /*number*/) { return StepDone{Importance::required, work(*mounter, child)}; };
    };
    const auto is_mounted = std::make_shared<bool>(false);
    steps.on_done = [is_mounted](std::size_t /*number*/, const sys::Outcome& outcome, bool /*is_left_out*/) {
        *is_mounted = !outcome.error;
    };
    steps.on_silent = [this](std::size_t /*number*/, const sys::AsideEnd& how) {
        return context_.knowledge.take_silence(how);
    };
    steps.on_note = [this](std::string_view note) {
        lacks_modules_ = lacks_modules_ || note == kNoModules;
        context_.knowledge.take_note(note);
    };
    steps.on_end = [is_mounted, enter = std::move(enter), done = std::move(done)] {
        if (*is_mounted) enter();
        done();
    };
    context_.runner.run(std::move(steps));
}

void BootRoot::mount_root(const MountRow& row, const Done& done) {
    const auto mount = [this, row](Mounter& mounter, StepChild& child) {
        const auto& config = context_.config();
        const auto own_config =
            context_.boot_config.file.empty() ? std::optional(config_path(context_.command_line)) : std::nullopt;
        const auto check = [&](const std::string& directory) {
            if (sys::ModuleLoader::directory_below(directory).empty()) child.note(kNoModules);
            auto fit = looks_like_a_root(directory, config.payload, own_config);
            return fit.ok() ? give_mount_points(directory, mounter) : fit;
        };
        return mounter.mount_when_there(row, config.root.timeout, [&](const auto& ready) {
            return sys::mount_new_root(ready, call_of(mounter), check);
        });
    };
    mount_apart(
        "switch to root " + context_.config().root.device, mount, [this] { enter_root(); }, done);
}

void BootRoot::enter_root() {
    const auto& device = context_.config().root.device;
    auto modules = modules_to_keep();
    was_entered_ = may_lay_overlay_ = context_.attempt("enter root " + device, Importance::required,
                                                       [&] { return sys::enter_new_root(device, modules); });
    sys::ModuleLoader::fall_back_on(std::move(modules));
    if (was_entered_) mount_kernel_filesystems(context_.attempt);  // those that the new root had no directory for
}

// The image of a container has none, and what is plugged in, a button and a mount of later want theirs.
sys::UniqueFd BootRoot::modules_to_keep() const {
    const auto directory = lacks_modules_ ? sys::ModuleLoader::directory_below("/") : std::string();
    return sys::UniqueFd(directory.empty() ? -1 : ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

void BootRoot::enter_root_in_memory(const MountRow& row) {
    std::optional<Error> why_bound;
    may_lay_overlay_ = context_.attempt("make a root in memory of the initramfs", Importance::required,
                                        [&] { return sys::switch_to_memory(row, why_bound); });
    if (why_bound)
        log::warning("root", {to_string(*why_bound), "; the initramfs is the root as it is, on a mount of its own"});
    if (may_lay_overlay_) mount_kernel_filesystems(context_.attempt);
}

void BootRoot::lay_overlay(const Done& done) {
    const auto upper = plan::upper_plan(context_.config().root);
    // Over one in memory that a root needed for mount points the one that is asked for is laid as well.
    const bool is_laid = !was_entered_ && sys::RootOverlay::is_laid();
    if (!upper || !may_lay_overlay_ || is_laid) return done();
    const auto mount = [this, row = *upper](Mounter& mounter, StepChild& /*child*/) {
        return mounter.mount_when_there(row, context_.config().root.timeout, [&](const auto& ready) -> Result<> {
            if (mounter.has_filesystem("overlay")) return sys::RootOverlay::make_layers(ready, call_of(mounter));
            return Error{ENODEV, "lay an overlay: the kernel has no filesystem overlay"};
        });
    };
    mount_apart(
        kOverlayStep, mount, [this] { enter_overlay(); }, done);
}

void BootRoot::enter_overlay() {
    const bool entered =
        context_.attempt("enter the overlay over the root", Importance::required, [this] { return overlay_.enter(); });
    if (entered) mount_kernel_filesystems(context_.attempt);  // those that could not be moved
}

void BootRoot::move_layers() {
    if (!has_layers_to_move()) return;
    are_layers_moved_ = true;
    context_.attempt("move the layers of the root to " + std::string(kLayers), Importance::optional,
                     [&] { return overlay_.move_layers(kLayers); });
}

}  // namespace nlinit::app
