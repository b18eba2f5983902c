// SPDX-License-Identifier: Apache-2.0
// Options of router advertisements as a router sends them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/bytes.hpp"
#include "nlinit/net/domain_list.hpp"
#include "nlinit/net/ipv6_address.hpp"

namespace nlinit::test {

// An option of neighbour discovery with zeros up to the next eight bytes (RFC 4861 4.6).
inline Bytes router_option(std::uint8_t type, std::uint32_t lifetime, ByteView rest) {
    const auto units = static_cast<std::uint8_t>((8 + rest.size() + 7) / 8);
    ByteWriter out;
    out.u8(type);
    out.u8(units);
    out.u16(0);
    out.u32(lifetime);
    out.bytes(rest);
    out.pad_to(std::size_t{units} * 8);
    return std::move(out).take();
}

inline Bytes rdnss(std::uint32_t lifetime, const std::vector<std::string_view>& servers) {
    ByteWriter out;
    for (const auto text : servers) out.bytes(Ipv6Address::parse(text).value_or(Ipv6Address()).octets());
    return router_option(25, lifetime, std::move(out).take());
}

inline Bytes dnssl(std::uint32_t lifetime, const std::vector<std::string>& domains) {
    return router_option(31, lifetime, serialize_domain_list(domains));
}

// One behind the other.
inline Bytes joined(const std::vector<Bytes>& options) {
    Bytes all;
    for (const auto& option : options) all.insert(all.end(), option.begin(), option.end());
    return all;
}

}  // namespace nlinit::test
