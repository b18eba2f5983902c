// A boot's root: from an initramfs to the root that it leads to, and the overlay that makes a root writable.
#include "nlinit/app/boot.hpp"
#include "nlinit/sys/block_device.hpp"
#include "nlinit/sys/switch_root.hpp"

namespace nlinit::app {

void Boot::switch_root() {
    if (sys::runs_from_initramfs() && !leave_initramfs()) return;
    lay_root_overlay();
}

// Whether there is a root now that an overlay can be laid over: the kernel's own rootfs cannot be pivoted away.
bool Boot::leave_initramfs() {
    auto plan = boot::root_plan(boot_config_.config.root);
    if (!plan) {
        const auto& overlay = boot_config_.config.root.overlay;
        if (!overlay.empty())
            attempt_("lay an overlay over the root", sys::Importance::required, []() -> Result<> {
                return Error{0, "an initramfs is writable already; with root= the overlay is laid over that"};
            });
        return false;
    }
    if (!find_device(*plan)) return false;
    const auto call = [this](const boot::MountRow& row, unsigned long flags) { return call_mount(row, flags); };
    const bool switched = attempt_("switch to root " + plan->source, sys::Importance::required,
                                   [&] { return sys::switch_root(*plan, call); });
    if (!switched) return false;
    mount_kernel_filesystems();  // those that the new root had no directory for, and so could not be moved
    if (!boot_config_.file.empty()) return true;
    read_config();  // the initramfs had none: the image's own counts
    start_network();
    return true;
}

void Boot::lay_root_overlay() {
    auto upper = boot::upper_plan(boot_config_.config.root);
    if (!upper || !find_device(*upper)) return;
    const auto call = [this](const boot::MountRow& row, unsigned long flags) { return call_mount(row, flags); };
    const bool laid =
        attempt_("lay an overlay over the root", sys::Importance::required, [&] { return overlay_.lay(*upper, call); });
    if (laid) mount_kernel_filesystems();  // those that could not be moved
}

// The plan's source becomes the path of the device, as soon as it is there.
bool Boot::find_device(boot::RootPlan& plan) {
    if (!plan.needs_device()) return true;
    auto device = attempt_("wait for " + plan.source, sys::Importance::required, [&]() -> Result<std::string> {
        auto found = sys::find_block_device(plan.source);
        if (!found) {
            wait_for_uevents(plan.timeout, [&] {
                found = sys::find_block_device(plan.source);
                return found.has_value();
            });
        }
        if (found) return *std::move(found);
        return Error{ENODEV,
                     plan.source + " did not appear within " + in_words(plan.timeout) + ": is its driver loaded?"};
    });
    if (!device) return false;
    plan.source = *std::move(device);
    return true;
}

}  // namespace nlinit::app
