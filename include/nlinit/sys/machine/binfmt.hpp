// SPDX-License-Identifier: Apache-2.0
// Interpreters for programs of other formats: binfmt_misc (Documentation/admin-guide/binfmt-misc.rst).
#pragma once

#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/machine/binfmt.hpp"

namespace nlinit::sys {

// Mounts binfmt_misc on `directory` if it is not there, and registers the format; one of that name is replaced.
[[nodiscard]] Result<> register_binfmt(const Binfmt& binfmt, const std::string& directory = "/proc/sys/fs/binfmt_misc");

}  // namespace nlinit::sys
