// Control groups, version 2: Documentation/admin-guide/cgroup-v2.rst of the kernel.
#pragma once

#include <cstdint>
#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

// cgroup2 on /sys/fs/cgroup unless cgroup.controllers is there, with nsdelegate,memory_recursiveprot, then nsdelegate,
// then nothing, for older kernels. Puts the caller into a leaf "init" and enables all controllers for the others.
[[nodiscard]] Result<> mount_cgroup();

// Who writes "0" to this descriptor enters /sys/fs/cgroup/NAME, which is made if need be.
[[nodiscard]] Result<UniqueFd> open_cgroup(const std::string& name);

// Puts the caller into NAME.
[[nodiscard]] Result<> enter_cgroup(const std::string& name);

// At most so many processes and threads in NAME and below it at a time (pids.max).
[[nodiscard]] Result<> limit_pids(const std::string& name, std::uint32_t most);

// Kills every process of /sys/fs/cgroup/NAME and below at once, however fast they fork (cgroup.kill, Linux 5.14); on
// older kernels one by one, frozen meanwhile where the kernel can (5.2).
[[nodiscard]] Result<> kill_cgroup(const std::string& name);

// A signal to each of them; who forks meanwhile may have a child that does not get it.
void signal_cgroup(const std::string& name, int number) noexcept;

// Whether a process is left in NAME or below it; false where there is no such group.
[[nodiscard]] bool is_populated(const std::string& name);

}  // namespace nlinit::sys
