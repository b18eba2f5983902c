// SPDX-License-Identifier: Apache-2.0
// A DHCPv6 session on eth0 of the namespace that the thread is in, told of its link and of addresses as its users do
// it.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "nlinit/dhcp_io/dhcp6_session.hpp"
#include "nlinit/netlink/links.hpp"
#include "nlinit/netlink/monitor.hpp"
#include "support/require.hpp"

namespace nlinit::test {

class FollowedDhcp6Session {
  public:
    FollowedDhcp6Session(sys::EventLoop& loop, netlink::Socket& netlink,
                         const dhcp_io::Dhcp6Session::Settings& settings, std::function<void()> on_change)
        : loop_(loop) {
        const Link link = *netlink::find_link(netlink, "eth0");
        session_.emplace(loop, netlink, link, settings, std::move(on_change));
        require(loop.watch(monitor_.fd(), [this] { follow(); }).ok(), "follow links and addresses");
        session_->read_addresses();
        const std::array indexes{link.index};
        session_->update(netlink::bring_up(netlink, indexes).links.at(0));
    }
    ~FollowedDhcp6Session() { loop_.unwatch(monitor_.fd()); }
    FollowedDhcp6Session(const FollowedDhcp6Session&) = delete;
    FollowedDhcp6Session& operator=(const FollowedDhcp6Session&) = delete;

    // From here on it is told of nothing.
    void be_deaf() { loop_.unwatch(monitor_.fd()); }

    dhcp_io::Dhcp6Session& operator*() { return *session_; }
    dhcp_io::Dhcp6Session* operator->() { return &*session_; }

  private:
    void follow() {
        const auto on_link = [this](const netlink::LinkEvent& event) {
            if (event.link.index == session_->link().index) session_->update(event.link);
        };
        const auto on_ipv6 = [this](const netlink::Ipv6Event& event) {
            if (const auto* address = std::get_if<netlink::AddressEvent>(&event)) session_->update(*address);
        };
        require(monitor_.read(on_link, on_ipv6).ok(), "read events");
    }

    sys::EventLoop& loop_;
    netlink::LinkMonitor monitor_ = *netlink::LinkMonitor::open(true);
    std::optional<dhcp_io::Dhcp6Session> session_;
};

}  // namespace nlinit::test
