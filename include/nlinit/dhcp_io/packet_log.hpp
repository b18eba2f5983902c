// SPDX-License-Identifier: Apache-2.0
// Records a client's messages: keeps the first ones for the report, and writes all of them to a capture file if there
// is one.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "nlinit/base/bytes.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/dhcp/message.hpp"
#include "nlinit/dhcp6/message.hpp"
#include "nlinit/dhcp_io/capture_file.hpp"
#include "nlinit/dhcp_io/dhcp6_socket.hpp"
#include "nlinit/dhcp_io/packet_socket.hpp"
#include "nlinit/net/ip_address.hpp"
#include "nlinit/wire/arp.hpp"

namespace nlinit::dhcp_io {

struct PacketTrace {
    TimePoint at;
    bool sent = false;
    std::string_view type;  // "DISCOVER"
    std::uint32_t xid = 0;
    IpAddress peer;  // who sent it, or where it went
};

class PacketLog {
  public:
    // nullptr means no capture; a capture file must outlive the log.
    PacketLog(CaptureFile* capture, MacAddress own) noexcept : capture_(capture), own_(own) {}

    void sent(const dhcp::Message& message, Ipv4Address destination, ByteView packet);
    void heard(const PacketSocket::Packet& packet);  // also packets that turn out to be no DHCP messages
    void understood(const dhcp::Message& message, Ipv4Address source) {
        remember(false, name_of(message.type), message.xid, source);
    }
    void sent(const wire::ArpPacket& packet);
    void heard(const wire::ArpPacket& packet);
    void sent(const dhcp6::Message& message, const Ipv6Address& source, ByteView payload);
    void heard(const Dhcp6Socket::Datagram& datagram, const Ipv6Address& own);
    void understood(const dhcp6::Message& message, const Ipv6Address& source) {
        remember(false, name_of(message.type), message.xid, source);
    }
    [[nodiscard]] std::span<const PacketTrace> first() const noexcept { return first_; }

  private:
    void remember(bool sent, std::string_view type, std::uint32_t xid, const IpAddress& peer);

    CaptureFile* capture_;
    MacAddress own_;
    std::vector<PacketTrace> first_;
};

}  // namespace nlinit::dhcp_io
