// SPDX-License-Identifier: Apache-2.0
// What can be known of a boot before the first: the configuration, and the root that it is for.
#pragma once

#include <string>
#include <vector>

#include "app/pid1/boot_config.hpp"

namespace nlinit::app {

// Sentences about what will fail, each with the place of the value that it is about. The root is this process's
// (sys/file/other_root), and holds what it holds before anything is mounted. `release`: of the kernel, "6.1.0-9";
// empty: the one that the root has modules of. `by_kernel`: who mounts the root, and not an initramfs.
[[nodiscard]] std::vector<std::string> check_root(const BootConfig& boot_config, const std::string& release,
                                                  bool by_kernel);

}  // namespace nlinit::app
