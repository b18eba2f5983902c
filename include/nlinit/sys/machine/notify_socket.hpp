// SPDX-License-Identifier: Apache-2.0
// Sends sd_notify(3) messages out of the machine, by a vsock, a virtio-serial port, or a unix datagram socket. Sending
// never waits for the receiver.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "nlinit/base/result.hpp"
#include "nlinit/machine/notify_address.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::sys {

class NotifySocket {
  public:
    explicit NotifySocket(NotifyAddress address) : address_(std::move(address)) {}

    // True: the message is on its way. False: not yet; call again when fd() is writable, perhaps with a newer message.
    // An error: the other end is not there now; every call tries anew.
    [[nodiscard]] Result<bool> send(std::string_view message);
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }  // -1 where there is nothing to wait for
    // Whether another call can make progress. poll(2) also returns for a virtio-serial port that has no host and is not
    // writable.
    [[nodiscard]] bool is_worth_a_try() const noexcept;
    void wait(int milliseconds) const noexcept;  // at most, for fd() to be writable
    [[nodiscard]] const NotifyAddress& address() const noexcept { return address_; }

  private:
    [[nodiscard]] Result<UniqueFd> find_listener();
    [[nodiscard]] Result<bool> send_to_unix(std::string_view message);
    [[nodiscard]] Result<bool> send_to_port(std::string_view message);
    [[nodiscard]] Result<bool> send_to_vsock(std::string_view message);
    [[nodiscard]] int begin_connecting();
    [[nodiscard]] Error failed(int code);

    NotifyAddress address_;
    UniqueFd fd_;
    std::size_t type_ = 0;  // of a vsock: which one is being tried
};

// "/dev/vport2p1" for the virtio-serial port of that name; empty: there is none.
[[nodiscard]] std::string virtio_port_device(const std::string& name, const std::string& classes = "/sys/class");

}  // namespace nlinit::sys
