// SPDX-License-Identifier: Apache-2.0
// Embedding nlinit::linux: a lease of DHCPv6 for the interface that is named, kept until SIGTERM or SIGINT and given
// back then. Default route and on-link prefix are the kernel's, by router advertisements.
#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <variant>

#include "nlinit/dhcp_io/dhcp6_session.hpp"
#include "nlinit/netlink/links.hpp"
#include "nlinit/netlink/monitor.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/signals.hpp"

using namespace nlinit;

namespace {

Result<> keep_lease(const std::string& interface) {
    auto loop = sys::EventLoop::create();
    if (!loop.ok()) return loop.error();
    auto netlink = netlink::Socket::open();
    if (!netlink.ok()) return netlink.error();
    auto monitor = netlink::LinkMonitor::open(true);  // with events of IPv6
    if (!monitor.ok()) return monitor.error();
    auto signals = sys::SignalFd::open({SIGTERM, SIGINT});
    if (!signals.ok()) return signals.error();
    const auto link = netlink::find_link(*netlink, interface);
    if (!link.ok()) return link.error();

    dhcp_io::Dhcp6Session::Settings settings;
    settings.client.release_on_stop = true;
    dhcp_io::Dhcp6Session session(*loop, *netlink, *link, settings, [&session] {
        if (session.configured()) std::printf("bound %s\n", to_string(session.plan().addresses.front()).c_str());
        if (!session.failures().empty()) std::printf("%s\n", to_string(session.failures().front()).c_str());
        std::fflush(stdout);
    });
    session.read_addresses();
    const auto up = netlink::bring_up(*netlink, std::array{link->index});
    if (!up.failures.empty()) return up.failures.front();
    session.update(up.links.front());

    auto watched = loop->watch(monitor->fd(), [&] {
        // Which addresses may be sent from, and which another host has, the kernel tells once.
        const auto on_ipv6 = [&](const netlink::Ipv6Event& event) {
            if (const auto* address = std::get_if<netlink::AddressEvent>(&event)) session.update(*address);
        };
        const auto on_link = [&](const netlink::LinkEvent& event) {
            if (event.link.index == link->index) session.update(event.link);
        };
        if (monitor->read(on_link, on_ipv6).ok()) return;
        // Some were lost.
        if (const auto now = netlink::read_link(*netlink, link->index); now.ok()) session.update(*now);
        session.read_addresses();
    });
    if (!watched.ok()) return watched.error();
    bool stopped = false;
    watched = loop->watch(signals->fd(), [&] { stopped = signals->next().has_value(); });
    if (!watched.ok()) return watched.error();
    while (!stopped) loop->wait();
    session.stop();
    while (session.is_leaving()) loop->wait();  // until RELEASE is answered
    return {};
}

}  // namespace

int main(int argc, char* argv[]) {
    const auto kept = argc == 2 ? keep_lease(argv[1]) : Result<>(Error{0, "usage: dhcp6_keeper INTERFACE"});
    if (!kept.ok()) std::fprintf(stderr, "%s\n", to_string(kept.error()).c_str());
    return kept.ok() ? 0 : 1;
}
