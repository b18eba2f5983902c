// SPDX-License-Identifier: Apache-2.0
// Network interfaces (RTM_GETLINK, RTM_NEWLINK).
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/socket.hpp"

namespace nlinit::netlink {

// The loopback interface is the first of every network namespace (LOOPBACK_IFINDEX).
inline constexpr LinkIndex kLoopback{1};

inline constexpr std::string_view kVlanKind = "vlan";

[[nodiscard]] Result<std::vector<Link>> list_links(Socket& socket);
[[nodiscard]] Result<Link> find_link(Socket& socket, const std::string& name);
[[nodiscard]] Result<Link> read_link(Socket& socket, LinkIndex index);

struct BroughtUp {
    std::vector<Link> links;      // their state afterwards; without lo, for which nobody waits
    std::vector<Error> failures;  // of links that could not be brought up or read
};
// Sets IFF_UP on all links and reads the state of each, in one send. name_of gives the names for failures; where it is
// empty, or gives an empty name, the name is "interface 7".
[[nodiscard]] BroughtUp bring_up(Socket& socket, std::span<const LinkIndex> indexes,
                                 const std::function<std::string(LinkIndex)>& name_of = {});

// A message of its own: in one message with IFF_UP, a refused MTU would leave the link down.
[[nodiscard]] Request make_set_mtu(LinkIndex index, std::uint32_t mtu);
// To be sent before the link goes up: not every driver accepts a new address later.
[[nodiscard]] Request make_set_mac(LinkIndex index, const MacAddress& mac);
// To be sent before the link goes up: kernels before 6.3 rename no link that is up (EBUSY).
[[nodiscard]] Request make_set_name(LinkIndex index, const std::string& from, const std::string& to);
// The kernel answers EOPNOTSUPP when 802.1Q is not built in and its module is not loaded.
[[nodiscard]] Request make_add_vlan(const std::string& name, const Link& parent, std::uint16_t id);

// The link in an RTM_NEWLINK or RTM_DELLINK message; nothing when it is something else.
[[nodiscard]] std::optional<Link> parse_link(nlmsghdr* message);
[[nodiscard]] bool is_removal(const nlmsghdr* message) noexcept;

}  // namespace nlinit::netlink
