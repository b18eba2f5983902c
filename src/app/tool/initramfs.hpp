// SPDX-License-Identifier: Apache-2.0
// `nlinit initramfs`: an initramfs with nlinit as its init, the modules that a guest needs, and a configuration.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nlinit/base/result.hpp"

namespace nlinit::app {

enum class InitramfsStatus : int {
    made = 0,
    usage = 2,
    unfit = 3,  // what is to be in it: not there, for another machine, outside of where it should be, too large
    not_written = 9,
};

struct InitramfsOptions {
    std::string modules_from, kernel, config, output;
    std::string init;                                        // empty: this program
    std::vector<std::string> modules;                        // by name
    bool guest_modules = true;                               // and those of every guest
    std::vector<std::pair<std::string, std::string>> added;  // path in the image, file of this machine
};

// The words behind "initramfs".
[[nodiscard]] Result<InitramfsOptions> parse_initramfs_options(const std::vector<std::string>& words);

// Gives the exit status; what is wrong is in the log.
[[nodiscard]] InitramfsStatus make_initramfs(const InitramfsOptions& options);

[[nodiscard]] std::vector<std::string> initramfs_option_names();  // "--kernel"

}  // namespace nlinit::app
