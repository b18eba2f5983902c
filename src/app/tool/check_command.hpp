// SPDX-License-Identifier: Apache-2.0
// The command `check`: a configuration, and what else can be known before the first boot.
#pragma once

#include <string>
#include <vector>

#include "app/pid1/boot_config.hpp"

namespace nlinit::app {

// The words behind "check"; gives the exit status.
[[nodiscard]] int check(const std::vector<std::string>& words);
[[nodiscard]] std::vector<std::string> check_option_names();  // "--root"

// What payload.oci and payload.env_file say, as far as this process's root has them. What is wrong with them becomes
// warnings of the config.
void add_payload_files(BootConfig& boot_config);

}  // namespace nlinit::app
