// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/file/status.hpp"

#include <sys/syscall.h>
#include <unistd.h>

namespace nlinit::sys {

// Where a long has 64 bits the C library's struct is the kernel's.
static_assert(sizeof(long) == 8);

bool status_of(const UniqueFd& fd, struct stat& status) noexcept {
    return ::syscall(SYS_fstat, fd.get(), &status) == 0;
}

}  // namespace nlinit::sys
