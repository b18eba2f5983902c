// mount(2) that nobody has to wait for: a thread of its own makes the call.
//
//     auto mounting = start_mount(row, row.flags);
//     loop.watch(mounting->fd(), ...);        // readable when it is done
//     ... mount_result(*mounting)
#pragma once

#include "nlinit/base/result.hpp"
#include "nlinit/boot/mount_plan.hpp"
#include "nlinit/sys/background_calls.hpp"

namespace nlinit::sys {

// Mounts, and looks once at the root of what it mounted: the kernel mounts a virtiofs whose daemon never answers, and
// it is the first look that hangs. The row is copied. A call that does not end mounts late if it ends after all.
[[nodiscard]] Result<BackgroundCalls> start_mount(const boot::MountRow& row, unsigned long flags);
// Once it is done: 0 or an errno. Whatever the look said: that it said something is enough.
[[nodiscard]] int mount_result(const BackgroundCalls& mounting) noexcept;

}  // namespace nlinit::sys
