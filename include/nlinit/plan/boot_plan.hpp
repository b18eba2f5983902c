// SPDX-License-Identifier: Apache-2.0
// What a boot does between the early mounts and the payload, as a list that can be printed before it is done.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "nlinit/base/log_level.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/machine/binfmt.hpp"
#include "nlinit/machine/mount_row.hpp"
#include "nlinit/machine/rlimit.hpp"

namespace nlinit::plan {

// Memory over a directory of the image: what it holds is there, and can be changed until the machine ends.
struct LayOver {
    std::string target;
};
// What is mounted there, to the size of its device; "/": what the root is written to.
struct Grow {
    std::string target;
};
struct MountCgroup {};  // cgroup2 on /sys/fs/cgroup, its options tried in turn
struct SetHostname {
    std::string name;
};
// The image's /etc/hostname, or else this name.
struct TakeHostname {
    std::string fallback;
};
struct WriteHosts {};  // /etc/hosts, which holds the host name of the moment: see hosts_content()
struct WriteResolvConf {
    std::vector<NameServer> name_servers;
    std::vector<std::string> search_domains;
};
struct SetSysctl {
    std::string key, value;  // the key as in sysctl.d(5), which may have a '-' before the name
    bool at_least = false;   // what is higher already stays
    [[nodiscard]] std::string name() const { return key.substr(key.starts_with('-') ? 1 : 0); }
};

using Work = std::variant<MountRow, LayOver, Grow, SwapRow, MountCgroup, SetHostname, TakeHostname, WriteHosts,
                          WriteResolvConf, config::File, config::Directory, config::Symlink, Binfmt, SetSysctl, Rlimit>;

struct Step {
    std::string name;  // "mount tmpfs on /run": the sentence in log, report and plan
    Importance importance = Importance::ordinary;
    Work work;
    bool only_on_read_only_root = false;  // which is found out when its time has come
};

struct BootPlan {
    std::vector<std::string> modules;  // to load before the network needs them
    std::vector<Step> steps;           // in order; each stands alone, a failure hides none that follows
};

// Whether a [[file]], a [[symlink]] or a [[mount]] of the user's own is at a path: it is meant to stay, whatever else
// would write there.
[[nodiscard]] bool has_row(const config::Config& config, std::string_view path);

// The path that a piece of work mounts on or brings into being; empty when it does neither.
[[nodiscard]] std::string_view path_of(const Work& work);
// The path that it only looks at: what is bound, or where a link leads that is made only where that is there.
[[nodiscard]] std::string path_looked_at(const Work& work);

// Where what is to be grown is mounted, whenever its device grows.
[[nodiscard]] std::vector<std::string> grown_filesystems(const config::Config& config);

[[nodiscard]] BootPlan make_boot_plan(const config::Config& config);
// Directories that the profile "arcbox" covers with an empty tmpfs: the image's own, unless the root is read-only and
// so made for it. Nothing of the user's own rows.
[[nodiscard]] std::vector<std::string> hidden_by_profile(const config::Config& config);
// One line: "mount tmpfs on /run (nodev,nosuid), optional".
[[nodiscard]] std::string to_string(const Step& step);
// The key of the config that asks for the step: see config::Sources.
[[nodiscard]] std::string key_of(const Step& step);

}  // namespace nlinit::plan
