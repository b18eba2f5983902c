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
    bool tentative = false;   // it is still asked whether another host has it (RFC 4862 5.4)
    bool optimistic = false;  // and may be used meanwhile (RFC 4429)
    bool duplicate = false;   // another host has it
    bool deprecated = false;  // not for new connections (RFC 4862 5.5.4)
    bool permanent = false;   // and so not made of a router's word

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

// What routers say of how a host is to be configured (RFC 4861 4.2), as the kernel keeps it (IFLA_INET6_FLAGS).
struct RouterFlags {
    bool is_answered = false;  // an advertisement came after a solicitation
    bool managed = false;      // M: addresses by DHCPv6
    bool other = false;        // O: what is not an address by DHCPv6
    friend bool operator==(const RouterFlags&, const RouterFlags&) = default;
};

// The first thing that is missing of an IPv6 that can be used.
enum class Ipv6Lack : std::uint8_t {
    nothing,
    kernel_support,
    link_support,          // as with an MTU below 1280
    permission,            // it is disabled there
    link_local,            // there is none, or it is tentative: nobody can be asked
    duplicate_link_local,  // another host has it, and so the MAC address
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
    // The kernel makes up to 16 addresses of advertisements on a link (sysctl max_addresses), and any number of ways
    // and networks.
    static constexpr std::size_t kMaxAddresses = 64, kMaxWays = 64, kMaxNetworks = 64;

    // Each: true when it changes anything.
    bool take(const KernelIpv6Address& address);
    bool drop(const KernelIpv6Address& address);
    // replaces: all ways of its metric (NLM_F_REPLACE).
    bool take(const Ipv6WayOut& way, bool replaces = false);
    bool drop(const Ipv6WayOut& way);
    // A network that the kernel takes to be on the link.
    bool take(const Route& network);
    bool drop(const Route& network);
    void clear() noexcept;  // the link is down, or all is told anew

    // needs_way_out: an address alone is not enough. heard: a router has said something, whatever became of it.
    [[nodiscard]] Ipv6Lack lack(bool needs_way_out, bool heard) const noexcept;
    // From which a router, or a DHCPv6 server, can be asked. nullptr: there is none.
    [[nodiscard]] const KernelIpv6Address* link_local() const noexcept;
    // Those that lead beyond the link and are in use, what is not deprecated first; and the ways out, the one that the
    // kernel takes first. As routes and addresses of a plan.
    [[nodiscard]] NetworkPlan plan() const;
    [[nodiscard]] const std::vector<Route>& networks() const noexcept { return networks_; }
    // It is there for an address that no router had a say in.
    [[nodiscard]] bool is_of_fixed_address(const Route& network) const noexcept;

  private:
    std::vector<KernelIpv6Address> addresses_;  // in order of arrival
    std::vector<Ipv6WayOut> ways_;
    std::vector<Route> networks_;
};

}  // namespace nlinit
