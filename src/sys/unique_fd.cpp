// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/unique_fd.hpp"

#include <unistd.h>

#include <cerrno>

namespace nlinit::sys {

void UniqueFd::reset(int fd) noexcept {
    const int kept = errno;
    const int old = std::exchange(fd_, fd);
    // Never again on EINTR: Linux has freed the descriptor by then (close(2)).
    if (old >= 0) ::close(old);
    errno = kept;
}

}  // namespace nlinit::sys
