// SPDX-License-Identifier: Apache-2.0
// A boot's root: from an initramfs to the root that it leads to, and the overlay that makes a root writable. What may
// wait for a disk is done by a child; what changes PID 1's own root is done by PID 1, on what is mounted then.
#pragma once

#include <functional>
#include <string>

#include "app/pid1/boot_context.hpp"
#include "nlinit/machine/mount_row.hpp"
#include "nlinit/sys/mount/root_overlay.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::app {

class BootRoot {
  public:
    using Done = std::function<void()>;
    explicit BootRoot(BootContext& context) : context_(context) {}

    // Whatever cannot be had is an error, and the root stays what it was.
    void leave_initramfs(const Done& done);
    void lay_overlay(const Done& done);

    // It is another one than before, which may have a configuration of its own.
    [[nodiscard]] bool was_entered() const noexcept { return was_entered_; }

    // The overlay's layers lie where a mount of the plan would cover them, until they are moved: after the plan's
    // mounts, of which one may cover /run, and before mounts are shared, for what is below a shared one cannot be moved
    // (mount(2)).
    [[nodiscard]] bool has_layers_to_move() const noexcept { return overlay_.in_use() && !are_layers_moved_; }
    void move_layers();

  private:
    using Work = std::function<Result<>(Mounter& mounter, StepChild& child)>;
    void mount_apart(std::string step, Work work, std::function<void()> enter, Done done);
    void mount_root(const MountRow& row, const Done& done);
    void enter_root();
    [[nodiscard]] sys::UniqueFd modules_to_keep() const;
    void enter_root_in_memory(const MountRow& row);
    void enter_overlay();

    BootContext& context_;
    sys::RootOverlay overlay_;
    bool was_entered_ = false;
    bool lacks_modules_ = false;    // it has none of the running kernel's
    bool may_lay_overlay_ = false;  // there is a root to lay it over: the kernel's own rootfs cannot be pivoted away
    bool are_layers_moved_ = false;
};

}  // namespace nlinit::app
