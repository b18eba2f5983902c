// From an initramfs to the real root filesystem.
#pragma once

#include <string>

#include "nlinit/base/result.hpp"
#include "nlinit/boot/root_plan.hpp"
#include "nlinit/sys/mount.hpp"

namespace nlinit::sys {

// Whether / is the kernel's rootfs, which only an initramfs makes.
[[nodiscard]] bool runs_from_initramfs();

// Mounts what a plan says on a directory, which is made if need be: the types of the plan in turn, or every type with a
// device that the kernel knows, as it does itself.
[[nodiscard]] Result<> mount_plan_on(const std::string& target, const boot::RootPlan& plan, const MountCall& call);

// Mounts the root, moves /proc, /sys and /dev into it, makes it /, and frees the initramfs's files. When mounting fails
// nothing has changed.
[[nodiscard]] Result<> switch_root(const boot::RootPlan& plan, const MountCall& call);

}  // namespace nlinit::sys
