// SPDX-License-Identifier: Apache-2.0
// A DHCPv6 session on eth0 of a cable's client side, and a scripted server at the other end, on one event loop.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "support/cable.hpp"
#include "support/dhcp6_server.hpp"
#include "support/followed_dhcp6_session.hpp"
#include "support/ipv6_sysctl.hpp"
#include "support/kernel_view.hpp"
#include "support/run_until.hpp"

namespace nlinit::test {

class Dhcp6SessionFixture : public ::testing::Test {
  protected:
    Dhcp6SessionFixture() {
        without_dad("srv0", cable_.server);
        without_dad("eth0", cable_.client);
    }

    void start() {
        session_.emplace(loop_, netlink_, settings_, [this] { ++changes_; });
    }
    [[nodiscard]] bool run_until(const std::function<bool()>& done) { return test::run_until(loop_, done); }
    [[nodiscard]] bool is_configured() {
        return run_until([this] { return (*session_)->configured(); });
    }
    [[nodiscard]] dhcp_io::Dhcp6Session& session() { return **session_; }
    [[nodiscard]] std::vector<std::string> addresses() const {
        return addresses_of("eth0", cable_.client, Family::kIpv6);
    }

    Cable cable_;
    NetworkNamespace::Scope inside_ = cable_.client.enter();
    sys::EventLoop loop_ = *sys::EventLoop::create();
    Dhcp6Server server_{loop_, cable_.server, "srv0"};
    netlink::Socket netlink_ = *netlink::Socket::open();
    dhcp_io::Dhcp6Session::Settings settings_;
    unsigned changes_ = 0;
    std::optional<FollowedDhcp6Session> session_;
};

}  // namespace nlinit::test
