// Unicast to a DHCP server once there is an address (RFC 2131 4.4.5): routing and ARP are the kernel's.
#pragma once

#include <string>

#include "nlinit/base/bytes.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/sys/unique_fd.hpp"

namespace nlinit::dhcp_io {

// From the lease's address, port 68, on that interface alone; another client on the machine may hold port 68 for its
// own. The answer is heard on the packet socket, which no firewall rule for UDP port 68 can shut; the socket that comes
// back is to be kept open until then, for to a closed port the kernel would answer the server with an ICMP error.
[[nodiscard]] Result<sys::UniqueFd> send_unicast(const std::string& interface, Ipv4Address source,
                                                 Ipv4Address destination, ByteView payload);

// Waits until the kernel has nothing left to send of this socket: a datagram that waits for its neighbour's MAC
// address, or for the device to take it, still counts as the socket's (SIOCOUTQ). False when the deadline came first.
[[nodiscard]] bool is_sent_by(int socket, TimePoint deadline) noexcept;

}  // namespace nlinit::dhcp_io
