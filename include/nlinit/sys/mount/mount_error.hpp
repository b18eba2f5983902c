// SPDX-License-Identifier: Apache-2.0
// Explains in a sentence what a failure of mount(2) means for a row.
#pragma once

#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/machine/mount_row.hpp"

namespace nlinit::sys {

// "mount virtiofs users on /Users", "mount tmpfs on /run", "bind /a on /b".
[[nodiscard]] std::string mount_sentence(const MountRow& row);

// One errno has several meanings, which the row tells apart: the bare words of errno would send the reader looking in
// the wrong place. The target is there, for it is made before.
[[nodiscard]] Error explain_mount(int code, const MountRow& row);

}  // namespace nlinit::sys
