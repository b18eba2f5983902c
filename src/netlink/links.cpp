// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/links.hpp"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <algorithm>
#include <cerrno>

#include "nlinit/base/append.hpp"

namespace nlinit::netlink {
namespace {

ifinfomsg header_for(LinkIndex index) {
    ifinfomsg header{};
    header.ifi_index = static_cast<int>(index);
    return header;
}

std::string number(LinkIndex index) {
    return index == kLoopback ? "lo" : "interface " + std::to_string(static_cast<int>(index));
}

// Leaves out the counters: they are most of an answer, and nothing here reads them.
Request make_get(const ifinfomsg& which, std::string what) {
    Request request(RTM_GETLINK, 0, which, std::move(what));
    request.put_u32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    return request;
}

Request make_get(LinkIndex index) {
    return make_get(header_for(index), "read the state of " + number(index));
}

Request make_up(LinkIndex index, const std::string& name) {
    auto header = header_for(index);
    header.ifi_flags = header.ifi_change = IFF_UP;
    return {RTM_NEWLINK, 0, header, concat({"bring ", (name.empty() ? number(index) : name), " up"})};
}

// IFLA_INFO_KIND, and of a VLAN its number.
void read_kind(nlattr* link_info, Link& link) {
    nlattr* info[IFLA_INFO_MAX + 1] = {};
    if (link_info == nullptr || nla_parse_nested(info, IFLA_INFO_MAX, link_info, nullptr) < 0) return;
    if (info[IFLA_INFO_KIND] != nullptr) link.kind = nla_get_string(info[IFLA_INFO_KIND]);
    nlattr* data[IFLA_VLAN_MAX + 1] = {};
    if (link.kind != kVlanKind || info[IFLA_INFO_DATA] == nullptr) return;
    if (nla_parse_nested(data, IFLA_VLAN_MAX, info[IFLA_INFO_DATA], nullptr) >= 0 && data[IFLA_VLAN_ID] != nullptr)
        link.vlan_id = nla_get_u16(data[IFLA_VLAN_ID]);
}

Result<Link> get_one(Socket& socket, Request request) {
    std::optional<Link> link;
    const std::string what = request.what();
    auto done = socket.transact(std::move(request), [&](nlmsghdr* message) { link = parse_link(message); });
    if (!done.ok()) return done.error();
    if (!link) return Error{ENODEV, what};
    return *std::move(link);
}

std::uint32_t u32_or_0(nlattr* attribute) {
    return attribute != nullptr ? nla_get_u32(attribute) : 0;
}

MacAddress mac_in(nlattr* attribute) {
    MacAddress::Octets octets{};
    if (attribute == nullptr || nla_len(attribute) != static_cast<int>(octets.size())) return MacAddress{};
    std::copy_n(static_cast<const std::uint8_t*>(nla_data(attribute)), octets.size(), octets.begin());
    return MacAddress(octets);
}

}  // namespace

std::optional<Link> parse_link(nlmsghdr* message) {
    if (message->nlmsg_type != RTM_NEWLINK && message->nlmsg_type != RTM_DELLINK) return std::nullopt;
    nlattr* attributes[IFLA_MAX + 1] = {};
    if (nlmsg_parse(message, sizeof(ifinfomsg), attributes, IFLA_MAX, nullptr) < 0 || !attributes[IFLA_IFNAME])
        return std::nullopt;
    const auto* header = static_cast<const ifinfomsg*>(nlmsg_data(message));
    // A port that leaves a bridge is an RTM_DELLINK of that family; the interface itself stays.
    if (header->ifi_family != AF_UNSPEC) return std::nullopt;
    Link link;
    link.index = LinkIndex{header->ifi_index};
    link.name = nla_get_string(attributes[IFLA_IFNAME]);
    link.mac = mac_in(attributes[IFLA_ADDRESS]);
    if (attributes[IFLA_PERM_ADDRESS] != nullptr) link.permanent_mac = mac_in(attributes[IFLA_PERM_ADDRESS]);
    link.mtu = u32_or_0(attributes[IFLA_MTU]);
    link.min_mtu = u32_or_0(attributes[IFLA_MIN_MTU]);
    link.max_mtu = u32_or_0(attributes[IFLA_MAX_MTU]);
    link.carrier_changes = u32_or_0(attributes[IFLA_CARRIER_CHANGES]);
    link.ethernet = header->ifi_type == ARPHRD_ETHER;
    link.has_device = attributes[IFLA_PARENT_DEV_NAME] != nullptr;
    link.admin_up = (header->ifi_flags & IFF_UP) != 0;
    link.carrier = (header->ifi_flags & IFF_LOWER_UP) != 0;
    link.lower = LinkIndex{static_cast<int>(u32_or_0(attributes[IFLA_LINK]))};
    link.lower_is_elsewhere = attributes[IFLA_LINK_NETNSID] != nullptr;
    link.master = LinkIndex{static_cast<int>(u32_or_0(attributes[IFLA_MASTER]))};
    read_kind(attributes[IFLA_LINKINFO], link);
    return link;
}

bool is_removal(const nlmsghdr* message) noexcept {
    return message->nlmsg_type == RTM_DELLINK;
}

Result<std::vector<Link>> list_links(Socket& socket) {
    std::vector<Link> links;
    auto done = socket.dump(make_get(ifinfomsg{}, "list the network interfaces"), [&](nlmsghdr* message) {
        if (auto link = parse_link(message)) links.push_back(*std::move(link));
    });
    if (!done.ok()) return done.error();
    return links;
}

Result<Link> find_link(Socket& socket, const std::string& name) {
    if (name.empty() || name.size() >= IFNAMSIZ) return Error{ENODEV, "find interface " + name};
    auto request = make_get(ifinfomsg{}, "find interface " + name);
    request.put_text(IFLA_IFNAME, name);
    return get_one(socket, std::move(request));
}

Result<Link> read_link(Socket& socket, LinkIndex index) {
    return get_one(socket, make_get(index));
}

BroughtUp bring_up(Socket& socket, std::span<const LinkIndex> indexes,
                   const std::function<std::string(LinkIndex)>& name_of) {
    BroughtUp result;
    std::vector<Request> requests;
    for (const auto index : indexes) requests.push_back(make_up(index, name_of ? name_of(index) : std::string()));
    for (const auto index : indexes) {
        if (index != kLoopback) requests.push_back(make_get(index));
    }
    auto failures = socket.transact(requests, [&](nlmsghdr* message) {
        if (auto link = parse_link(message)) result.links.push_back(*std::move(link));
    });
    for (auto& failure : failures) result.failures.push_back(std::move(failure.error));
    return result;
}

Request make_set_mtu(LinkIndex index, std::uint32_t mtu) {
    Request request(RTM_NEWLINK, 0, header_for(index), "set the MTU to " + std::to_string(mtu));
    request.put_u32(IFLA_MTU, mtu);
    return request;
}

Request make_set_mac(LinkIndex index, const MacAddress& mac) {
    Request request(RTM_NEWLINK, 0, header_for(index), "set the hardware address to " + mac.to_string());
    request.put(IFLA_ADDRESS, mac.octets().data(), mac.octets().size());
    return request;
}

Request make_set_name(LinkIndex index, const std::string& from, const std::string& to) {
    Request request(RTM_NEWLINK, 0, header_for(index), concat({"rename ", from, " to ", to}));
    request.put_text(IFLA_IFNAME, to);
    return request;
}

Request make_add_vlan(const std::string& name, const Link& parent, std::uint16_t id) {
    Request request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, ifinfomsg{},
                    concat({"make VLAN ", std::to_string(id), " on ", parent.name, " as ", name}));
    request.put_text(IFLA_IFNAME, name);
    request.put_u32(IFLA_LINK, static_cast<std::uint32_t>(parent.index));
    request.begin(IFLA_LINKINFO);
    request.put_text(IFLA_INFO_KIND, std::string(kVlanKind));
    request.begin(IFLA_INFO_DATA);
    request.put(IFLA_VLAN_ID, &id, sizeof id);
    request.end();
    request.end();
    return request;
}

}  // namespace nlinit::netlink
