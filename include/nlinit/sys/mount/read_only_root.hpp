// SPDX-License-Identifier: Apache-2.0
// A root that cannot be written to, and its directories that programs must write to all the same.
#pragma once

#include <string>

#include "nlinit/base/result.hpp"

namespace nlinit::sys {

// One call, statfs(2); where a host may refuse what the mount allows, as a share's does, a file is made and removed.
[[nodiscard]] bool root_is_read_only() noexcept;

// Lays memory over a directory, so that what it holds is there and can be changed, until the machine ends: an overlay
// with a tmpfs above; where the kernel has none, neither built in nor as a module, a tmpfs with a copy, of up to 16 MiB
// (see copy_tree()). Nothing is done where something is mounted already.
[[nodiscard]] Result<> lay_memory_over(const std::string& directory);

// The two ways, for each where the other is not wanted.
[[nodiscard]] Result<> lay_overlay_over(const std::string& directory);
[[nodiscard]] Result<> lay_copy_over(const std::string& directory);

}  // namespace nlinit::sys
