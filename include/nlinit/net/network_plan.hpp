// SPDX-License-Identifier: Apache-2.0
// The state of a link as the kernel reports it, and the configuration that DHCP, ip= or the config wants for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nlinit/net/address.hpp"
#include "nlinit/net/ip_address.hpp"
#include "nlinit/net/name_server.hpp"

namespace nlinit {

inline constexpr std::uint16_t kSmallestIpv6Mtu = 1280;  // RFC 8200 5: below it there is no IPv6 on a link

// A network interface as the kernel reports it (RTM_NEWLINK).
struct Link {
    LinkIndex index{};
    std::string name;
    MacAddress mac;
    std::optional<MacAddress> permanent_mac;          // that the hardware has by itself (Linux ≥ 5.6)
    std::uint32_t mtu = 0, min_mtu = 0, max_mtu = 0;  // a max_mtu of 0: the driver sets no limit
    bool ethernet = false;                            // ARPHRD_ETHER, what DHCP is spoken on here
    bool has_device = false;                          // hardware behind it (IFLA_PARENT_DEV_NAME, Linux ≥ 5.14)
    std::uint32_t carrier_changes = 0;                // a counter: it shows a flap between two readings
    bool admin_up = false;                            // IFF_UP
    bool carrier = false;                             // IFF_LOWER_UP: what is sent can leave
    std::string kind;                 // virtual links: "veth", "vlan", "bridge" (IFLA_INFO_KIND); else empty
    LinkIndex lower{};                // the parent of a VLAN or macvlan, the peer of a veth (IFLA_LINK)
    bool lower_is_elsewhere = false;  // in another network namespace (IFLA_LINK_NETNSID): `lower` counts there
    LinkIndex master{};               // the bridge or bond whose port it is (IFLA_MASTER)
    std::uint16_t vlan_id = 0;        // of kind "vlan"
    friend bool operator==(const Link&, const Link&) = default;
};

// How often the carrier came or went between two readings of a link, with regard to the counter's wrap-around. A
// negative result: `after` is the older reading, for example an event that was already queued when the link was read.
[[nodiscard]] constexpr std::int32_t carrier_changes_between(const Link& before, const Link& after) noexcept {
    return static_cast<std::int32_t>(after.carrier_changes - before.carrier_changes);
}

struct InterfaceAddress {
    IpAddress local;
    std::uint8_t prefix_length = 32;
    std::optional<Ipv4Address> broadcast = {};               // of IPv4 alone; none on a /31 or /32
    std::optional<std::chrono::seconds> valid_for = {};      // the kernel drops the address then; none: it stays
    std::optional<std::chrono::seconds> preferred_for = {};  // for new connections; none: as long as it is valid
    std::optional<IpAddress> peer = {};  // of a point-to-point link: the other end; the prefix is then that one's
    bool unprobed = false;  // IFA_F_NODAD, of IPv6: used at once, without asking the link whether another host has it
    // IFA_F_OPTIMISTIC: used while the link is asked (RFC 4429), where the kernel is told to allow that.
    bool optimistic = false;

    [[nodiscard]] IpPrefix prefix() const noexcept { return {local, prefix_length}; }
    [[nodiscard]] bool same_place(const InterfaceAddress& other) const noexcept {
        return local == other.local && prefix_length == other.prefix_length;
    }
    friend bool operator==(const InterfaceAddress&, const InterfaceAddress&) = default;
};
std::string to_string(const InterfaceAddress& address);  // "10.0.2.15/24"

// The metric that the kernel gives an IPv6 route without one (IP6_RT_PRIO_USER); it has no IPv6 routes of metric 0.
inline constexpr std::uint32_t kIpv6DefaultMetric = 1024;

struct Route {
    IpPrefix destination = {};
    std::optional<IpAddress> gateway = {};  // none: on link
    std::optional<IpAddress> source = {};   // RTA_PREFSRC
    std::uint32_t metric = 0;               // 0: the kernel's choice, kIpv6DefaultMetric for IPv6
    bool is_advice = false;                 // a server's route that is no default route: the plan is usable without it

    [[nodiscard]] Family family() const noexcept { return destination.family(); }
    // Compares the route itself, without is_advice, which only concerns the plan.
    friend bool operator==(const Route& a, const Route& b);
};
// The same destination and metric: the kernel has one such route of IPv4.
[[nodiscard]] bool same_slot(const Route& a, const Route& b) noexcept;
// Whether NLM_F_REPLACE puts one in the other's place in every kernel. Older ones let an IPv6 route on link stand
// beside one with a gateway (fib6_add_rt2node()); in newer ones the removal that follows finds nothing, which is fine.
[[nodiscard]] bool takes_place_of(const Route& one, const Route& other) noexcept;
std::string to_string(const Route& route);  // "default via 10.0.2.2"

struct NetworkPlan {
    std::vector<InterfaceAddress> addresses;
    std::vector<Route> routes;  // in an order the kernel accepts: the way to a gateway before what goes through it
    std::optional<std::uint16_t> mtu;
    bool mtu_is_advice = false;  // a server's MTU; the server cannot know the device: the plan is usable without it
    std::vector<NameServer> name_servers;
    std::vector<std::string> search_domains;
    friend bool operator==(const NetworkPlan&, const NetworkPlan&) = default;
};

// The part of a plan that the kernel keeps when the link goes down: IPv4 addresses. IPv6 addresses and all routes are
// lost.
[[nodiscard]] NetworkPlan what_outlasts_down(NetworkPlan plan);

// The changes that turn one state of a link into another. They are made in the order of the members. An address that
// only gets a new lifetime is in addresses_to_add (RTM_NEWADDR with NLM_F_REPLACE), never in a removal: open
// connections live on.
struct NetworkChanges {
    std::vector<InterfaceAddress> addresses_in_the_way;  // to remove first: see diff()
    std::vector<InterfaceAddress> addresses_to_add;
    std::vector<Route> routes_to_add;
    std::vector<Route> routes_to_remove;
    std::vector<InterfaceAddress> addresses_to_remove;
    friend bool operator==(const NetworkChanges&, const NetworkChanges&) = default;
};

// The changes that lead from `current` to `wanted`. Nothing is removed that `current` does not list, so a caller passes
// the addresses and routes that it has installed itself and those that it considers stale. An old IPv4 address is in
// the way when a wanted one shares its subnet: the kernel would make the new one its secondary and drop both when the
// old one goes (man 7 ip: promote_secondaries is off by default). IPv6 has no secondaries.
[[nodiscard]] NetworkChanges diff(const NetworkPlan& current, const NetworkPlan& wanted);

}  // namespace nlinit
