// SPDX-License-Identifier: Apache-2.0
// How far an interface has come, in words.
#include <algorithm>
#include <array>
#include <span>

#include "app/network/interface_setup.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/net/carrier_cause.hpp"
#include "nlinit/netlink/links.hpp"

namespace nlinit::app {
namespace {

// "10.0.2.15/24, default via 10.0.2.2, 2001:db8::5/64, default via fe80::1"
std::string address_and_gateway(const NetworkPlan& plan) {
    std::string text;
    const auto add = [&](const std::string& part) { text.append(text.empty() ? "" : ", ").append(part); };
    for (const auto family : {Family::kIpv4, Family::kIpv6}) {
        for (const auto& address : plan.addresses) {
            if (address.local.family() == family) add(to_string(address));
        }
        for (const auto& route : plan.routes) {
            if (route.family() == family && route.destination.is_default()) add(to_string(route));
        }
    }
    return text;
}

}  // namespace

std::string_view name_of(Progress progress) noexcept {
    constexpr std::array<std::string_view, 7> kNames{"no_interface", "no_carrier",        "no_lease",  "no_ipv6",
                                                     "ipv6_only",    "refused_by_kernel", "configured"};
    return kNames[static_cast<std::size_t>(progress)];
}

// Of hardware nobody here tells; what software makes has its cause among the links of now.
std::string InterfaceSetup::why_no_carrier() const {
    const auto links = netlink::list_links(netlink_);
    const std::span<const Link> all = links.ok() ? std::span<const Link>(*links) : std::span<const Link>(&*link_, 1);
    const auto now = std::ranges::find(all, link_->index, &Link::index);
    return nlinit::why_no_carrier(now == all.end() ? *link_ : *now, all);
}

std::string InterfaceSetup::why_no_ipv6() const {
    std::string text = wants_no_ipv4() ? "no IPv6, and the network wants no IPv4 (DHCP option 108): " : "no IPv6: ";
    if (!ipv6_ || ipv6_lack_ != Ipv6Lack::nothing) return text.append(explanation_of(ipv6_lack_));
    const auto take = [this](const netlink::Ipv6Event& event) {
        if (netlink::link_of(event) == link_->index) ipv6_->take(event);
    };
    if (ipv6_->lack() == Ipv6Lack::router) static_cast<void>(netlink::list_router_flags(netlink_, take));
    const auto lack = ipv6_->lack();
    // An answer is missing where there is no address, or all else is there.
    const auto* asked = dhcp6_session();
    const bool is_unanswered = asked != nullptr && !asked->configured();
    if (lack == Ipv6Lack::nothing && is_unanswered) return text.append("DHCPv6: ").append(asked->diagnosis());
    text.append(explanation_of(lack));
    if (lack == Ipv6Lack::prefix && is_unanswered) text.append("; DHCPv6: ").append(asked->diagnosis());
    return text;
}

std::string InterfaceSetup::describe() const {
    switch (progress()) {
        case Progress::no_interface:
            return wanted_.match == "primary" ? "no network interface fits" : "there is no interface " + wanted_.match;
        case Progress::no_carrier:
            return concat({link_->name, ": no carrier: ", why_no_carrier()});
        case Progress::no_lease:
            return "no DHCP lease: " + session_->diagnosis();
        case Progress::no_ipv6:
            return concat({link_->name, ": ", why_no_ipv6()});
        case Progress::ipv6_only:
            return link_->name + ": the network wants no IPv4 (DHCP option 108)";
        case Progress::refused_by_kernel:
            return concat({link_->name, ": ", to_string(failures().front())});
        case Progress::configured:
            return concat({link_->name, ": ", address_and_gateway(plan())});
    }
    return {};
}

}  // namespace nlinit::app
