// SPDX-License-Identifier: Apache-2.0
#include "nlinit/plan/boot_plan.hpp"

#include <sys/mount.h>

#include <algorithm>
#include <optional>

#include "nlinit/base/append.hpp"
#include "nlinit/base/path.hpp"
#include "nlinit/config/profile.hpp"
#include "nlinit/config/sources.hpp"
#include "nlinit/config/value_syntax.hpp"
#include "nlinit/machine/mount_row.hpp"
#include "nlinit/plan/file_plan.hpp"
#include "step_order.hpp"
#include "sysctl_order.hpp"

namespace nlinit::plan {
namespace {

constexpr std::string_view kCgroupPath = "/sys/fs/cgroup";

// The sentence for a piece of work, what it brings into being, and what the plan adds in parentheses.
struct Describe {
    std::string operator()(const MountRow& row) const {
        if (is_only_propagation(row)) return "set propagation of " + row.target;
        if ((row.flags & MS_REMOUNT) != 0) return "remount " + row.target;
        return concat({"mount ", (row.source.empty() ? row.type : row.source), " on ", row.target});
    }
    std::string operator()(const LayOver& work) const { return "lay memory over " + work.target; }
    std::string operator()(const Grow& work) const { return "grow the filesystem on " + work.target; }
    std::string operator()(const SwapRow& row) const { return "use swap on " + name_of(row); }
    std::string operator()(const MountCgroup&) const { return "mount cgroup2 on " + std::string(kCgroupPath); }
    std::string operator()(const SetHostname& work) const { return "set host name " + work.name; }
    std::string operator()(const TakeHostname& work) const {
        return concat({"set host name as in ", kHostnamePath, ", or ", work.fallback});
    }
    std::string operator()(const WriteHosts&) const { return "write " + std::string(kHostsPath); }
    std::string operator()(const WriteResolvConf&) const { return "write " + std::string(kResolvConfPath); }
    std::string operator()(const config::File& file) const { return "write " + file.path; }
    std::string operator()(const config::Directory& directory) const { return "make directory " + directory.path; }
    std::string operator()(const config::Symlink& link) const {
        return concat({"link ", link.path, " to ", link.target});
    }
    std::string operator()(const Binfmt& binfmt) const { return "register binary format " + binfmt.name; }
    std::string operator()(const SetSysctl& work) const {
        return concat({(work.at_least ? "raise sysctl " : "set sysctl "), work.name(), " to ", work.value});
    }
    std::string operator()(const Rlimit& limit) const {
        return concat({"raise rlimit ", limit.name, " to ",
                       (limit.value == ~std::uint64_t{0} ? "unlimited" : std::to_string(limit.value))});
    }
};

struct PathOf {
    std::string_view operator()(const MountRow& row) const { return row.target; }
    std::string_view operator()(const LayOver& work) const { return work.target; }
    std::string_view operator()(const Grow& work) const { return work.target; }
    std::string_view operator()(const MountCgroup&) const { return kCgroupPath; }
    std::string_view operator()(const WriteHosts&) const { return kHostsPath; }
    std::string_view operator()(const WriteResolvConf&) const { return kResolvConfPath; }
    std::string_view operator()(const config::File& file) const { return file.path; }
    std::string_view operator()(const config::Directory& directory) const { return directory.path; }
    std::string_view operator()(const config::Symlink& link) const { return link.path; }
    template <class Pathless>
    std::string_view operator()(const Pathless&) const {
        return {};
    }
};

struct PathLookedAt {
    std::string operator()(const MountRow& row) const {
        return (row.flags & (MS_BIND | MS_MOVE)) != 0 ? row.source : std::string();
    }
    std::string operator()(const config::Symlink& link) const {
        return link.if_exists ? place_of_target(link.path, link.target) : std::string();
    }
    template <class Other>
    std::string operator()(const Other&) const {
        return {};
    }
};

struct KeyOf {
    std::string operator()(const MountRow& row) const { return config::row_key("mount", row.target); }
    std::string operator()(const LayOver& work) const { return config::row_key("mount", work.target); }
    std::string operator()(const Grow& work) const {
        return work.target == "/" ? "root.grow" : config::row_key("mount", work.target);
    }
    std::string operator()(const SwapRow& row) const { return config::row_key("swap", name_of(row)); }
    std::string operator()(const MountCgroup&) const { return "system.cgroup"; }
    std::string operator()(const SetHostname&) const { return "system.hostname"; }
    std::string operator()(const TakeHostname&) const { return "system.hostname"; }
    std::string operator()(const WriteHosts&) const { return "system.hosts"; }
    std::string operator()(const WriteResolvConf&) const { return "network.dns"; }
    std::string operator()(const config::File& file) const { return config::row_key("file", file.path); }
    std::string operator()(const config::Directory& made) const { return config::row_key("directory", made.path); }
    std::string operator()(const config::Symlink& link) const { return config::row_key("symlink", link.path); }
    std::string operator()(const Binfmt& binfmt) const { return config::row_key("binfmt", binfmt.name); }
    std::string operator()(const SetSysctl& work) const { return "system.sysctl." + work.key; }
    std::string operator()(const Rlimit& limit) const { return "system.rlimit." + limit.name; }
};

struct Details {
    std::string operator()(const MountRow& row) const {
        auto details = options_of(row);
        if (row.copy_up) details += details.empty() ? "copy up" : "; copy up";
        return details;
    }
    std::string operator()(const WriteResolvConf& work) const {
        std::string details;
        for (const auto& server : work.name_servers) details += (details.empty() ? "" : ", ") + server.to_string();
        return details;
    }
    std::string operator()(const config::File& file) const {
        return concat({std::to_string(file.content.size()), " bytes, mode ", config::mode_text(file.mode),
                       (file.keep_existing ? ", unless it exists" : "")});
    }
    std::string operator()(const config::Directory& directory) const {
        return "mode " + config::mode_text(directory.mode);
    }
    std::string operator()(const config::Symlink& link) const {
        if (link.keep_existing) return "unless it exists";
        return link.if_exists ? "if that exists" : "";
    }
    std::string operator()(const Binfmt& binfmt) const { return binfmt.interpreter; }
    std::string operator()(const SwapRow& row) const {
        auto details = row.size;
        for (const auto& each : {row.algorithm, row.priority ? "priority " + std::to_string(*row.priority) : ""})
            if (!each.empty()) details += (details.empty() ? "" : ", ") + each;
        return details;
    }
    template <class Plain>
    std::string operator()(const Plain&) const {
        return {};
    }
};

Step step(Work work, Importance importance = Importance::ordinary) {
    auto name = std::visit(Describe(), work);
    return {std::move(name), importance, std::move(work)};
}

// sysctl.d(5): with a '-' before the key a failure is fine. A kernel need not have what a profile wants at least.
Step sysctl_step(SetSysctl work) {
    const bool may_fail = work.at_least || work.key.starts_with('-');
    return step(std::move(work), may_fail ? Importance::optional : Importance::ordinary);
}

bool remounts_root(const Step& step) {
    const auto* row = std::get_if<MountRow>(&step.work);
    return row != nullptr && row->target == "/" && (row->flags & MS_REMOUNT) != 0;
}

MountRow propagation_of(const MountRow& row) {
    MountRow only;
    only.target = row.target;
    only.propagation = row.propagation;
    return only;
}

// The root is remounted before anything is decided by whether it is read-only; propagation is set when all is mounted.
void add_mounts(const config::Config& config, std::vector<Step>& steps, std::vector<Step>& last) {
    for (const auto& mount : config.mounts) {
        auto row = mount_row(mount);
        if (is_only_propagation(row) || (row.target == "/" && !row.propagation.empty()))
            last.push_back(step(propagation_of(row), mount.importance));
        if (is_only_propagation(row)) continue;
        if (row.target == "/") row.propagation.clear();
        steps.push_back(step(std::move(row), mount.importance));
    }
    std::stable_partition(steps.begin(), steps.end(), remounts_root);
}

// A row of the user's own for one of the places takes this one's place.
void add_for_read_only_root(const config::Config& config, std::vector<Step>& steps) {
    const auto add = [&](const auto& rows, auto place, const auto& own, auto work_of) {
        for (const auto& row : rows) {
            if (std::ranges::find(own, row.*place, place) != own.end()) continue;
            steps.push_back(step(work_of(row)));
            steps.back().only_on_read_only_root = true;
        }
    };
    const auto rows = config::read_only_root_rows(config.profile);
    add(rows.mounts, &MountWords::target, config.mounts, [](const MountWords& mount) -> Work {
        return mount.type == "overlay" ? Work(LayOver{mount.target}) : Work(mount_row(mount));
    });
    add(rows.directories, &config::Directory::path, config.directories,
        [](const config::Directory& directory) -> Work { return directory; });
}

// PID 1 itself makes its control group, and all else is a child's: ahead of all else, one child is enough for that. A
// row for /sys or below it may be what the groups are mounted on.
bool cgroup_comes_first(const config::Config& config) {
    return config.system.cgroup && std::ranges::none_of(config.mounts, [](const MountWords& mount) {
               return mount.target == "/sys" || is_below(mount.target, "/sys");
           });
}

std::vector<Step> filesystem_steps(const config::Config& config) {
    std::vector<Step> steps;
    std::vector<Step> last;
    add_mounts(config, steps, last);
    add_for_read_only_root(config, steps);
    if (config.system.cgroup && !cgroup_comes_first(config)) steps.push_back(step(MountCgroup()));
    const auto& network = config.network;
    if (!network.name_servers.empty() && !has_row(config, kResolvConfPath))
        steps.push_back(step(WriteResolvConf{network.name_servers, network.search_domains}));
    if (config.system.hosts && !has_row(config, kHostsPath)) steps.push_back(step(WriteHosts()));
    for (const auto& file : config.files) steps.push_back(step(file));
    for (auto directory : config.directories) {
        // What the user mounts there has the mode that its own row says.
        const auto is_there = [&](const MountWords& mount) { return mount.target == directory.path; };
        const bool is_of_profile = directory.old_mode == config::OldMode::replaced_where_writable;
        if (is_of_profile && std::ranges::any_of(config.mounts, is_there)) directory.old_mode = config::OldMode::stays;
        steps.push_back(step(std::move(directory)));
    }
    for (const auto& link : config.symlinks) steps.push_back(step(link));
    auto ordered = with_needs_first(std::move(steps));
    // With all that was mounted: an own step, as mount(8) has it.
    for (auto& each : last) ordered.push_back(std::move(each));
    for (auto& target : grown_filesystems(config)) ordered.push_back(step(Grow{std::move(target)}));
    return ordered;
}

}  // namespace

bool has_row(const config::Config& config, std::string_view path) {
    const auto same = [&](const auto& row) { return row.path == path; };
    const auto covers = [&](const MountWords& mount) {
        return mount.target == path && !is_only_propagation(mount) && (mount_row(mount).flags & MS_REMOUNT) == 0;
    };
    return std::ranges::any_of(config.files, same) || std::ranges::any_of(config.symlinks, same) ||
           std::ranges::any_of(config.mounts, covers);
}

std::string_view path_of(const Work& work) {
    return std::visit(PathOf(), work);
}

std::string path_looked_at(const Work& work) {
    return std::visit(PathLookedAt(), work);
}

std::vector<std::string> grown_filesystems(const config::Config& config) {
    std::vector<std::string> targets;
    if (config.root.grow) targets.emplace_back("/");
    for (const auto& mount : config.mounts) {
        if (mount.grow) targets.push_back(mount.target);
    }
    return targets;
}

BootPlan make_boot_plan(const config::Config& config) {
    BootPlan plan{.modules = config.system.modules, .steps = {}};
    if (cgroup_comes_first(config)) plan.steps.push_back(step(MountCgroup()));
    const std::string fallback(config::fallback_hostname(config.profile));
    if (!config.system.hostname.empty()) {
        plan.steps.push_back(step(SetHostname{config.system.hostname}));
    } else if (!fallback.empty()) {
        plan.steps.push_back(step(TakeHostname{fallback}));  // before anything covers the image's /etc
    }
    for (auto& each : filesystem_steps(config)) plan.steps.push_back(std::move(each));
    for (const auto& swap : config.swaps) plan.steps.push_back(step(swap, swap.importance));
    // After everything that may bring the interpreters: flag F has the kernel open them at once.
    for (const auto& binfmt : config.binfmts) plan.steps.push_back(step(binfmt));
    for (auto& each : sysctls_in_order(config.system)) plan.steps.push_back(sysctl_step(std::move(each)));
    for (const auto& limit : config.system.rlimits) plan.steps.push_back(step(limit));
    return plan;
}

std::vector<std::string> hidden_by_profile(const config::Config& config) {
    std::vector<std::string> hidden;
    if (config.profile != "arcbox") return hidden;
    for (const auto& mount : config.mounts) {
        const bool of_image = mount.target == "/etc" || mount.target == "/var";
        if (of_image && mount.type == "tmpfs" && !mount.copy_up) hidden.push_back(mount.target);
    }
    std::ranges::sort(hidden);
    return hidden;
}

std::string to_string(const Step& step) {
    std::string text = step.name;
    if (const auto details = std::visit(Details(), step.work); !details.empty()) append(text, {" (", details, ")"});
    if (step.only_on_read_only_root) text += ", if the root is read-only";
    if (step.importance == Importance::optional) text += ", optional";
    if (step.importance == Importance::required) text += ", required";
    return text;
}

std::string key_of(const Step& step) {
    return std::visit(KeyOf(), step.work);
}

}  // namespace nlinit::plan
