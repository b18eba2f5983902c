#include "nlinit/netlink/addresses.hpp"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace nlinit::netlink {
namespace {

constexpr std::uint32_t kForever = std::numeric_limits<std::uint32_t>::max();  // INFINITY_LIFE_TIME

ifaddrmsg header_for(LinkIndex link, const InterfaceAddress& address) {
    ifaddrmsg header{};
    header.ifa_family = AF_INET;
    header.ifa_prefixlen = address.prefix_length;
    header.ifa_index = static_cast<std::uint32_t>(link);
    return header;
}

std::uint32_t lifetime_of(const InterfaceAddress& address) {
    if (!address.valid_for) return kForever;
    return static_cast<std::uint32_t>(std::min<std::int64_t>(address.valid_for->count(), kForever - 1));
}

std::optional<InterfaceAddress> parse_address(nlmsghdr* message, LinkIndex link) {
    nlattr* attributes[IFA_MAX + 1] = {};
    if (message->nlmsg_type != RTM_NEWADDR || nlmsg_parse(message, sizeof(ifaddrmsg), attributes, IFA_MAX, nullptr) < 0)
        return std::nullopt;
    const auto* header = static_cast<const ifaddrmsg*>(nlmsg_data(message));
    const auto local = address_in(attributes[IFA_LOCAL]);
    // A kernel before 4.20 does not filter the dump.
    if (header->ifa_index != static_cast<std::uint32_t>(link) || !local) return std::nullopt;
    InterfaceAddress address{*local, header->ifa_prefixlen, address_in(attributes[IFA_BROADCAST]), std::nullopt};
    if (attributes[IFA_CACHEINFO] != nullptr && nla_len(attributes[IFA_CACHEINFO]) >= int{sizeof(ifa_cacheinfo)}) {
        const auto* times = static_cast<const ifa_cacheinfo*>(nla_data(attributes[IFA_CACHEINFO]));
        if (times->ifa_valid != kForever) address.valid_for = std::chrono::seconds(times->ifa_valid);
    }
    return address;
}

}  // namespace

Request make_add_address(LinkIndex link, const InterfaceAddress& address) {
    Request request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, header_for(link, address),
                    "add address " + to_string(address));
    request.put_address(IFA_LOCAL, address.local);
    request.put_address(IFA_ADDRESS, address.local);
    if (address.broadcast) request.put_address(IFA_BROADCAST, *address.broadcast);
    request.put_u32(IFA_FLAGS, IFA_F_NOPREFIXROUTE);
    ifa_cacheinfo times{};
    times.ifa_valid = times.ifa_prefered = lifetime_of(address);
    request.put(IFA_CACHEINFO, &times, sizeof times);
    return request;
}

Request make_remove_address(LinkIndex link, const InterfaceAddress& address) {
    Request request(RTM_DELADDR, 0, header_for(link, address), "remove address " + to_string(address));
    request.put_address(IFA_LOCAL, address.local);
    return request;
}

Result<std::vector<InterfaceAddress>> list_addresses(Socket& socket, LinkIndex link) {
    std::vector<InterfaceAddress> addresses;
    ifaddrmsg header{};
    header.ifa_family = AF_INET;
    header.ifa_index = static_cast<std::uint32_t>(link);
    auto done = socket.dump(Request(RTM_GETADDR, 0, header, "list the addresses"), [&](nlmsghdr* message) {
        if (auto address = parse_address(message, link)) addresses.push_back(*address);
    });
    if (!done.ok()) return done.error();
    return addresses;
}

}  // namespace nlinit::netlink
