// SPDX-License-Identifier: Apache-2.0
#include "sysctl_order.hpp"

#include <algorithm>

#include "nlinit/net/primary_interface.hpp"

namespace nlinit::plan {
namespace {

// What changes others first: ip_forward sets every interface's forwarding back (ip-sysctl.rst), and a name given in
// full counts more than a pattern (sysctl.d(5)).
int rank_of(const SetSysctl& work) {
    const auto name = work.name();
    if (name == "net.ipv4.ip_forward") return 0;
    return is_glob(name) ? 1 : 2;
}

// "-fs.protected_*" is about fs.protected_fifos. A star stands for no dot, as it stands for no '/' in a path.
bool is_about(std::string_view key, std::string_view name) {
    if (key.starts_with('-')) key.remove_prefix(1);
    return std::ranges::count(key, '.') == std::ranges::count(name, '.') && glob_matches(key, name);
}

}  // namespace

std::vector<SetSysctl> sysctls_in_order(const config::System& system) {
    std::vector<SetSysctl> sysctls;
    for (const auto& [key, value] : system.sysctl_floors) {
        const auto is_set = [&name = key](const auto& entry) { return is_about(entry.first, name); };
        if (std::ranges::none_of(system.sysctl, is_set)) sysctls.push_back({key, value, true});
    }
    for (const auto& [key, value] : system.sysctl) sysctls.push_back({key, value, false});
    std::ranges::stable_sort(sysctls, {}, rank_of);
    return sysctls;
}

}  // namespace nlinit::plan
