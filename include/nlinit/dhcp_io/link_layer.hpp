// SPDX-License-Identifier: Apache-2.0
// Shared by the raw sockets of a link: link-layer addresses, opening and sending (packet(7)).
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

// The number of packets read in one turn of the loop, so that a flood on one socket does not hold up the others.
inline constexpr int kMaxPacketsPerTurn = 32;

// Opens a datagram socket of AF_PACKET that receives nothing yet and has its filter in place: a socket that was bound
// before its filter was set would have unwanted frames in its queue. The socket does not block.
[[nodiscard]] Result<sys::UniqueFd> open_filtered(std::span<sock_filter> instructions);
// Replaces the socket's filter at once: no packet passes unfiltered in between (socket(7)).
[[nodiscard]] Result<> attach_filter(int fd, std::span<sock_filter> instructions);
// Binds the socket: it then receives one protocol (ETH_P_*) on one link, which may still be down.
[[nodiscard]] Result<> bind_to(int fd, LinkIndex link, std::uint16_t protocol);
// To every station of the link.
[[nodiscard]] Result<> send_to_all(int fd, LinkIndex link, std::uint16_t protocol, ByteView packet, const char* what);

}  // namespace nlinit::dhcp_io
