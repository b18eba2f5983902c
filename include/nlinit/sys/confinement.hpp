// A process that gives up what it will not need: for one that reads what the network sends and executes nothing more.
#pragma once

#include <span>

#include "nlinit/base/result.hpp"

namespace nlinit::sys {

// These capabilities (CAP_*, capabilities(7)) are kept, all others lost for ever, over an execve(2) too.
[[nodiscard]] Result<> keep_capabilities(std::span<const int> capabilities);

// From here on the kernel refuses every system call with EPERM that is not for files, sockets, memory, signals, time or
// children without namespaces of their own (seccomp(2)): no execve(2), no mount(2), no module, no other namespace. For
// this process and its children, and never to be undone. ENOSYS or EINVAL: the kernel has no filters.
[[nodiscard]] Result<> confine_system_calls();

}  // namespace nlinit::sys
