// The root filesystem: the one that an initramfs leads to, and the overlay that makes it writable.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "nlinit/boot/mount_plan.hpp"
#include "nlinit/config/config.hpp"

namespace nlinit::boot {

struct RootPlan {
    std::string source;  // "/dev/vda", "PARTUUID=…", or a tag where the filesystem has no device
    std::string type;    // a list is tried in turn; empty: whatever the kernel knows
    unsigned long flags = 0;
    std::string data;
    std::chrono::milliseconds timeout{0};  // for a device to appear
    [[nodiscard]] bool needs_device() const noexcept;
};

// Nothing without a device in [root] or root=. Read-only unless asked otherwise.
[[nodiscard]] std::optional<RootPlan> root_plan(const config::Root& root);

// What is mounted to take the writes of an overlay; a tmpfs is one whose source is "tmpfs". Nothing without an overlay.
[[nodiscard]] std::optional<RootPlan> upper_plan(const config::Root& root);

}  // namespace nlinit::boot
