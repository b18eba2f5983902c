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
// It has these and no other. What it executes as root has what it is bounded to; as another user, and where its files
// ask for more (capabilities(7)), it has `handed_on`, which are some of them.
[[nodiscard]] Result<> take_capabilities_of(std::span<const std::uint8_t> capabilities,
                                            std::span<const std::uint8_t> handed_on);
// Whether there is this one to be had: the kernel knows it, and whoever started us has left it to us.
[[nodiscard]] bool may_have_capability(std::uint8_t capability) noexcept;

// From here on the kernel refuses every system call with EPERM that is not for files, sockets, memory, signals, time or
// children without namespaces of their own: no execve(2), no mount(2), no module, no other namespace. For this process
// and its children, and never to be undone. ENOSYS or EINVAL: the kernel has no filters.
[[nodiscard]] Result<> confine_system_calls();

}  // namespace nlinit::sys
