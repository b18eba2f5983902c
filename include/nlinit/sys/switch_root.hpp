// From an initramfs to the real root filesystem.
#pragma once

#include "nlinit/base/result.hpp"
#include "nlinit/boot/root_plan.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

// Whether / is the kernel's rootfs, which only an initramfs makes.
[[nodiscard]] bool runs_from_initramfs() noexcept;

// Mounts the root, moves /proc, /sys and /dev into it, makes it /, and frees the initramfs's files. When mounting fails
// nothing has changed.
[[nodiscard]] Result<> switch_root(const boot::RootPlan& plan);

// Kernel uevents (NETLINK_KOBJECT_UEVENT): readable when some device has appeared or gone.
class UeventSocket {
  public:
    [[nodiscard]] static Result<UeventSocket> open();
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    void drain() const noexcept;

  private:
    explicit UeventSocket(UniqueFd fd) noexcept : fd_(std::move(fd)) {}
    UniqueFd fd_;
};

}  // namespace nlinit::sys
