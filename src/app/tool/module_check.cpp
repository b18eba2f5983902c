// SPDX-License-Identifier: Apache-2.0
#include "app/tool/module_check.hpp"

#include <dirent.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "nlinit/base/append.hpp"
#include "nlinit/base/text.hpp"
#include "nlinit/plan/module_plan.hpp"
#include "nlinit/sys/file/directory.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/machine/module.hpp"

namespace nlinit::app {
namespace {

using std::string_view;

// In every kernel that boots a system, and never a module of its own.
constexpr std::array kKernelsOwn =
    std::to_array<string_view>({"proc",   "sysfs",    "devtmpfs",  "tmpfs",   "ramfs",      "devpts",    "cgroup2",
                                "cgroup", "mqueue",   "debugfs",   "tracefs", "securityfs", "hugetlbfs", "bpf",
                                "pstore", "efivarfs", "selinuxfs", "smackfs", "resctrl",    "cpuset",    "binder"});

// Whose modules have other names. The aliases of what is built in are in no index.
constexpr auto kModulesOfTypes = std::to_array<std::pair<string_view, string_view>>({
    {"ext2", "ext4"},
    {"ext3", "ext4"},
    {"iso9660", "isofs"},
    {"fuseblk", "fuse"},
    {"fusectl", "fuse"},
    {"smb3", "cifs"},
    {"nfs4", "nfs"},
    {"gfs2meta", "gfs2"},
    {"rpc_pipefs", "sunrpc"},
    {"autofs", "autofs4"},
    {"pvfs2", "orangefs"},
});

// "fuse.sshfs" is fuse for the kernel, and so is each type with a dot.
bool is_kernels_own(string_view type) {
    return std::ranges::find(kKernelsOwn, first_field(type, '.')) != kKernelsOwn.end();
}

class ModuleCheck {
  public:
    ModuleCheck(const BootConfig& boot_config, const std::vector<std::string>& modules, MountedTypes types,
                std::string release, const Complain& complain)
        : boot_(boot_config),
          config_(boot_config.config),
          names_(modules),
          types_(std::move(types)),
          release_(std::move(release)),
          complain_(complain) {}

    void run() {
        find_modules();
        if (modules_) check_all();
    }

  private:
    [[nodiscard]] bool wants_modules() const {
        return !names_.empty() ||
               !std::ranges::all_of(types_, [](const auto& type) { return is_kernels_own(type.first); });
    }

    // The directories that have this file.
    static std::vector<std::string> releases_with(const std::string& file) {
        std::vector<std::string> releases;
        for (const char* base : {"/lib/modules/", "/usr/lib/modules/"}) {
            const sys::Directory entries(::opendir(base));
            while (const dirent* entry = entries == nullptr ? nullptr : ::readdir(entries.get()))
                if (entry->d_name[0] != '.' && sys::exists(concat({base, entry->d_name, file})) &&
                    std::ranges::find(releases, entry->d_name) == releases.end())
                    releases.emplace_back(entry->d_name);
        }
        return releases;
    }

    void find_modules() {
        if (!config_.root.overlay.empty()) types_.emplace_back("overlay", "root.overlay");
        if (!wants_modules()) return;
        auto releases = releases_with("/modules.dep");
        if (releases.empty()) releases = releases_with("/.");
        std::ranges::sort(releases);
        if (release_.empty() && releases.size() > 1) {
            complain_("", concat({"/lib/modules is for kernels ", releases.front(), " to ", releases.back(),
                                  ": --kernel says which one boots"}));
            return;
        }
        if (release_.empty() && !releases.empty()) release_ = releases.front();
        if (!release_.empty() && (!releases.empty() || config_.root.device.empty()))
            modules_.emplace("/lib/modules/" + release_);
    }

    void check_all() {
        for (const auto& module : names_) {
            if (module == plan::kModulesOfDevices) continue;
            const auto files = modules_->files_for(module.substr(0, module.find(' ')));
            if (!files.ok())
                complain_(boot_.sources.contains(config::row_key("system.modules", module))
                              ? config::row_key("system.modules", module)
                              : "system.modules",
                          to_string(files.error()));
        }
        // What is built in is known by that file alone.
        const auto directory = concat({"/lib/modules/", release_, "/modules.builtin"});
        if (!sys::exists(directory) && !sys::exists("/usr" + directory)) return;
        for (const auto& [type, key] : types_) check_type(type, key);
    }

    [[nodiscard]] bool has_module_of(const std::string& full_type) {
        const std::string type(first_field(full_type, '.'));
        const auto* other = std::ranges::find(kModulesOfTypes, type, &std::pair<string_view, string_view>::first);
        return modules_->files_for("fs-" + type).ok() || modules_->files_for(type).ok() ||
               (other != kModulesOfTypes.end() && modules_->files_for(std::string(other->second)).ok());
    }

    void check_type(const std::string& type, const std::string& key) {
        if (is_kernels_own(type)) return;
        if (!has_module_of(type))
            return complain_(key, concat({"kernel ", release_, " has no ", type,
                                          ", neither as a module of this root nor built in"}));
        if (type == "9p" && !modules_->files_for("9pnet_virtio").ok())
            complain_(key, concat({"kernel ", release_, " has no 9pnet_virtio, which a 9p share of a host needs"}));
    }

    const BootConfig& boot_;
    const config::Config& config_;
    const std::vector<std::string>& names_;
    MountedTypes types_;
    std::string release_;
    const Complain& complain_;
    std::optional<sys::ModuleLoader> modules_;
};

}  // namespace

void check_modules(const BootConfig& boot_config, const std::vector<std::string>& modules, MountedTypes types,
                   const std::string& release, const Complain& complain) {
    ModuleCheck(boot_config, modules, std::move(types), release, complain).run();
}

}  // namespace nlinit::app
