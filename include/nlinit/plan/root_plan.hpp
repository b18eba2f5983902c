// SPDX-License-Identifier: Apache-2.0
// The root filesystem: the one that an initramfs leads to, and the overlay that makes it writable.
#pragma once

#include <optional>

#include "nlinit/config/config.hpp"
#include "nlinit/machine/mount_row.hpp"

namespace nlinit::plan {

// Both are rows without a target, which is found as any row of [[mount]] is: see types_to_try() and DeviceName.

// Nothing without a device in [root] or root=. Read-only unless asked otherwise.
[[nodiscard]] std::optional<MountRow> root_plan(const config::Root& root);

// What is mounted to take the writes of an overlay; a tmpfs is one whose source is "tmpfs". Nothing without an overlay.
[[nodiscard]] std::optional<MountRow> upper_plan(const config::Root& root);

}  // namespace nlinit::plan
