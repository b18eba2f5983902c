// SPDX-License-Identifier: Apache-2.0
// Files of the image that say what the payload is, beside the configuration: payload.oci and payload.env_file. They are
// read when the mounts are there, by children.
#pragma once

#include <string>
#include <vector>

#include "app/pid1/boot_config.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/plan/boot_plan.hpp"

namespace nlinit::app {

struct PayloadFile {
    std::string path;
    Result<std::string> text = std::string();
};

// Those that are to be read: config.json first.
[[nodiscard]] std::vector<PayloadFile> payload_files(const config::Payload& payload);
// For a child. Neither links nor files of others than root are followed or obeyed, but for a share, which is the
// host's.
[[nodiscard]] Result<std::string> read_payload_file(const std::string& path);

struct PayloadRemarks {
    std::vector<std::string> warnings;
    std::string not_obeyed, information;  // empty: nothing
};
// Lays what they say over the config, and sets payload_fault.
[[nodiscard]] PayloadRemarks lay_payload_files(const std::vector<PayloadFile>& files, BootConfig& boot_config);

// What is to be done for the host name and the sysctls that were not in the config before.
[[nodiscard]] std::vector<plan::Step> steps_for(const config::System& before, const config::Config& config);

}  // namespace nlinit::app
