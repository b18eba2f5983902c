// SPDX-License-Identifier: Apache-2.0
// The configuration of this boot: profile, file and kernel command line laid over one another.
#pragma once

#include <string>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/config/kernel_command_line.hpp"

namespace nlinit::app {

struct BootConfig {
    config::Config config;
    std::string file;                   // that was read; empty: none
    config::Sources sources;            // where each value came from
    std::vector<std::string> warnings;  // one sentence each
    std::string payload_fault;          // why the payload must not be started; empty: it may be
    std::string file_fault;             // the first mistake in the file, or why it could not be read; empty: none
};

// The text of a configuration, if it is no longer than one may be.
[[nodiscard]] Result<std::string> read_config_file(const std::string& path);

// Where the file is: nlinit.config= or /etc/nlinit.toml.
[[nodiscard]] std::string config_path(const config::KernelCommandLine& command_line);
// With that file's text, or why it could not be read. What cannot be read or understood is a warning, and the profile
// boots.
[[nodiscard]] BootConfig read_boot_config(const config::KernelCommandLine& command_line,
                                          const Result<std::string>& text);
[[nodiscard]] BootConfig read_boot_config(const config::KernelCommandLine& command_line);

}  // namespace nlinit::app
