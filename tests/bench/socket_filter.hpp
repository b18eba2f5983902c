// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/filter.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>

#include "process.hpp"

namespace bench {

// Loads are big-endian; what rtnetlink carries is in host order.
template <std::size_t Size>
void attach(int fd, std::array<sock_filter, Size> filter) {
    const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) die("filter what a socket gets");
}

}  // namespace bench
