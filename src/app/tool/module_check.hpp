// SPDX-License-Identifier: Apache-2.0
// Whether a root has the modules that a configuration names, and those of the filesystems that it mounts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/pid1/boot_config.hpp"
#include "app/tool/payload_check.hpp"

namespace nlinit::app {

// Types of filesystems, each with the key of the row that mounts it.
using MountedTypes = std::vector<std::pair<std::string, std::string>>;

// `release`: of the kernel; empty: the one that the root has modules of. Where there is an initramfs modules are its
// business, unless the root has some.
void check_modules(const BootConfig& boot_config, const std::vector<std::string>& modules, MountedTypes types,
                   const std::string& release, const Complain& complain);

}  // namespace nlinit::app
