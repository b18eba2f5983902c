// SPDX-License-Identifier: Apache-2.0
// The modules of one kernel, in a directory of this machine that may be a whole root.
#pragma once

#include <string>
#include <string_view>

#include "nlinit/base/result.hpp"
#include "nlinit/image/module_choice.hpp"

namespace nlinit::app {

struct ModuleDirectory {
    std::string base;     // what was asked for, without links: nothing outside of it is read
    std::string path;     // the kernel's directory in it
    std::string version;  // its name
    image::ModuleTexts texts;
};

// directory: a root, its lib/modules or usr/lib/modules, or what is in there for one kernel. version: empty where there
// are modules of one kernel only.
[[nodiscard]] Result<ModuleDirectory> find_modules(const std::string& directory, const std::string& version);

// Where a module is that modules.dep names. Links are followed, but not out of the base.
[[nodiscard]] Result<std::string> find_module_file(const ModuleDirectory& modules, std::string_view file);

// Whether the kernel can load modules that are compressed: it cannot (an error), or nobody knows (a sentence).
[[nodiscard]] Result<std::string> check_decompression(const ModuleDirectory& modules, std::string_view file);

}  // namespace nlinit::app
