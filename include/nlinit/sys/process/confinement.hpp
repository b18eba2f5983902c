// SPDX-License-Identifier: Apache-2.0
// What a process gives up for good: capabilities (capabilities(7)), and system calls (seccomp(2)).
#pragma once

#include <cstdint>
#include <span>

#include "nlinit/base/result.hpp"

namespace nlinit::sys {

// In two steps, for a process that becomes another user between them. No program that it executes will have other
// capabilities (CAP_*) than these, and the ones that it has are not lost with root's identity. Takes CAP_SETPCAP.
[[nodiscard]] Result<> bound_capabilities_to(std::span<const std::uint8_t> capabilities);
// It has these, no other, and so has what it executes, whichever user it is.
[[nodiscard]] Result<> take_capabilities_of(std::span<const std::uint8_t> capabilities);

// From here on the kernel refuses every system call with EPERM that is not for files, sockets, memory, signals, time or
// children without namespaces of their own: no execve(2), no mount(2), no module, no other namespace. For this process
// and its children, and never to be undone. ENOSYS or EINVAL: the kernel has no filters.
[[nodiscard]] Result<> confine_system_calls();

}  // namespace nlinit::sys
