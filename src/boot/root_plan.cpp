#include "nlinit/boot/root_plan.hpp"

#include <sys/mount.h>

#include "nlinit/config/root_source.hpp"

namespace nlinit::boot {
bool RootPlan::needs_device() const noexcept {
    return config::is_device(source);
}

std::optional<RootPlan> root_plan(const config::Root& root) {
    if (root.device.empty()) return std::nullopt;
    const auto row = mount_row({root.device, "/", root.type, root.options});
    RootPlan plan{root.device, root.type, row.flags, row.data, root.timeout};
    if (root.read_only) plan.flags |= MS_RDONLY;
    return plan;
}

std::optional<RootPlan> upper_plan(const config::Root& root) {
    if (root.overlay.empty()) return std::nullopt;
    const bool in_memory = root.overlay == "tmpfs";
    const auto type = in_memory ? root.overlay : root.overlay_type;
    const auto row = mount_row({root.overlay, "/", type, root.overlay_options});
    return RootPlan{root.overlay, type, row.flags, row.data, root.timeout};
}

}  // namespace nlinit::boot
