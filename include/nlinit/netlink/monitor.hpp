// SPDX-License-Identifier: Apache-2.0
// Links that appear, go, and gain or lose their carrier, and what becomes of IPv6 on them, as events.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/ipv6_events.hpp"
#include "nlinit/netlink/socket.hpp"

namespace nlinit::netlink {

struct LinkEvent {
    Link link;
    bool removed = false;
};

using OnLinkEvent = std::function<void(const LinkEvent& event)>;

class LinkMonitor {
  public:
    // A read takes at most so many of the kernel's datagrams: a flood of router advertisements is one of events.
    static constexpr std::size_t kMaxDatagrams = 64;

    // Subscribes to events. List the links once after this call: events from before it are not reported.
    [[nodiscard]] static Result<LinkMonitor> open(bool with_ipv6 = false);
    [[nodiscard]] int fd() const noexcept { return socket_.fd(); }
    [[nodiscard]] bool has_ipv6() const noexcept { return has_ipv6_; }
    // The events since the last call, in the order in which they happened: what a router says before a link goes down
    // is not applied after it. Never waits. ENOBUFS: the kernel has dropped events, so list the links again.
    [[nodiscard]] Result<> read(const OnLinkEvent& on_link, const OnIpv6Event& on_ipv6);
    [[nodiscard]] Result<std::vector<LinkEvent>> read();  // those of links
    // Whether the last read() has left events for the next one.
    [[nodiscard]] bool has_more() const noexcept { return has_more_; }

  private:
    LinkMonitor(Socket socket, bool has_ipv6) noexcept : socket_(std::move(socket)), has_ipv6_(has_ipv6) {}
    Socket socket_;
    bool has_ipv6_;
    bool has_more_ = false;
};

}  // namespace nlinit::netlink
