// SPDX-License-Identifier: Apache-2.0
// The root of another system, unpacked or mounted in a directory, as the system would see it.
#pragma once

#include <string>

#include "nlinit/base/result.hpp"

namespace nlinit::sys {

// From here on the directory is this process's root, and every path and link leads within it (chroot(2)). Where that is
// not permitted, in a user namespace of its own. For a process that only looks, and ends then.
[[nodiscard]] Result<> enter_other_root(const std::string& directory);

}  // namespace nlinit::sys
