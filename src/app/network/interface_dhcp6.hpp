// SPDX-License-Identifier: Apache-2.0
// The DHCPv6 client of one link: whether there is one, as routers or the configuration say, and what it brings.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "nlinit/base/time.hpp"
#include "nlinit/dhcp_io/dhcp6_session.hpp"
#include "nlinit/net/link_ipv6.hpp"
#include "nlinit/netlink/ipv6_events.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

class InterfaceDhcp6 {
  public:
    using Settings = dhcp_io::Dhcp6Session::Settings;

    // always: for addresses, whatever routers say. The mode in the settings is theirs.
    InterfaceDhcp6(sys::EventLoop& loop, netlink::Socket& netlink, const Link& link, Settings settings, bool always,
                   std::function<void()> on_change);
    ~InterfaceDhcp6();
    InterfaceDhcp6(const InterfaceDhcp6&) = delete;
    InterfaceDhcp6& operator=(const InterfaceDhcp6&) = delete;

    void update(const Link& link);
    void take(const netlink::Ipv6Event& event);
    void begin_anew();                      // events were lost
    void follow(const RouterFlags& flags);  // what routers have said by now
    void release_on_stop(bool release);
    void respect(std::vector<Claim> claims);
    void renew();
    void stop();
    [[nodiscard]] bool is_leaving() const noexcept { return session_ && session_->is_leaving(); }
    // Told in place of the one before: of whom it is no more.
    void tell(std::function<void()> on_change) { on_change_ = std::move(on_change); }

    [[nodiscard]] const Link& link() const noexcept { return link_; }
    [[nodiscard]] const dhcp_io::Dhcp6Session* session() const noexcept { return session_.get(); }  // nullptr: none yet
    [[nodiscard]] const dhcp6::Configuration* configuration() const noexcept;  // nullptr: no server has said anything
    // It may be worth to wait for it: a server that is there answers in the first round (RFC 8415 18.2.1).
    [[nodiscard]] bool is_awaited() const noexcept;

  private:
    void start(dhcp6::Mode mode);
    void begin_patience();
    [[nodiscard]] bool is_in_vain() const noexcept;

    sys::EventLoop& loop_;
    netlink::Socket& netlink_;
    Link link_;
    Settings settings_;
    bool always_;
    std::function<void()> on_change_;
    sys::EventLoop::TimerId patience_timer_;
    std::optional<TimePoint> patience_until_;
    sys::EventLoop::TimerId attempt_timer_;
    TimePoint attempt_until_{};  // of the session
    RouterFlags flags_;
    std::optional<dhcp6::Configuration> before_;  // until the session has one: of a session that it has replaced
    std::unique_ptr<dhcp_io::Dhcp6Session> session_;
};

}  // namespace nlinit::app
