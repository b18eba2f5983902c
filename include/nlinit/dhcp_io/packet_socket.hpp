// The raw socket of a DHCP transaction (packet(7)): hears replies and speaks before the link has any address.
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
    // Bytes of the longest IPv4 packet that is read; a server is told not to send more (option 57).
    static constexpr std::size_t kMaxPacketSize = 4096;

    struct Packet {
        ByteView bytes;  // from the IPv4 header on; valid until the next receive()
        wire::UdpChecksum checksum;
        wire::pcap::PacketType type;
        MacAddress sender;
    };
    struct Nothing {};
    using Received = std::variant<Packet, DropReason, Nothing>;

    // Filters and binds. Works on a link that is still down, and should be done then: nothing is queued unfiltered, and
    // no time is lost after the link is up. Only DHCP replies to `mac` pass the filter.
    // Closing such a socket waits 8 to 20 ms for an RCU grace period: keep one for a whole transaction.
    [[nodiscard]] static Result<PacketSocket> open(LinkIndex link, MacAddress mac);

    // From now on only replies of one transaction pass, so that a flood of others costs no time of this process; with
    // 0, which is no transaction's, none do. The kernel puts the new filter in the place of the old one at once.
    [[nodiscard]] Result<> take_only(std::uint32_t xid);
    [[nodiscard]] std::optional<std::uint32_t> only_xid() const noexcept { return only_xid_; }  // nothing: all pass

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] Result<> broadcast(ByteView packet) const;
    // From any packet socket one may send what is not IPv4.
    [[nodiscard]] Result<> broadcast(const wire::ArpPacket& packet) const;
    // The next packet, why it is of no use, or nothing when none is queued; never waits.
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
