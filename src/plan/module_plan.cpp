// SPDX-License-Identifier: Apache-2.0
#include "nlinit/plan/module_plan.hpp"

#include <algorithm>

#include "nlinit/machine/device_name.hpp"

namespace nlinit::plan {
namespace {

// Whether it takes a driver of disks in general: of "/dev/vda" and "/dev/nvme0n1" the names say that it does not.
bool is_any_disk(std::string_view source, std::string_view type) {
    if (source.empty()) return false;
    const auto name = parse_device_name(source, type);
    if (!name) return false;
    if (name->kind != DeviceName::Kind::path) return true;
    for (const std::string_view known : {"/dev/vd", "/dev/nvme", "/dev/pmem", "/dev/loop", "/dev/ram", "/dev/zram"}) {
        if (name->text.starts_with(known)) return false;
    }
    return true;
}

void add_type(std::string_view type, std::vector<std::string>& types) {
    const auto name = type.substr(0, type.find('.'));  // what follows a dot is for FUSE
    if (!name.empty() && name.find(',') == std::string_view::npos && std::ranges::find(types, name) == types.end())
        types.emplace_back(name);
}

}  // namespace

ModulePlan module_plan(const config::Config& config, const config::Sources& sources) {
    ModulePlan plan;
    plan.names = config.system.modules;
    if (std::erase(plan.names, kModulesOfDevices) > 0) {
        plan.by_device = ModulePlan::ByDevice::always;
    } else if (plan.names.empty() && !sources.contains("system.modules")) {
        plan.by_device = ModulePlan::ByDevice::if_known;
    }
    const auto& root = config.root;
    plan.wants_disks =
        is_any_disk(root.device, root.type) || is_any_disk(root.overlay, root.overlay_type) ||
        std::ranges::any_of(config.mounts, [](const auto& mount) { return is_any_disk(mount.source, mount.type); }) ||
        std::ranges::any_of(config.swaps, [](const auto& swap) { return is_any_disk(swap.device, {}); });
    if (!root.overlay.empty()) add_type("overlay", plan.filesystems);
    add_type(root.overlay_type, plan.filesystems);
    for (const auto& mount : config.mounts) {
        const bool is_by_device = mount.type == "virtiofs";  // its module is the driver of its device
        if (mount.importance != Importance::optional && !is_by_device) add_type(mount.type, plan.filesystems);
    }
    for (const auto& interface : config.network.interfaces) {
        plan.wants_packets = plan.wants_packets || interface.method == config::Method::dhcp;
        plan.wants_ipv6 = plan.wants_ipv6 || interface.ipv6 != config::Ipv6::none;
    }
    return plan;
}

}  // namespace nlinit::plan
