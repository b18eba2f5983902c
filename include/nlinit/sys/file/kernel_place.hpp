// /proc, /sys, /dev and /run by descriptors that were opened while the root answered. A path of theirs begins at "/":
// where the root is a share, or an overlay over one, the kernel asks the share's server for the name "proc" each time,
// and whoever does so waits with a server that is silent. Relative to a descriptor there is nobody to ask.
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

// From now on; once more where something else is mounted there by now. Only where the root may ask somebody: what is
// mounted over /run later is not seen by it any more.
void keep_kernel_directories();
// In a process whose descriptors were closed.
void forget_kernel_directories() noexcept;

// Of a path below one of the four the descriptor that is kept; of any other, and where none is kept, the path itself.
[[nodiscard]] KernelPlace kernel_place(const char* path) noexcept;

// access(2), open(2), mkdir(2) and opendir(3) of such a path.
[[nodiscard]] bool kernel_file_exists(const char* path) noexcept;
[[nodiscard]] int make_kernel_directory(const char* path) noexcept;
[[nodiscard]] int open_kernel_file(const char* path, int flags) noexcept;
[[nodiscard]] Directory open_kernel_directory(const char* path) noexcept;

}  // namespace nlinit::sys
