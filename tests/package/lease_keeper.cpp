// Embedding nlinit::linux: a lease for the interface that is named, kept until SIGTERM or SIGINT and given back then.
#include <array>
#include <csignal>
#include <cstdio>
#include <string>

#include "nlinit/dhcp_io/session.hpp"
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
    auto monitor = netlink::LinkMonitor::open();
    if (!monitor.ok()) return monitor.error();
    auto signals = sys::SignalFd::open({SIGTERM, SIGINT});
    if (!signals.ok()) return signals.error();
    const auto link = netlink::find_link(*netlink, interface);
    if (!link.ok()) return link.error();

    dhcp_io::Session::Settings settings;
    settings.client.release_on_stop = true;
    dhcp_io::Session session(*loop, *netlink, *link, settings, [&session] {
        if (session.configured()) std::printf("bound %s\n", to_string(session.plan().addresses.front()).c_str());
        if (!session.failures().empty()) std::printf("%s\n", to_string(session.failures().front()).c_str());
        std::fflush(stdout);
    });
    // While the link is still down, so that no time is lost once it is up.
    if (auto opened = session.open(); !opened.ok()) return opened.error();
    const auto up = netlink::bring_up(*netlink, std::array{link->index});
    if (!up.failures.empty()) return up.failures.front();
    session.update(up.links.front());

    auto watched = loop->watch(monitor->fd(), [&] {
        // That something happened is enough, events that were lost included: the link tells how it is.
        static_cast<void>(monitor->read());
        if (const auto now = netlink::read_link(*netlink, link->index); now.ok()) session.update(*now);
    });
    if (!watched.ok()) return watched.error();
    bool stopped = false;
    watched = loop->watch(signals->fd(), [&] { stopped = signals->next().has_value(); });
    if (!watched.ok()) return watched.error();
    while (!stopped) loop->wait();
    session.stop();
    return {};
}

}  // namespace

int main(int argc, char* argv[]) {
    const auto kept = argc == 2 ? keep_lease(argv[1]) : Result<>(Error{0, "usage: lease_keeper INTERFACE"});
    if (!kept.ok()) std::fprintf(stderr, "%s\n", to_string(kept.error()).c_str());
    return kept.ok() ? 0 : 1;
}
