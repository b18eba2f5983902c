// Kernel uevents (NETLINK_KOBJECT_UEVENT): what tells of a device before anything else does.
#pragma once

#include "nlinit/base/result.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

// Readable when some device has appeared, gone, or been taken by its driver. Whoever waits for one opens the socket
// first and looks second, or the event may fall in between.
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
