// Which network interface is the one that leads out, when nobody named it.
#pragma once

#include <span>
#include <string_view>

#include "nlinit/net/network_plan.hpp"

namespace nlinit {

// Names of interfaces that software makes: "lo", "dummy0", "veth12", "docker0" …
[[nodiscard]] bool is_virtual_name(std::string_view name) noexcept;

// The first by name of what is Ethernet and no virtual name; among those that have hardware behind them when any has.
// nullptr when none fits.
[[nodiscard]] const Link* primary_interface(std::span<const Link> links) noexcept;

// Whether a link is what `match` of an [[network.interface]] names: a name, a glob (* and ?), or a MAC address.
[[nodiscard]] bool matches(const Link& link, std::string_view match);

// The link that `match` means: the primary one for "primary", otherwise the first that matches. nullptr: there is none.
[[nodiscard]] const Link* find_interface(std::span<const Link> links, std::string_view match);

}  // namespace nlinit
