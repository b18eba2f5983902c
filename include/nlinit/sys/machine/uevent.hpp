// SPDX-License-Identifier: Apache-2.0
// Kernel uevents (NETLINK_KOBJECT_UEVENT): what tells of a device before anything else does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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
    friend class DeviceSocket;
    explicit UeventSocket(UniqueFd fd) noexcept : fd_(std::move(fd)) {}
    UniqueFd fd_;
};

// Readable when a device has changed, or one of the machine's has appeared. What containers make, network interfaces
// above all, is of no machine ("/devices/virtual/"), and that it appears wakes nobody: the kernel sorts it out.
class DeviceSocket {
  public:
    enum class Event : std::uint8_t { added, changed };
    [[nodiscard]] static Result<DeviceSocket> open(Event event);
    [[nodiscard]] int fd() const noexcept { return socket_.fd(); }
    // The value of this field, such as "MODALIAS", of each that has one. `lost`: there were more than the socket holds.
    [[nodiscard]] std::vector<std::string> read(std::string_view key, bool& lost) const;

  private:
    explicit DeviceSocket(UeventSocket socket) noexcept : socket_(std::move(socket)) {}
    UeventSocket socket_;
};

// Of the fields "KEY=value" of an event, which end with a zero each: this one's value, or nothing.
[[nodiscard]] std::string_view uevent_field(std::string_view event, std::string_view key) noexcept;

}  // namespace nlinit::sys
