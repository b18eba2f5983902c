// SPDX-License-Identifier: Apache-2.0
// A raw socket that receives other hosts' ARP packets about one address, and sends our own (packet(7), RFC 5227).
#pragma once

#include <optional>

#include "nlinit/base/result.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "nlinit/wire/arp.hpp"

namespace nlinit::dhcp_io {

class ArpSocket {
  public:
    // Only ARP packets that claim `address`, or probe for it, pass the filter.
    [[nodiscard]] static Result<ArpSocket> open(LinkIndex link, Ipv4Address address);

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] Result<> broadcast(const wire::ArpPacket& packet) const;
    // The next packet; nothing when none is queued or when it is no valid ARP packet. Never waits.
    [[nodiscard]] std::optional<wire::ArpPacket> receive() const;

  private:
    ArpSocket(sys::UniqueFd fd, LinkIndex link) noexcept : fd_(std::move(fd)), link_(link) {}

    sys::UniqueFd fd_;
    LinkIndex link_;
};

}  // namespace nlinit::dhcp_io
