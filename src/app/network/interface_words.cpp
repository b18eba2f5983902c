// How far an interface has come, in words.
#include <algorithm>
#include <array>
#include <span>

#include "app/network/interface_setup.hpp"
#include "nlinit/net/carrier_cause.hpp"
#include "nlinit/netlink/links.hpp"

namespace nlinit::app {
namespace {

std::string address_and_gateway(const NetworkPlan& plan) {
    std::string text;
    for (const auto& address : plan.addresses) text += (text.empty() ? "" : ", ") + to_string(address);
    for (const auto& route : plan.routes) {
        if (route.destination.is_default()) text += ", " + to_string(route);
    }
    return text;
}

}  // namespace

std::string_view name_of(Progress progress) noexcept {
    constexpr std::array<std::string_view, 6> kNames{"no_interface", "no_carrier",        "no_lease",
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

std::string InterfaceSetup::describe() const {
    switch (progress()) {
        case Progress::no_interface:
            return wanted_.match == "primary" ? "no network interface fits" : "there is no interface " + wanted_.match;
        case Progress::no_carrier:
            return link_->name + ": no carrier: " + why_no_carrier();
        case Progress::no_lease:
            return "no DHCP lease: " + session_->diagnosis();
        case Progress::ipv6_only:
            return link_->name + ": the network wants no IPv4 (DHCP option 108)";
        case Progress::refused_by_kernel:
            return link_->name + ": " + to_string(failures().front());
        case Progress::configured:
            return link_->name + ": " + address_and_gateway(plan());
    }
    return {};
}

}  // namespace nlinit::app
