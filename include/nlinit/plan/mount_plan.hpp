// Mounts: the ones that every boot starts with, and those of the configuration.
#pragma once

#include <array>

#include "nlinit/config/config.hpp"
#include "nlinit/machine/mount_row.hpp"

namespace nlinit::plan {

// /proc, /sys and /dev: needed before anything can be read or logged.
[[nodiscard]] const std::array<EarlyMount, 3>& early_mounts() noexcept;

[[nodiscard]] MountRow mount_row(const config::Mount& mount);

}  // namespace nlinit::plan
