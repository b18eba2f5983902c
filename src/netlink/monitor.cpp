#include "nlinit/netlink/monitor.hpp"

#include "nlinit/netlink/links.hpp"

namespace nlinit::netlink {

Result<LinkMonitor> LinkMonitor::open() {
    auto socket = Socket::open_link_events();
    if (!socket.ok()) return socket.error();
    return LinkMonitor(*std::move(socket));
}

Result<std::vector<LinkEvent>> LinkMonitor::read() {
    std::vector<LinkEvent> events;
    auto done = socket_.receive_events([&](nlmsghdr* message) {
        if (auto link = parse_link(message)) events.push_back({*std::move(link), is_removal(message)});
    });
    if (!done.ok()) return done.error();
    return events;
}

}  // namespace nlinit::netlink
