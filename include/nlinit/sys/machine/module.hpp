// SPDX-License-Identifier: Apache-2.0
// Kernel modules: what modprobe does with a name, by finit_module(2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/image/device_drivers.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

// Loads modules of /lib/modules/RELEASE, or of /usr/lib/modules/RELEASE where that is not there, with what they depend
// on (modules.dep), reading that file once. Names are as in lsmod: '-' and '_' are the same. Built in (modules.builtin)
// or loaded already is fine. Compressed modules are handed to the kernel (MODULE_INIT_COMPRESSED_FILE). What
// modules.softdep wants before or after a module is loaded too, if it is there. A name may be an alias ("fs-9p"), which
// stands for all modules that have it, one of which must load, and have parameters: "virtio_net napi_tx=0". Without
// modules.dep the module NAME.ko is looked for below the directory.
class ModuleLoader {
  public:
    // directory: empty for /lib/modules/ and uname(2)'s release.
    explicit ModuleLoader(std::string directory = {});
    [[nodiscard]] Result<> load(const std::string& name);

    // The directory of the running kernel's modules below `root`, "/lib/modules/RELEASE" or that in /usr; empty: none.
    [[nodiscard]] static std::string directory_below(const std::string& root);
    // For PID 1: from here on it and its children load modules from this directory where the root has none of this
    // kernel's.
    static void fall_back_on(UniqueFd directory);

    // The modules of drivers for devices of these names (image/device_drivers), as far as there are such: valid as long
    // as this is. None without modules.dep and modules.alias.
    [[nodiscard]] image::DeviceDrivers drivers_of(const std::vector<std::string>& names, image::DriverUse up_to);
    // Or built in. Names and aliases as load() has them.
    [[nodiscard]] static bool is_loaded(std::string_view name);
    // Whether there is a modules.alias to find them by.
    [[nodiscard]] bool knows_devices();

    // What load() would insert, in this order, whether it is there already or not: files relative to the directory.
    // Empty for what is built in.
    [[nodiscard]] Result<std::vector<std::string>> files_for(const std::string& name);

  private:
    void read_index();
    [[nodiscard]] const std::string& aliases();
    [[nodiscard]] bool is_builtin(std::string_view name);
    [[nodiscard]] Error missing(const std::string& name) const;
    [[nodiscard]] std::optional<std::vector<std::string>> files_of(std::string_view name);
    // The files of each module that a name stands for, in the order of loading. None for what is built in.
    [[nodiscard]] Result<std::vector<std::vector<std::string>>> modules_for(const std::string& name);
    [[nodiscard]] Result<> load_any(const std::string& name, const std::string& parameters);
    [[nodiscard]] Result<> load_files(const std::string& name, const std::vector<std::string>& files,
                                      const std::string& parameters);
    [[nodiscard]] Result<> load_file(const std::string& name, const std::string& file, const std::string& parameters);
    [[nodiscard]] Result<> insert(const std::string& name, const std::string& file, const std::string& parameters);
    [[nodiscard]] const std::string& soft_dependencies();

    std::string directory_;
    std::optional<std::string> soft_;          // modules.softdep
    std::optional<std::string> builtin_;       // modules.builtin
    std::optional<std::string> aliases_;       // modules.alias
    std::optional<std::string> dependencies_;  // modules.dep, once it is read: some 100 KiB, and few lines are wanted
    bool index_read_ = false;
    bool takes_parameters_ = false;       // the module of load(): it has none, or was loaded with them
    std::vector<std::string> under_way_;  // whose soft dependencies are being loaded
};

}  // namespace nlinit::sys
