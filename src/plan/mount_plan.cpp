// SPDX-License-Identifier: Apache-2.0
#include "nlinit/plan/mount_plan.hpp"

#include <sys/mount.h>

#include "nlinit/base/path.hpp"

namespace nlinit::plan {
namespace {

// /dev without noexec: a mapping of /dev/mem may have to be executable (DEVTMPFS_SAFE in the kernel's Kconfig).
constexpr std::array<EarlyMount, 3> kEarlyMounts{{
    {.source = "proc", .target = "/proc", .type = "proc", .flags = MS_NODEV | MS_NOSUID | MS_NOEXEC, .data = ""},
    {.source = "sysfs", .target = "/sys", .type = "sysfs", .flags = MS_NODEV | MS_NOSUID | MS_NOEXEC, .data = ""},
    {.source = "devtmpfs", .target = "/dev", .type = "devtmpfs", .flags = MS_NOSUID, .data = "mode=0755"},
}};
static_assert(parents_come_first(kEarlyMounts));

}  // namespace

const std::array<EarlyMount, 3>& early_mounts() noexcept {
    return kEarlyMounts;
}

}  // namespace nlinit::plan
