#include "nlinit/plan/root_plan.hpp"

#include <sys/mount.h>

#include "nlinit/config/root_source.hpp"
#include "nlinit/plan/mount_plan.hpp"

namespace nlinit::plan {
namespace {

MountRow row_of(const std::string& source, const std::string& type, const std::string& options) {
    config::Mount mount;
    mount.source = source;
    mount.type = type;
    mount.options = options;
    return mount_row(mount);
}

}  // namespace

std::optional<MountRow> root_plan(const config::Root& root) {
    if (root.device.empty()) return std::nullopt;
    const bool in_memory = config::is_root_in_memory(root.device, root.type);
    auto row = row_of(root.device, in_memory ? "tmpfs" : root.type, root.options);
    if (root.read_only && !in_memory)
        row.flags |= MS_RDONLY;  // a tmpfs is filled first, and what fills it is written to
    return row;
}

std::optional<MountRow> upper_plan(const config::Root& root) {
    if (root.overlay.empty()) return std::nullopt;
    const bool in_memory = root.overlay == "tmpfs";
    return row_of(root.overlay, in_memory ? root.overlay : root.overlay_type, root.overlay_options);
}

}  // namespace nlinit::plan
