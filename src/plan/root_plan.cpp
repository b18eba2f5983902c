// SPDX-License-Identifier: Apache-2.0
#include "nlinit/plan/root_plan.hpp"

#include <sys/mount.h>

#include "nlinit/config/root_source.hpp"

namespace nlinit::plan {

std::optional<MountRow> root_plan(const config::Root& root) {
    if (root.device.empty()) return std::nullopt;
    const bool in_memory = config::is_root_in_memory(root.device, root.type);
    auto row = mount_row(
        {.source = root.device, .target = {}, .type = in_memory ? "tmpfs" : root.type, .options = root.options});
    row.flags &= ~static_cast<unsigned long>(MS_RDONLY);  // read_only has taken in what the options say of it
    if (root.read_only && !in_memory)
        row.flags |= MS_RDONLY;  // a tmpfs is filled first, and what fills it is written to
    return row;
}

std::optional<MountRow> upper_plan(const config::Root& root) {
    if (root.overlay.empty()) return std::nullopt;
    const bool in_memory = root.overlay == "tmpfs";
    return mount_row({.source = root.overlay,
                      .target = {},
                      .type = in_memory ? root.overlay : root.overlay_type,
                      .options = root.overlay_options});
}

}  // namespace nlinit::plan
