#include "nlinit/netlink/monitor.hpp"

#include <array>
#include <span>
#include <utility>

#include "nlinit/netlink/links.hpp"

namespace nlinit::netlink {
namespace {

constexpr std::array kGroups{RTNLGRP_LINK, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV6_IFINFO,
                             RTNLGRP_ND_USEROPT};

}  // namespace

Result<LinkMonitor> LinkMonitor::open(bool with_ipv6) {
    auto socket = Socket::open_events(std::span(kGroups).first(with_ipv6 ? kGroups.size() : 1));
    if (!socket.ok()) return socket.error();
    return LinkMonitor(*std::move(socket), with_ipv6);
}

Result<std::vector<LinkOrIpv6Event>> LinkMonitor::read_all() {
    std::vector<LinkOrIpv6Event> events;
    has_more_ = false;
    const auto all = socket_.receive_events(kMaxDatagrams, [&](nlmsghdr* message) {
        if (auto link = parse_link(message)) {
            events.emplace_back(LinkEvent{*std::move(link), is_removal(message)});
        } else {
            parse_ipv6(message, [&](const Ipv6Event& event) { events.emplace_back(event); });
        }
    });
    if (!all.ok()) return all.error();
    has_more_ = !*all;
    return events;
}

Result<std::vector<LinkEvent>> LinkMonitor::read() {
    auto events = read_all();
    if (!events.ok()) return events.error();
    std::vector<LinkEvent> links;
    for (auto& event : *events) {
        if (auto* link = std::get_if<LinkEvent>(&event)) links.push_back(std::move(*link));
    }
    return links;
}

}  // namespace nlinit::netlink
