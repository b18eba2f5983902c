// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/file/other_root.hpp"

#include <sched.h>
#include <unistd.h>

#include <cerrno>

#include "nlinit/base/append.hpp"

namespace nlinit::sys {

Result<> enter_other_root(const std::string& directory) {
    if (::chdir(directory.c_str()) != 0) return Error{errno, "look into " + directory};
    if (::chroot(".") == 0) return {};
    if (errno == EPERM && ::unshare(CLONE_NEWUSER) == 0 && ::chroot(".") == 0) return {};
    return Error{errno, concat({"change the root to ", directory, ", which takes root or a user namespace"})};
}

}  // namespace nlinit::sys
