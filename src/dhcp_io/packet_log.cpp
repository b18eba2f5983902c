#include "nlinit/dhcp_io/packet_log.hpp"

namespace nlinit::dhcp_io {
namespace {

constexpr std::size_t kMaxRemembered = 64;

}  // namespace

void PacketLog::remember(bool sent, const dhcp::Message& message, Ipv4Address peer) {
    if (first_.size() < kMaxRemembered) first_.push_back({BootClock::now(), sent, message.type, message.xid, peer});
}

}  // namespace nlinit::dhcp_io
