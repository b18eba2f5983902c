// Control groups, version 2: Documentation/admin-guide/cgroup-v2.rst of the kernel.
#pragma once

#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

// cgroup2 on /sys/fs/cgroup unless cgroup.controllers is there, with nsdelegate,memory_recursiveprot, then nsdelegate,
// then nothing, for older kernels. Puts the caller into a leaf "init" and enables all controllers for the others.
[[nodiscard]] Result<> mount_cgroup();

// Who writes "0" to this descriptor enters /sys/fs/cgroup/NAME, which is made if need be.
[[nodiscard]] Result<UniqueFd> open_cgroup(const std::string& name);

// Kills every process of /sys/fs/cgroup/NAME and below at once, however fast they fork (cgroup.kill, Linux 5.14).
[[nodiscard]] Result<> kill_cgroup(const std::string& name);

}  // namespace nlinit::sys
