// SPDX-License-Identifier: Apache-2.0
// Unicast to a DHCP server once there is an address (RFC 2131 4.4.5): routing and ARP are the kernel's.
#pragma once

#include <string>

#include "nlinit/base/bytes.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::dhcp_io {

// Sends from the lease's address and port 68, on that interface alone, so that another client on the machine can use
// port 68 for its own interface. The answer is received by the packet socket, which no firewall rule for UDP port 68
// affects. Keep the returned socket open until the answer has come: for a closed port the kernel would send the server
// an ICMP error.
[[nodiscard]] Result<sys::UniqueFd> send_unicast(const std::string& interface, Ipv4Address source,
                                                 Ipv4Address destination, ByteView payload);

// Waits until the kernel has sent all datagrams of this socket. A datagram that waits for the neighbour's MAC address
// or for the device is still counted (SIOCOUTQ). Returns false when the deadline came first.
[[nodiscard]] bool is_sent_by(int socket, TimePoint deadline) noexcept;

}  // namespace nlinit::dhcp_io
