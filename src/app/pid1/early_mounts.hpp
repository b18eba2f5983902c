// SPDX-License-Identifier: Apache-2.0
// /proc, /sys and /dev: what a boot cannot begin without.
#pragma once

#include "nlinit/sys/best_effort.hpp"

namespace nlinit::app {

// Each of those that the root has a directory for, and that is not there yet.
void mount_kernel_filesystems(sys::BestEffort& attempt);

}  // namespace nlinit::app
