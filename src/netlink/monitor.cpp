// SPDX-License-Identifier: Apache-2.0
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

Result<> LinkMonitor::read(const OnLinkEvent& on_link, const OnIpv6Event& on_ipv6) {
    has_more_ = false;
    const auto all = socket_.receive_events(kMaxDatagrams, [&](nlmsghdr* message) {
        if (auto link = parse_link(message)) return on_link({*std::move(link), is_removal(message)});
        parse_ipv6(message, on_ipv6);
    });
    if (!all.ok()) return all.error();
    has_more_ = !*all;
    return {};
}

Result<std::vector<LinkEvent>> LinkMonitor::read() {
    std::vector<LinkEvent> links;
    const auto done = read([&](const LinkEvent& event) { links.push_back(event); }, [](const Ipv6Event&) {});
    if (!done.ok()) return done.error();
    return links;
}

}  // namespace nlinit::netlink
