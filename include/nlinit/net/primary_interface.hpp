// SPDX-License-Identifier: Apache-2.0
// Finds the network interface that leads out of the machine when the user has not named it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "nlinit/net/network_plan.hpp"

namespace nlinit {

// Names of interfaces that software makes: "lo", "dummy0", "veth12", "docker0" …
[[nodiscard]] bool is_virtual_name(std::string_view name) noexcept;

// The first, by name, of the Ethernet interfaces whose name is not a virtual one. Interfaces with hardware behind them
// come before all others, and interfaces that are not made by software (IFLA_INFO_KIND) before those that are. nullptr
// when there is none.
[[nodiscard]] const Link* primary_interface(std::span<const Link> links) noexcept;

// How exactly a `match` names a link. A link belongs to the row that names it most exactly.
enum class MatchKind : std::uint8_t { exact, primary, glob };  // exact: a name or a MAC address
[[nodiscard]] MatchKind kind_of(std::string_view match) noexcept;

// The characters that make a name a pattern for glob_matches().
inline constexpr std::string_view kWildcards = "*?[";
[[nodiscard]] bool is_glob(std::string_view name) noexcept;

// Whether a text matches a pattern with *, ?, [a-c] or [!x] (glob(7)).
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text) noexcept;

// Whether a link is what `match` of an [[network.interface]] names: a name, a glob (*, ? and [ ]), or a MAC address,
// either the present one or the hardware's permanent one. A glob matches no virtual interface unless the glob begins
// with the name of such interfaces: "*" means every NIC, but not every container's veth.
[[nodiscard]] bool matches(const Link& link, std::string_view match);

// The link that `match` means: the primary one for "primary", otherwise the first that matches; of several links with
// the same MAC address the hardware, and not the VLAN or bridge that took the address over from it. nullptr when no
// link matches.
[[nodiscard]] const Link* find_interface(std::span<const Link> links, std::string_view match);

}  // namespace nlinit
