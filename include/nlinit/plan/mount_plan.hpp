// SPDX-License-Identifier: Apache-2.0
// The mounts that every boot starts with.
#pragma once

#include <array>

#include "nlinit/machine/mount_row.hpp"

namespace nlinit::plan {

// /proc, /sys and /dev: needed before anything can be read or logged.
[[nodiscard]] const std::array<EarlyMount, 3>& early_mounts() noexcept;

}  // namespace nlinit::plan
