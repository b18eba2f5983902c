// SPDX-License-Identifier: Apache-2.0
// Copies a small directory tree, as a fresh tmpfs over an image's /etc needs it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "nlinit/base/result.hpp"

namespace nlinit::sys {

struct CopyLimits {
    std::uint64_t bytes = 16 << 20;
    std::size_t entries = 10'000;
    std::size_t depth = 32;
    bool one_filesystem = false;  // of what is mounted in the tree, an empty directory
    bool keep_existing = false;   // what `to` has already is no failure, and its directories get what they lack
    bool special_files = false;   // devices, pipes and sockets too, and files of several names stay one file
};

// Copies what the directory `from` holds into the directory `to` (descriptors): files, directories and symlinks, with
// owner, mode and time of modification. Devices, pipes and sockets are passed over, unless asked for. What a limit
// forbids or what cannot be copied is left out, and the error says how much that was and names the first of it.
[[nodiscard]] Result<> copy_tree(int from, int to, const CopyLimits& limits = {});

}  // namespace nlinit::sys
