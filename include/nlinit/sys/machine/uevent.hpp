// Kernel uevents (NETLINK_KOBJECT_UEVENT): what tells of a device before anything else does.
#pragma once

#include "nlinit/base/result.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

// The socket becomes readable when a device has appeared, has gone, or has been bound to its driver. To wait for a
// device, open the socket first and look for the device second; otherwise the event can come in between and be missed.
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
