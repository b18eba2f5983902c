// Which network interface is the one that leads out, when nobody named it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "nlinit/net/network_plan.hpp"

namespace nlinit {

// Names of interfaces that software makes: "lo", "dummy0", "veth12", "docker0" …
[[nodiscard]] bool is_virtual_name(std::string_view name) noexcept;

// The first by name of what is Ethernet and no virtual name; among those that have hardware behind them when any has,
// else among those that no software made (IFLA_INFO_KIND), when there are any. nullptr when none fits.
[[nodiscard]] const Link* primary_interface(std::span<const Link> links) noexcept;

// How closely a match says which link it means. A link goes to the row that says it most closely.
enum class MatchKind : std::uint8_t { exact, primary, glob };  // exact: a name or a MAC address
[[nodiscard]] MatchKind kind_of(std::string_view match) noexcept;

// What makes a name a pattern, for glob_matches().
inline constexpr std::string_view kWildcards = "*?[";
[[nodiscard]] bool is_glob(std::string_view name) noexcept;

// Whether a text is what a pattern of *, ? and [a-c] or [!x] means (glob(7)).
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text) noexcept;

// Whether a link is what `match` of an [[network.interface]] names: a name, a glob (*, ? and [ ]), or a MAC address,
// which may be the one that the hardware has by itself. A glob means no interface that software makes, unless it begins
// with such a name: "*" is every NIC and not every container's veth.
[[nodiscard]] bool matches(const Link& link, std::string_view match);

// The link that `match` means: the primary one for "primary", otherwise the first that matches; of several with one MAC
// address the hardware, and not the VLAN or bridge that has it from there. nullptr: there is none.
[[nodiscard]] const Link* find_interface(std::span<const Link> links, std::string_view match);

}  // namespace nlinit
