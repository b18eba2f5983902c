// SPDX-License-Identifier: Apache-2.0
// Control groups, version 2: Documentation/admin-guide/cgroup-v2.rst of the kernel.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

// cgroup2 on /sys/fs/cgroup unless cgroup.controllers is there, with nsdelegate,memory_recursiveprot, then nsdelegate,
// then nothing, for older kernels. Puts the caller into a leaf "init", which has the CPU before the others and some
// memory that nobody takes, and enables all controllers for the others.
[[nodiscard]] Result<> mount_cgroup();

// A process that writes "0" to this descriptor enters /sys/fs/cgroup/NAME, which is made if it does not exist.
[[nodiscard]] Result<UniqueFd> open_cgroup(const std::string& name);

// Puts the caller into NAME.
[[nodiscard]] Result<> enter_cgroup(const std::string& name);

// A payload that forks for ever has a thousand processes for each of ours, and one that takes all memory takes the
// pages that our program is made of: leaf init comes first. Best effort, for a kernel may be without the controllers.
// Not before the payload runs, which would wait for all that PID 1 has still to do.
void favour_init();

// What the processes of a group and below it may take. `memory`: who wants more meets the OOM killer in the group,
// which kills all of it at once (memory.max, memory.oom.group), so that the machine's own never has to look for a
// victim. What is charged to a group outlives its processes: files in a tmpfs.
struct CgroupLimits {
    std::optional<std::uint32_t> pids;    // processes and threads at a time; none: three quarters of the kernel's limit
    std::optional<std::uint64_t> memory;  // bytes; none: all of the machine's but a reserve for kernel and PID 1
    bool by_default = true;               // what "none" stands for; without it, no limit
};
[[nodiscard]] Result<> limit(const std::string& name, const CgroupLimits& limits);

// How often the OOM killer has killed in the group since the group was made (memory.events). 0 also when the kernel
// does not count.
[[nodiscard]] std::uint64_t oom_kills(const std::string& name);
// memory.max of the group in words: "220M", "max"; empty: there is none.
[[nodiscard]] std::string memory_limit_of(const std::string& name);

// Kills every process of /sys/fs/cgroup/NAME and below at once, however fast they fork (cgroup.kill, Linux 5.14); on
// older kernels one by one, frozen meanwhile where the kernel can (5.2).
[[nodiscard]] Result<> kill_cgroup(const std::string& name);

// Sends a signal to each process of the group. A child that is forked meanwhile may not get the signal.
void signal_cgroup(const std::string& name, int number) noexcept;

// Whether a process is left in NAME or below it; false where there is no such group.
[[nodiscard]] bool is_populated(const std::string& name);

}  // namespace nlinit::sys
