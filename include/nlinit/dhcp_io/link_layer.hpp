// What the raw sockets of a link have in common: addresses of the link layer, and how to open and send (packet(7)).
#pragma once

#include <linux/filter.h>
#include <linux/if_packet.h>

#include <cstdint>
#include <span>

#include "nlinit/base/bytes.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::dhcp_io {

// Whoever floods a socket does not keep the rest of the loop from its turn.
inline constexpr int kMaxPacketsPerTurn = 32;

// A datagram socket of AF_PACKET that hears nothing yet, with its filter in place: what is bound first and filtered
// then has frames queued that nobody asked for. It does not block.
[[nodiscard]] Result<sys::UniqueFd> open_filtered(std::span<sock_filter> instructions);
// In place of the filter that it has, if it has one: no packet passes between the two (socket(7)).
[[nodiscard]] Result<> attach_filter(int fd, std::span<sock_filter> instructions);
// From here on it hears one protocol (ETH_P_*) on one link, which may still be down.
[[nodiscard]] Result<> bind_to(int fd, LinkIndex link, std::uint16_t protocol);
// To every station of the link.
[[nodiscard]] Result<> send_to_all(int fd, LinkIndex link, std::uint16_t protocol, ByteView packet, const char* what);

}  // namespace nlinit::dhcp_io
