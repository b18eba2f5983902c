// SPDX-License-Identifier: Apache-2.0
// /proc, /sys, /dev and /run by descriptors that were opened while the root answered. A path to them begins at "/": if
// the root is a share, or an overlay over one, the kernel asks the share's server for the name "proc" at each use, and
// the process waits while that server is silent. Relative to a descriptor the kernel asks no server.
//
//     const auto at = kernel_place("/proc/self/mountinfo");
//     openat(at.directory, at.name, …);
#pragma once

#include <fcntl.h>

#include "nlinit/sys/file/directory.hpp"

namespace nlinit::sys {

struct KernelPlace {
    int directory = AT_FDCWD;
    const char* name = nullptr;  // a part of the path that it was made of
};

// Keeps the descriptors from now on; call it again when something else has been mounted there. Does so only where a use
// of the root may ask a server, because what is mounted over /run later is not seen through the descriptor.
void keep_kernel_directories();
// For a child that has closed its descriptors.
void forget_kernel_directories() noexcept;

// For a path below one of the four, the kept descriptor and the rest of the path; otherwise AT_FDCWD and the path.
[[nodiscard]] KernelPlace kernel_place(const char* path) noexcept;

// access(2), open(2), mkdir(2) and opendir(3) of such a path.
[[nodiscard]] bool kernel_file_exists(const char* path) noexcept;
[[nodiscard]] int make_kernel_directory(const char* path) noexcept;
[[nodiscard]] int open_kernel_file(const char* path, int flags) noexcept;
[[nodiscard]] Directory open_kernel_directory(const char* path) noexcept;

}  // namespace nlinit::sys
