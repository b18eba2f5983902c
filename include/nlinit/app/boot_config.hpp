// The configuration of this boot: profile, file and kernel command line laid over one another.
#pragma once

#include <string>
#include <vector>

#include "nlinit/config/config.hpp"
#include "nlinit/config/kernel_command_line.hpp"

namespace nlinit::app {

struct BootConfig {
    config::Config config;
    std::string file;                   // that was read; empty: none
    std::vector<std::string> warnings;  // one sentence each
};

// Reads nlinit.config= or /etc/nlinit.toml. What cannot be read or understood is a warning, and the profile boots.
[[nodiscard]] BootConfig read_boot_config(const config::KernelCommandLine& command_line);

}  // namespace nlinit::app
