// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/addresses.hpp"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>

#include "handles.hpp"

namespace nlinit::netlink {
namespace {

using std::chrono::seconds;

constexpr std::uint32_t kForever = std::numeric_limits<std::uint32_t>::max();  // INFINITY_LIFE_TIME

std::uint32_t lifetime_of(std::optional<seconds> time) {
    if (!time) return kForever;
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(time->count(), 0, kForever - 1));
}

// The part that requests to add and to remove the address share. Empty when memory has run out.
Handle<rtnl_addr> object_of(LinkIndex link, const InterfaceAddress& address) {
    Handle<rtnl_addr> object(rtnl_addr_alloc());
    const auto local = to_libnl(address.local, address.prefix_length);
    if (!object || !local) return nullptr;
    rtnl_addr_set_ifindex(object.get(), static_cast<int>(link));
    rtnl_addr_set_family(object.get(), number_of(address.local.family()));
    bool set = rtnl_addr_set_local(object.get(), local.get()) == 0;
    if (address.peer) {
        const auto peer = to_libnl(*address.peer, address.prefix_length);
        set = set && peer && rtnl_addr_set_peer(object.get(), peer.get()) == 0;
    }
    return set ? std::move(object) : nullptr;
}

bool set_broadcast(rtnl_addr* object, const InterfaceAddress& address) {
    if (!address.broadcast) return true;
    const auto broadcast = to_libnl(*address.broadcast);
    return broadcast && rtnl_addr_set_broadcast(object, broadcast.get()) == 0;
}

std::optional<seconds> time_in(std::uint32_t lifetime) {
    return lifetime == kForever ? std::nullopt : std::optional(seconds(lifetime));
}

void read_lifetimes(nlattr* attribute, InterfaceAddress& address) {
    if (attribute == nullptr || nla_len(attribute) < int{sizeof(ifa_cacheinfo)}) return;
    const auto* times = static_cast<const ifa_cacheinfo*>(nla_data(attribute));
    address.valid_for = time_in(times->ifa_valid);
    if (times->ifa_prefered != times->ifa_valid) address.preferred_for = time_in(times->ifa_prefered);
}

// SLAAC gives addresses a lifetime, and lets some have temporary ones beside them (IFA_F_MANAGETEMPADDR).
bool is_the_kernels_own(const InterfaceAddress& address, std::uint32_t flags) {
    if (address.local.family() == Family::kIpv4) return false;
    return address.local.is_link_local() || (flags & IFA_F_PERMANENT) == 0 || (flags & IFA_F_MANAGETEMPADDR) != 0;
}

// An address by SLAAC (IFA_F_MANAGETEMPADDR), or a temporary one beside it (IFA_F_TEMPORARY).
bool is_of_router(std::uint32_t flags) {
    return (flags & (IFA_F_MANAGETEMPADDR | IFA_F_TEMPORARY)) != 0;
}

struct FlaggedAddress {
    InterfaceAddress address;
    std::uint32_t flags = 0;  // IFA_F_*
};

// A kernel without IPv6 answers a request for IPv6 addresses with the addresses of the families that it has.
std::optional<FlaggedAddress> parse_address(nlmsghdr* message, LinkIndex link, Family family) {
    nlattr* attributes[IFA_MAX + 1] = {};
    if (message->nlmsg_type != RTM_NEWADDR || nlmsg_parse(message, sizeof(ifaddrmsg), attributes, IFA_MAX, nullptr) < 0)
        return std::nullopt;
    const auto* header = static_cast<const ifaddrmsg*>(nlmsg_data(message));
    // IFA_ADDRESS is the other end's where there is one. IPv6 leaves IFA_LOCAL out where there is none.
    const auto ours = address_in(attributes[IFA_LOCAL]), others = address_in(attributes[IFA_ADDRESS]);
    const auto local = ours ? ours : others;
    // A kernel before 4.20 does not filter the dump.
    if (header->ifa_index != static_cast<std::uint32_t>(link) || !local) return std::nullopt;
    if (local->family() != family) return std::nullopt;
    InterfaceAddress address{.local = *local, .prefix_length = header->ifa_prefixlen};
    if (others && *others != *local) address.peer = others;
    if (const auto broadcast = address_in(attributes[IFA_BROADCAST])) address.broadcast = broadcast->ipv4();
    read_lifetimes(attributes[IFA_CACHEINFO], address);
    const auto flags = attributes[IFA_FLAGS] != nullptr ? nla_get_u32(attributes[IFA_FLAGS]) : header->ifa_flags;
    address.unprobed = (flags & IFA_F_NODAD) != 0;
    return FlaggedAddress{address, flags};
}

Result<> dump_addresses(Socket& socket, LinkIndex link, Family family,
                        const std::function<void(const FlaggedAddress&)>& take) {
    ifaddrmsg header{};
    header.ifa_family = static_cast<std::uint8_t>(number_of(family));
    header.ifa_index = static_cast<std::uint32_t>(link);
    return socket.dump(Request(RTM_GETADDR, 0, header, "list the addresses"), [&](nlmsghdr* message) {
        if (auto found = parse_address(message, link, family)) take(*found);
    });
}

}  // namespace

Request make_add_address(LinkIndex link, const InterfaceAddress& address) {
    const auto object = object_of(link, address);
    nl_msg* message = nullptr;
    if (object && set_broadcast(object.get(), address)) {
        const auto nodad = address.unprobed ? unsigned{IFA_F_NODAD} : 0U;
        const auto optimistic = address.optimistic ? unsigned{IFA_F_OPTIMISTIC} : 0U;
        rtnl_addr_set_flags(object.get(), IFA_F_NOPREFIXROUTE | nodad | optimistic);
        rtnl_addr_set_valid_lifetime(object.get(), lifetime_of(address.valid_for));
        const auto preferred = address.preferred_for ? address.preferred_for : address.valid_for;
        rtnl_addr_set_preferred_lifetime(object.get(), lifetime_of(preferred));
        rtnl_addr_build_add_request(object.get(), NLM_F_CREATE | NLM_F_REPLACE, &message);
    }
    return {message, "add address " + to_string(address)};
}

Request make_remove_address(LinkIndex link, const InterfaceAddress& address) {
    nl_msg* message = nullptr;
    if (const auto object = object_of(link, address)) rtnl_addr_build_delete_request(object.get(), 0, &message);
    return {message, "remove address " + to_string(address)};
}

Result<std::vector<InterfaceAddress>> list_addresses(Socket& socket, LinkIndex link, Family family) {
    std::vector<InterfaceAddress> addresses;
    const auto done = dump_addresses(socket, link, family, [&](const FlaggedAddress& found) {
        if (!is_the_kernels_own(found.address, found.flags)) addresses.push_back(found.address);
    });
    if (!done.ok()) return done.error();
    return addresses;
}

Result<AddressesByOrigin> list_ipv6_by_origin(Socket& socket, LinkIndex link) {
    AddressesByOrigin addresses;
    const auto done = dump_addresses(socket, link, Family::kIpv6, [&](const FlaggedAddress& found) {
        auto& list = is_of_router(found.flags) ? addresses.of_routers : addresses.others;
        list.push_back(found.address);
    });
    if (!done.ok()) return done.error();
    return addresses;
}

}  // namespace nlinit::netlink
