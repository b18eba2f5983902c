// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/link_ipv6.hpp"

#include <algorithm>
#include <array>

namespace nlinit {
namespace {

struct LackWords {
    std::string_view name, explanation;
};
constexpr std::array<LackWords, 12> kLackWords{{
    {"nothing", "nothing is missing"},
    {"kernel_support", "this kernel has none"},
    {"link_support", "this link can have none, as with an MTU below 1280"},
    {"permission", "it is disabled there (sysctl disable_ipv6)"},
    {"link_local", "the link-local address cannot be used yet"},
    {"duplicate_link_local", "another host has the link-local address, and so the MAC address of this link"},
    {"router", "no router has answered"},
    {"prefix", "a router is there, and no address: it advertises no prefix to make one of"},
    {"probe", "it is still asked whether another host has the address"},
    {"duplicate", "another host has the address"},
    {"preferred_address", "the address is deprecated"},
    {"way_out", "there is an address and no default route"},
}};

const LackWords& words_of(Ipv6Lack lack) noexcept {
    return kLackWords[static_cast<std::size_t>(lack)];
}

// Replaces the entry for the same thing, or appends the new one.
template <class Entry, class IsSame>
bool put(std::vector<Entry>& entries, const Entry& entry, std::size_t limit, const IsSame& is_same) {
    const auto known = std::ranges::find_if(entries, is_same);
    if (known == entries.end()) {
        if (entries.size() == limit) return false;
        entries.push_back(entry);
        return true;
    }
    if (*known == entry) return false;
    *known = entry;
    return true;
}

auto is_at(const Ipv6Address& address) {
    return [address](const KernelIpv6Address& other) { return other.address == address; };
}

auto is_way(const Ipv6WayOut& way) {
    return [way](const Ipv6WayOut& other) { return other.is_same_way(way); };
}

}  // namespace

std::string_view name_of(Ipv6Lack lack) noexcept {
    return words_of(lack).name;
}

std::string_view explanation_of(Ipv6Lack lack) noexcept {
    return words_of(lack).explanation;
}

bool LinkIpv6::take(const KernelIpv6Address& address) {
    return put(addresses_, address, kMaxAddresses, is_at(address.address));
}

// Only the event of its removal says that an address is a duplicate, so such an address is kept with that flag.
bool LinkIpv6::drop(const KernelIpv6Address& address) {
    if (address.duplicate && address.address.is_beyond_link()) return take(address);
    return std::erase_if(addresses_, is_at(address.address)) > 0;
}

bool LinkIpv6::take(const Ipv6WayOut& way, bool replaces) {
    const auto is_replaced = [&](const Ipv6WayOut& other) {
        return other.metric == way.metric && other.gateway != way.gateway;
    };
    const auto replaced = replaces ? std::erase_if(ways_, is_replaced) : 0;
    return put(ways_, way, kMaxWays, is_way(way)) || replaced > 0;
}

bool LinkIpv6::drop(const Ipv6WayOut& way) {
    return std::erase_if(ways_, is_way(way)) > 0;
}

void LinkIpv6::clear() noexcept {
    addresses_.clear();
    ways_.clear();
    networks_.clear();
}

bool LinkIpv6::take(const Route& network) {
    return put(networks_, network, kMaxNetworks, [&](const Route& other) { return other == network; });
}

bool LinkIpv6::drop(const Route& network) {
    return std::erase(networks_, network) > 0;
}

bool LinkIpv6::is_of_fixed_address(const Route& network) const noexcept {
    return std::ranges::any_of(addresses_, [&](const KernelIpv6Address& each) {
        return each.permanent && IpPrefix(each.address, each.prefix_length) == network.destination;
    });
}

const KernelIpv6Address* LinkIpv6::link_local() const noexcept {
    const auto found = std::ranges::find_if(addresses_, [](const KernelIpv6Address& address) {
        return address.address.is_link_local() && address.is_in_use();
    });
    return found == addresses_.end() ? nullptr : &*found;
}

Ipv6Lack LinkIpv6::lack(bool needs_way_out, bool heard) const noexcept {
    const auto any = [&](bool beyond_link, auto member) {
        return std::ranges::any_of(addresses_, [&](const KernelIpv6Address& address) {
            return address.address.is_beyond_link() == beyond_link && (address.*member);
        });
    };
    const auto leads_out = [](const KernelIpv6Address& address) { return address.address.is_beyond_link(); };
    const auto can_be_used = [&](const KernelIpv6Address& address) {
        return leads_out(address) && address.is_in_use() && !address.deprecated;
    };
    if (std::ranges::any_of(addresses_, can_be_used))
        return needs_way_out && ways_.empty() ? Ipv6Lack::way_out : Ipv6Lack::nothing;
    if (any(true, &KernelIpv6Address::duplicate)) return Ipv6Lack::duplicate;
    const auto is_probed = [&](const KernelIpv6Address& address) {
        return leads_out(address) && address.tentative && !address.deprecated;
    };
    if (std::ranges::any_of(addresses_, is_probed)) return Ipv6Lack::probe;
    if (any(true, &KernelIpv6Address::deprecated)) return Ipv6Lack::preferred_address;
    if (heard || !ways_.empty()) return Ipv6Lack::prefix;
    if (any(false, &KernelIpv6Address::duplicate)) return Ipv6Lack::duplicate_link_local;
    return link_local() == nullptr ? Ipv6Lack::link_local : Ipv6Lack::router;
}

NetworkPlan LinkIpv6::plan() const {
    NetworkPlan plan;
    for (const bool deprecated : {false, true}) {
        for (const auto& address : addresses_) {
            if (address.deprecated == deprecated && address.is_in_use() && address.address.is_beyond_link())
                plan.addresses.push_back({.local = address.address, .prefix_length = address.prefix_length});
        }
    }
    const auto comes_before = [](const Ipv6WayOut& a, const Ipv6WayOut& b) {
        return a.metric != b.metric ? a.metric < b.metric : a.preference > b.preference;
    };
    std::vector<Ipv6WayOut> ways;
    for (const auto& way : ways_) ways.insert(std::ranges::upper_bound(ways, way, comes_before), way);
    for (const auto& way : ways) {
        Route route{.destination = IpPrefix::everything(Family::kIpv6)};
        if (!way.gateway.is_unspecified()) route.gateway = way.gateway;
        if (way.metric != kIpv6DefaultMetric) route.metric = way.metric;
        plan.routes.push_back(route);
    }
    return plan;
}

}  // namespace nlinit
