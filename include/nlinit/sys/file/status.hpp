// SPDX-License-Identifier: Apache-2.0
// What fstat(2) says of an open file, which may be one of O_PATH. That of glibc 2.33 and later goes by newfstatat(2)
// with an empty path, for which the kernel clears a page as for any path: ten times the instructions, on each directory
// of each path that is walked.
#pragma once

#include <sys/stat.h>

#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

// False, with errno set, where nothing is known.
[[nodiscard]] bool status_of(const UniqueFd& fd, struct stat& status) noexcept;

}  // namespace nlinit::sys
