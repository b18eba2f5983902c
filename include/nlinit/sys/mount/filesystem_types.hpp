// SPDX-License-Identifier: Apache-2.0
// Filesystem types that the kernel knows, and the modules of those that it does not know yet.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/sys/machine/module.hpp"

namespace nlinit::sys {

// What the kernel lists (/proc/filesystems), what modules bring, and what neither has are remembered: to read lists and
// indexes for every mount takes longer than most mounts.
class FilesystemTypes {
  public:
    explicit FilesystemTypes(std::string modules_directory = {});

    // Loads the module of a type that the kernel does not list: by the alias under which the kernel asks for it
    // ("fs-9p"), then by the type's name. Fails with the reason where there is no such module and the kernel has no
    // modprobe(8) to start either. A type without a name needs nothing.
    [[nodiscard]] Result<> make_known(const std::string& type);

    // Whether that is so already, as far as is known here: then make_known() waits for nobody.
    [[nodiscard]] bool is_known(const std::string& type);

    // The text of /proc/filesystems; empty where it cannot be read.
    [[nodiscard]] const std::string& list();

    // Forgets what was read, because the root or /proc has changed and other modules may be there.
    void forget();

    [[nodiscard]] ModuleLoader& modules() noexcept { return modules_; }

  private:
    [[nodiscard]] Result<> load_module_of(const std::string& type);

    std::string directory_;
    ModuleLoader modules_;
    std::optional<std::string> list_;
    std::map<std::string, Error, std::less<>> missing_;
};

}  // namespace nlinit::sys
