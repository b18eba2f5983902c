// Network interfaces (RTM_GETLINK, RTM_NEWLINK).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/socket.hpp"

namespace nlinit::netlink {

// The loopback interface is the first of every network namespace (LOOPBACK_IFINDEX).
inline constexpr LinkIndex kLoopback{1};

[[nodiscard]] Result<std::vector<Link>> list_links(Socket& socket);
[[nodiscard]] Result<Link> find_link(Socket& socket, const std::string& name);
[[nodiscard]] Result<Link> read_link(Socket& socket, LinkIndex index);

struct BroughtUp {
    std::vector<Link> links;      // as they are afterwards; not lo, for which nobody waits
    std::vector<Error> failures;  // of those that could not be brought up or read
};
// IFF_UP on all of them and a look at each, in one send.
[[nodiscard]] BroughtUp bring_up(Socket& socket, std::span<const LinkIndex> indexes);

// A message of its own: together with IFF_UP a refused MTU would leave the link down.
[[nodiscard]] Request make_set_mtu(LinkIndex index, std::uint32_t mtu);
// Before the link goes up: not every driver takes one later.
[[nodiscard]] Request make_set_mac(LinkIndex index, const MacAddress& mac);

// The link in an RTM_NEWLINK or RTM_DELLINK message; nothing when it is something else.
[[nodiscard]] std::optional<Link> parse_link(nlmsghdr* message);
[[nodiscard]] bool is_removal(const nlmsghdr* message) noexcept;

}  // namespace nlinit::netlink
