// SPDX-License-Identifier: Apache-2.0
// The fields of ip=, in two grammars that share their first seven:
//   kernel  client:server:gateway:netmask:hostname:device:autoconf:dns0:dns1:ntp0
//   dracut  client:peer:gateway:netmask:hostname:device:autoconf:mtu:mac      and      device:autoconf:mtu:mac
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "nlinit/config/words.hpp"

namespace nlinit::config {

enum Field : std::size_t { kClient, kServer, kGateway, kNetmask, kHostname, kDevice, kAutoconf, kTail };

inline constexpr std::size_t kMaxFields = 16;  // more than there are meanings for

// ipv6: what routers advertise; dhcp6: and an address by DHCPv6; link_local: no address beyond the link.
enum class Autoconf : std::uint8_t { dhcp, off, ipv6, dhcp6, link_local };
// "single-dhcp" and those of IPv6 are dracut's, "static" is a word of klibc's ipconfig and of many guides.
inline constexpr std::array<Word<Autoconf>, 12> kAutoconfWords{{{"dhcp", Autoconf::dhcp},
                                                                {"on", Autoconf::dhcp},
                                                                {"any", Autoconf::dhcp},
                                                                {"single-dhcp", Autoconf::dhcp},
                                                                {"off", Autoconf::off},
                                                                {"none", Autoconf::off},
                                                                {"static", Autoconf::off},
                                                                {"auto6", Autoconf::ipv6},
                                                                {"dhcp6", Autoconf::dhcp6},
                                                                {"either6", Autoconf::ipv6},
                                                                {"link6", Autoconf::link_local},
                                                                {"link-local", Autoconf::link_local}}};

// "[2001:db8::2]" without its brackets; anything else as it is.
[[nodiscard]] std::string_view without_brackets(std::string_view text) noexcept;

// At colons, but not inside the brackets of an IPv6 address or inside a MAC address; empty fields at the end are
// dropped.
[[nodiscard]] std::vector<std::string_view> split_fields(std::string_view value);

[[nodiscard]] bool looks_like_address(std::string_view text) noexcept;
// What else an address may be written as where a name belongs: "10.0.2", "255.255.255.0", "52-54-00-12-34-56".
[[nodiscard]] bool is_address_and_no_name(std::string_view text);

}  // namespace nlinit::config
