// SPDX-License-Identifier: Apache-2.0
#include "handles.hpp"

#include <sys/socket.h>

namespace nlinit::netlink {

int number_of(Family family) noexcept {
    return family == Family::kIpv4 ? AF_INET : AF_INET6;
}

Handle<nl_addr> to_libnl(const IpAddress& address, std::uint8_t prefix_length) {
    const auto octets = address.octets();
    Handle<nl_addr> made(nl_addr_build(number_of(address.family()), octets.data(), octets.size()));
    if (made) nl_addr_set_prefixlen(made.get(), prefix_length);
    return made;
}

Handle<nl_addr> to_libnl(const IpAddress& address) {
    return to_libnl(address, bits_of(address.family()));
}

Handle<nl_addr> to_libnl(const IpPrefix& prefix) {
    if (prefix.is_default()) return Handle<nl_addr>(nl_addr_build(number_of(prefix.family()), nullptr, 0));
    return to_libnl(prefix.network(), prefix.length());
}

}  // namespace nlinit::netlink
