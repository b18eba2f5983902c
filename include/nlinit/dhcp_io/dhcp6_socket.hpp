// SPDX-License-Identifier: Apache-2.0
// The UDP socket of DHCPv6 exchanges on one link (RFC 8415 7): bound to the client's link-local address and port, it
// hears what is sent to that alone. No raw socket: there is an address before there is a lease.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "nlinit/base/bytes.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/dhcp6/drop_reason.hpp"
#include "nlinit/net/ipv6_address.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "nlinit/wire/frame.hpp"

namespace nlinit::dhcp_io {

class Dhcp6Socket {
  public:
    // Bytes of the longest message that is read: a few times what a server has to say.
    static constexpr std::size_t kMaxMessageSize = 4096;

    struct Datagram {
        wire::Ipv6Endpoint sender;
        ByteView payload;  // valid until the next receive()
    };
    struct Nothing {};
    using Received = std::variant<Datagram, dhcp6::DropReason, Nothing>;

    // `own` is an address of the link that may be sent from: neither tentative nor another host's (EADDRNOTAVAIL).
    // Another client on the machine may hold port 546 for its own.
    [[nodiscard]] static Result<Dhcp6Socket> open(const Link& link, const Ipv6Address& own);

    // From now on only answers of one transaction pass, so that a flood of others costs no time of this process.
    [[nodiscard]] Result<> take_only(std::uint32_t xid);
    [[nodiscard]] std::optional<std::uint32_t> only_xid() const noexcept { return only_xid_; }  // nothing: all pass

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] const Ipv6Address& own() const noexcept { return own_; }
    // To all servers and relays of the link.
    [[nodiscard]] Result<> send(ByteView message) const;
    // The next one, why it is of no use, or nothing when none is queued; never waits.
    [[nodiscard]] Received receive();

  private:
    Dhcp6Socket(sys::UniqueFd fd, LinkIndex link, const Ipv6Address& own) noexcept
        : fd_(std::move(fd)), link_(link), own_(own) {}

    sys::UniqueFd fd_;
    LinkIndex link_;
    Ipv6Address own_;
    std::optional<std::uint32_t> only_xid_;
    Bytes buffer_ = Bytes(kMaxMessageSize);
};

}  // namespace nlinit::dhcp_io
