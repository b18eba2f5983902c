// SPDX-License-Identifier: Apache-2.0
#include "nlinit/net/carrier_cause.hpp"

#include <algorithm>

#include "nlinit/base/append.hpp"

namespace nlinit {
namespace {

constexpr const char* kNothingTells = "is the other end of the link up?";

// Of what is made on another link, or as one of two.
std::string cause_below(const Link& link, std::span<const Link> links) {
    const bool is_pair = link.kind == "veth" || link.kind == "netkit";
    const std::string role = is_pair ? "its peer" : "its parent";
    if (link.lower_is_elsewhere)
        return concat({role, ", in another network namespace, is down", (is_pair ? "" : " or has no carrier")});
    const auto lower = std::ranges::find(links, link.lower, &Link::index);
    if (lower == links.end()) return kNothingTells;
    if (!lower->admin_up) return concat({role, " ", lower->name, " is down"});
    if (!is_pair && !lower->carrier)
        return concat({role, " ", lower->name, " has no carrier: ", why_no_carrier(*lower, links)});
    return link.admin_up ? kNothingTells : "it is down itself";
}

// Of what has the carriers of its ports.
std::string cause_in_ports(const Link& link, std::span<const Link> links) {
    const auto is_port = [&](const Link& other) { return other.master == link.index; };
    if (std::ranges::none_of(links, is_port)) return concat({"it is a ", link.kind, " without ports"});
    const bool any_up = std::ranges::any_of(links, [&](const Link& other) { return is_port(other) && other.carrier; });
    return any_up ? concat({"no port of the ", link.kind, " is in use"})
                  : concat({"no port of the ", link.kind, " has a carrier"});
}

}  // namespace

std::string why_no_carrier(const Link& link, std::span<const Link> links) {
    // In another namespace it may well have the same index.
    const bool has_lower = link.lower_is_elsewhere || (link.lower != LinkIndex{} && link.lower != link.index);
    if (has_lower) return cause_below(link, links);
    if (link.kind == "bridge" || link.kind == "bond" || link.kind == "team") return cause_in_ports(link, links);
    if (link.kind == "tun") return "no program has it open";
    return kNothingTells;
}

}  // namespace nlinit
