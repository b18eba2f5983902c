// A boot's root: from an initramfs to the root that it leads to, and the overlay that makes a root writable.
#include <algorithm>
#include <array>

#include "nlinit/app/boot.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/boot/root_plan.hpp"
#include "nlinit/config/complaint.hpp"
#include "nlinit/config/root_source.hpp"
#include "nlinit/sys/background_look.hpp"
#include "nlinit/sys/event_scope.hpp"
#include "nlinit/sys/file.hpp"
#include "nlinit/sys/log.hpp"
#include "nlinit/sys/switch_root.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLookTimeout = 5s;
// Where a payload that is named without its path may be, as its PATH has it.
constexpr std::array kPrograms{"/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"};

}  // namespace

void Boot::switch_root() {
    if (sys::runs_from_initramfs() && !leave_initramfs()) return;
    lay_root_overlay();
}

// Whether there is a root now that an overlay can be laid over: the kernel's own rootfs cannot be pivoted away.
bool Boot::leave_initramfs() {
    const auto& root = boot_config_.config.root;
    const auto row = boot::root_plan(root);
    if (!row) {
        if (!root.overlay.empty())
            attempt_("lay an overlay over the root", sys::Importance::required, []() -> Result<> {
                return Error{0, "an initramfs is writable already; with root= the overlay is laid over that"};
            });
        return false;
    }
    if (config::is_root_in_memory(root.device, root.type)) return switch_to_memory(*row);
    if (!switch_to(*row)) return false;
    filesystem_modules_.reset();
    mount_kernel_filesystems();  // those that the new root had no directory for, and so could not be moved
    read_config_of_root();
    return true;
}

// The first config that is found counts, and all of it: whoever has one in an initramfs has put it before every image
// that this may lead to. Where the initramfs had none, the image's own counts.
void Boot::read_config_of_root() {
    if (!boot_config_.file.empty()) {
        if (sys::exists(boot_config_.file))
            log::info("config", boot_config_.file + " of the initramfs counts; that of the root is not read");
        return;
    }
    const auto before = boot_config_.config.system.modules;
    read_config();
    load_modules(before);
    start_network();
}

bool Boot::switch_to(const boot::MountRow& row) {
    const auto call = [this](const boot::MountRow& each, unsigned long flags) { return call_mount(each, flags); };
    const auto check = [this](const std::string& directory) { return looks_like_a_root(directory); };
    return attempt_("switch to root " + boot_config_.config.root.device, sys::Importance::required, [&] {
        return mount_when_there(row, boot_config_.config.root.timeout,
                                [&](const auto& ready) { return sys::switch_root(ready, call, check); });
    });
}

bool Boot::switch_to_memory(const boot::MountRow& row) {
    static_cast<void>(has_filesystem(row.type));
    std::optional<Error> why_bound;
    const bool switched = attempt_("make a root in memory of the initramfs", sys::Importance::required,
                                   [&] { return sys::switch_to_memory(row, why_bound); });
    if (why_bound)
        log::warning("root",
                     nlinit::to_string(*why_bound) + "; the initramfs is the root as it is, on a mount of its own");
    if (switched) mount_kernel_filesystems();
    return switched;
}

// Before an initramfs is deleted for it: a disk may be empty, or another than was meant.
Result<> Boot::looks_like_a_root(const std::string& directory) {
    const auto has = [&](const std::string& path) {
        const auto look = sys::start_look(directory, path);
        if (!look.ok()) return true;
        const sys::ScopedWatch watch(loop_, look->fd(), [] {});
        const bool answered = watch.watched().ok() && wait_until(kLookTimeout, [&] { return look->done(); });
        return answered && sys::was_there(*look);
    };
    if (has("/proc") || (boot_config_.file.empty() && has(config_path()))) return {};
    const auto& command = boot_config_.config.payload.command;
    const std::string payload = command.empty() ? "a config" : command.front();
    const bool by_name = !command.empty() && payload.find('/') == std::string::npos;
    if (by_name && std::ranges::any_of(kPrograms, [&](const char* place) { return has(place + payload); })) return {};
    if (!command.empty() && !by_name && has(payload)) return {};
    return Error{
        0, "it has neither a place for /proc nor " + printable(payload) + ", so it is no root; the initramfs stays"};
}

void Boot::lay_root_overlay() {
    auto upper = boot::upper_plan(boot_config_.config.root);
    if (!upper) return;
    const auto call = [this](const boot::MountRow& row, unsigned long flags) { return call_mount(row, flags); };
    const bool laid = attempt_("lay an overlay over the root", sys::Importance::required, [&] {
        return mount_when_there(*upper, boot_config_.config.root.timeout, [&](const auto& ready) -> Result<> {
            if (!has_filesystem("overlay"))
                return Error{ENODEV, "lay an overlay: the kernel has no filesystem overlay"};
            return overlay_.lay(ready, call);
        });
    });
    if (laid) mount_kernel_filesystems();  // those that could not be moved
}

}  // namespace nlinit::app
