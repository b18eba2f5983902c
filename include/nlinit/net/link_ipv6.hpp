// SPDX-License-Identifier: Apache-2.0
// What the kernel has of IPv6 on one link, by its own events, and whether that can be used.
//
//     LinkIpv6 ipv6;
//     … on RTM_NEWADDR, RTM_DELADDR, RTM_NEWROUTE, RTM_DELROUTE: ipv6.take(…); ipv6.drop(…);
//     if (ipv6.lack({}) == Ipv6Lack::nothing) …
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "nlinit/net/ipv6_address.hpp"
#include "nlinit/net/network_plan.hpp"

namespace nlinit {

// An address and how far the kernel is with it (IFA_F_* of linux/if_addr.h).
struct KernelIpv6Address {
    Ipv6Address address;
    std::uint8_t prefix_length = 128;
    bool tentative = false;   // duplicate address detection still runs (RFC 4862 5.4)
    bool optimistic = false;  // tentative, and may be used already (RFC 4429)
    bool duplicate = false;   // another host has it
    bool deprecated = false;  // not for new connections (RFC 4862 5.5.4)
    bool permanent = false;   // and so not made of a router advertisement

    [[nodiscard]] constexpr bool is_in_use() const noexcept { return !duplicate && (!tentative || optimistic); }
    friend bool operator==(const KernelIpv6Address&, const KernelIpv6Address&) = default;
};

// A default route.
struct Ipv6WayOut {
    IpAddress gateway = Ipv6Address();  // ::, where everything is on the link
    std::uint32_t metric = 0;
    std::uint8_t preference = 0;  // 0 to 2: of the router that advertises it low, medium or high (RFC 4191 2.1)

    [[nodiscard]] bool is_same_way(const Ipv6WayOut& other) const noexcept {
        return gateway == other.gateway && metric == other.metric;
    }
    friend bool operator==(const Ipv6WayOut&, const Ipv6WayOut&) = default;
};

// How a host is to be configured: flags of advertisements (RFC 4861 4.2), as the kernel keeps them (IFLA_INET6_FLAGS).
struct RouterFlags {
    bool is_answered = false;  // an advertisement came after a solicitation
    bool managed = false;      // M: DHCPv6 has addresses
    bool other = false;        // O: DHCPv6 has other configuration
    friend bool operator==(const RouterFlags&, const RouterFlags&) = default;
};

// The first thing that keeps IPv6 from being usable.
enum class Ipv6Lack : std::uint8_t {
    nothing,
    kernel_support,
    link_support,          // as with an MTU below 1280
    permission,            // IPv6 is disabled on the link (disable_ipv6)
    link_local,            // there is none, or it is tentative: no router can be asked
    duplicate_link_local,  // another host has it, and so has the same MAC address
    router,                // none has said anything
    prefix,                // a router is there, and no address
    probe,                 // the address is tentative
    duplicate,             // another host has it
    preferred_address,     // all of them are deprecated
    way_out,
};
[[nodiscard]] std::string_view name_of(Ipv6Lack lack) noexcept;         // "router", for JSON
[[nodiscard]] std::string_view explanation_of(Ipv6Lack lack) noexcept;  // "no router has answered"

class LinkIpv6 {
  public:
    // The kernel makes up to 16 addresses on a link from advertisements (sysctl max_addresses), and does not limit the
    // number of ways and networks.
    static constexpr std::size_t kMaxAddresses = 64, kMaxWays = 64, kMaxNetworks = 64;

    // Each returns true when it has changed anything.
    bool take(const KernelIpv6Address& address);
    bool drop(const KernelIpv6Address& address);
    // replaces: all ways of its metric (NLM_F_REPLACE).
    bool take(const Ipv6WayOut& way, bool replaces = false);
    bool drop(const Ipv6WayOut& way);
    // A network that the kernel takes to be on the link.
    bool take(const Route& network);
    bool drop(const Route& network);
    void clear() noexcept;  // the link is down, or the kernel lists everything anew

    // needs_way_out: an address without a default route is not enough. heard: some router has advertised something.
    [[nodiscard]] Ipv6Lack lack(bool needs_way_out, bool heard) const noexcept;
    // The address from which routers and DHCPv6 servers can be asked; nullptr when there is none.
    [[nodiscard]] const KernelIpv6Address* link_local() const noexcept;
    // As a plan: the addresses in use that lead beyond the link, deprecated ones last, and the default routes in the
    // order in which the kernel takes them.
    [[nodiscard]] NetworkPlan plan() const;
    [[nodiscard]] const std::vector<Route>& networks() const noexcept { return networks_; }
    // Whether the route belongs to an address that was not made of an advertisement.
    [[nodiscard]] bool is_of_fixed_address(const Route& network) const noexcept;

  private:
    std::vector<KernelIpv6Address> addresses_;  // in order of arrival
    std::vector<Ipv6WayOut> ways_;
    std::vector<Route> networks_;
};

}  // namespace nlinit
