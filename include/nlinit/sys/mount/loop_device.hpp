// SPDX-License-Identifier: Apache-2.0
// Loop devices (loop(4)) at the end of the machine.
#pragma once

#include <vector>

#include "nlinit/base/time.hpp"
#include "nlinit/sys/mount/mount_table.hpp"

namespace nlinit::sys {

// Whether it is the filesystem of an image: a file of another filesystem, which may be a share.
[[nodiscard]] bool is_of_loop_device(const MountEntry& entry) noexcept;

// A loop device keeps its file open for writing, mounted or not, and so the filesystem of that file in use. Each whose
// file is on one of these is told to let go of it: at once, or when what uses the device ends. Others are another
// machine's: the kernel has one set for all containers. What goes wrong is logged.
void free_loop_devices(const std::vector<MountEntry>& filesystems, TimePoint deadline);

}  // namespace nlinit::sys
