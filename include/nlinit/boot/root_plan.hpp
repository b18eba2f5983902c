// The real root filesystem, as the kernel's own parameters name it, for a boot that starts in an initramfs.
#pragma once

#include <optional>
#include <string>

#include "nlinit/boot/mount_plan.hpp"
#include "nlinit/config/kernel_command_line.hpp"

namespace nlinit::boot {

struct RootPlan {
    std::string source;  // /dev/vda, or a tag where the filesystem has no device
    std::string type;    // rootfstype=, tried in turn where it is a list; empty: whatever the kernel knows
    unsigned long flags = 0;
    std::string data;
    [[nodiscard]] bool needs_device() const noexcept { return source.starts_with("/dev/"); }
};

// root=, rootfstype=, rootflags=, ro and rw (Documentation/admin-guide/kernel-parameters.rst); read-only unless rw is
// the last word. Nothing without root=.
[[nodiscard]] std::optional<RootPlan> root_plan(const config::KernelCommandLine& command_line);

}  // namespace nlinit::boot
