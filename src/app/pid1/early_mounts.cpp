// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/early_mounts.hpp"

#include <string>

#include "nlinit/plan/mount_plan.hpp"
#include "nlinit/sys/mount/mount.hpp"

namespace nlinit::app {

void mount_kernel_filesystems(sys::BestEffort& attempt) {
    for (const auto& row : plan::early_mounts())
        attempt("mount " + std::string(row.target), [&] { return sys::mount(row); });
}

}  // namespace nlinit::app
