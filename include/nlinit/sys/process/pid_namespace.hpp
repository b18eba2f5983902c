// SPDX-License-Identifier: Apache-2.0
// Whether PID 1 is that of the machine, or of a container (pid_namespaces(7)).
#pragma once

namespace nlinit::sys {

// Whether this process is in the machine's first PID namespace. PID 1 of any other shares disks, swap and loop devices
// with the machine around it. Looked up once, at the first call: /proc may be gone later.
[[nodiscard]] bool is_in_first_pid_namespace() noexcept;

// Whether a file of /proc/sys or /sys is that of the machine around, and not this container's to write to: all but what
// the network, IPC, UTS and user namespaces have of their own. What something else is mounted over is the container's.
[[nodiscard]] bool is_the_machines_alone(const char* path) noexcept;

// Whether this PID 1 of a PID namespace has the mount namespace of the processes around it, as `unshare --pid --fork`
// leaves it: what it mounted would be mounted for all of them.
[[nodiscard]] bool shares_mount_namespace() noexcept;

}  // namespace nlinit::sys
