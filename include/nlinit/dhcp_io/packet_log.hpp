// What a client sent and received: the first messages for its report, all of them in a capture file if there is one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nlinit/base/bytes.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/dhcp/message.hpp"
#include "nlinit/net/address.hpp"

namespace nlinit::dhcp_io {

struct PacketTrace {
    TimePoint at;
    bool sent = false;
    dhcp::MessageType type{};
    std::uint32_t xid = 0;
    Ipv4Address peer;  // who sent it, or where it went
};

class PacketLog {
  public:
    void sent(const dhcp::Message& message, Ipv4Address destination) { remember(true, message, destination); }
    void received(const dhcp::Message& message, Ipv4Address source) { remember(false, message, source); }
    [[nodiscard]] std::span<const PacketTrace> first() const noexcept { return first_; }

  private:
    void remember(bool sent, const dhcp::Message& message, Ipv4Address peer);

    std::vector<PacketTrace> first_;
};

}  // namespace nlinit::dhcp_io
