// SPDX-License-Identifier: Apache-2.0
// The raw socket of a DHCP transaction (packet(7)): receives replies and sends messages before the link has an address.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "nlinit/base/bytes.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "nlinit/wire/arp.hpp"
#include "nlinit/wire/frame.hpp"
#include "nlinit/wire/pcap.hpp"

namespace nlinit::dhcp_io {

class PacketSocket {
  public:
    // The size in bytes of the longest IPv4 packet that is read; option 57 tells servers not to send longer ones.
    static constexpr std::size_t kMaxPacketSize = 4096;

    struct Packet {
        ByteView bytes;  // from the IPv4 header on; valid until the next receive()
        wire::UdpChecksum checksum;
        wire::pcap::PacketType type;
        MacAddress sender;
    };
    struct Nothing {};
    using Received = std::variant<Packet, DropReason, Nothing>;

    // Opens, filters and binds the socket. Call it while the link is still down: then no unfiltered packet is queued,
    // and no time is lost after the link is up. Only DHCP replies to `mac` pass the filter. Closing such a socket waits
    // 8 to 20 ms for an RCU grace period: keep one for a whole transaction.
    [[nodiscard]] static Result<PacketSocket> open(LinkIndex link, MacAddress mac);

    // From now on only replies to one transaction pass the filter, so that a flood of other packets costs this process
    // no time. No transaction has the number 0, which lets no reply pass. The kernel replaces the filter at once.
    [[nodiscard]] Result<> take_only(std::uint32_t xid);
    [[nodiscard]] std::optional<std::uint32_t> only_xid() const noexcept { return only_xid_; }  // nothing: all pass

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] Result<> broadcast(ByteView packet) const;
    // Sends an ARP packet: a packet socket can send protocols other than the one it receives.
    [[nodiscard]] Result<> broadcast(const wire::ArpPacket& packet) const;
    // The next packet, or the reason for dropping it; nothing when none is queued. Never waits.
    [[nodiscard]] Received receive();

  private:
    PacketSocket(sys::UniqueFd fd, LinkIndex link, MacAddress mac) noexcept
        : fd_(std::move(fd)), link_(link), mac_(mac) {}

    sys::UniqueFd fd_;
    LinkIndex link_;
    MacAddress mac_;
    std::optional<std::uint32_t> only_xid_;
    Bytes buffer_ = Bytes(kMaxPacketSize);
};

}  // namespace nlinit::dhcp_io
