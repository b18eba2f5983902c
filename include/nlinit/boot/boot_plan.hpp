// What a boot does between the early mounts and the payload, as a list that can be printed before it is done.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "nlinit/boot/mount_plan.hpp"
#include "nlinit/config/config.hpp"

namespace nlinit::boot {

struct MountCgroup {};  // cgroup2 on /sys/fs/cgroup, its options tried in turn
struct SetHostname {
    std::string name;
};
struct WriteHosts {};  // /etc/hosts, which holds the host name of the moment: see hosts_content()
struct WriteResolvConf {
    std::vector<Ipv4Address> name_servers;
    std::vector<std::string> search_domains;
};
struct SetSysctl {
    std::string key, value;
};

using Work = std::variant<MountRow, MountCgroup, SetHostname, WriteHosts, WriteResolvConf, config::File,
                          config::Directory, config::Symlink, config::Binfmt, SetSysctl, config::Rlimit>;

struct Step {
    std::string name;  // "mount tmpfs on /run": the sentence in log, report and plan
    config::Importance importance = config::Importance::ordinary;
    Work work;
};

struct BootPlan {
    std::vector<std::string> modules;  // to load before the network needs them
    std::vector<Step> steps;           // in order; each stands alone, a failure hides none that follows
};

// Whether a [[file]] or [[symlink]] of the user's own is at a path: it is meant to stay, whatever else would write
// there.
[[nodiscard]] bool has_row(const config::Config& config, std::string_view path);

// The path that a piece of work mounts on or brings into being; empty when it does neither.
[[nodiscard]] std::string_view path_of(const Work& work);

[[nodiscard]] BootPlan make_boot_plan(const config::Config& config);
// One line: "mount tmpfs on /run (nodev,nosuid), optional".
[[nodiscard]] std::string to_string(const Step& step);
// The key of the config that asks for the step: see config::Sources.
[[nodiscard]] std::string key_of(const Step& step);

}  // namespace nlinit::boot
