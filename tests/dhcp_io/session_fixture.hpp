// SPDX-License-Identifier: Apache-2.0
// A session on eth0 of a cable's client side, and a scripted server at the other end, on one event loop.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nlinit/dhcp_io/session.hpp"
#include "nlinit/netlink/links.hpp"
#include "nlinit/netlink/monitor.hpp"
#include "support/arp_listener.hpp"
#include "support/cable.hpp"
#include "support/dhcp_server.hpp"
#include "support/kernel_view.hpp"
#include "support/result.hpp"
#include "support/run_until.hpp"

namespace nlinit::test {

class SessionFixture : public ::testing::Test {
  protected:
    ~SessionFixture() override {
        if (monitor_) loop_.unwatch(monitor_->fd());
    }

    // As app does it: sockets first, then the link.
    void start() {
        const Link link = *netlink::find_link(netlink_, "eth0");
        session_ = std::make_unique<dhcp_io::Session>(loop_, netlink_, link, settings_, [this] {
            ++changes_;
            if (on_change_) on_change_();
        });
        ASSERT_TRUE(is_ok(session_->open()));
        const std::array indexes{link.index};
        const auto up = netlink::bring_up(netlink_, indexes);
        ASSERT_TRUE(up.failures.empty());
        session_->update(up.links.at(0));
    }
    // From here on the session is told of its link's changes.
    void follow_links() {
        auto monitor = netlink::LinkMonitor::open();
        ASSERT_TRUE(is_ok(monitor));
        monitor_.emplace(*std::move(monitor));
        ASSERT_TRUE(is_ok(loop_.watch(monitor_->fd(), [this] {
            const auto events = monitor_->read();
            ASSERT_TRUE(is_ok(events));
            for (const auto& event : *events) {
                if (session_ && event.link.index == session_->link().index) session_->update(event.link);
            }
        })));
    }
    [[nodiscard]] bool run_until(const std::function<bool()>& done) { return test::run_until(loop_, done); }
    [[nodiscard]] bool is_configured() {
        return run_until([this] { return session_->configured(); });
    }
    [[nodiscard]] std::vector<std::string> addresses() const { return addresses_of("eth0", cable_.client); }
    [[nodiscard]] std::vector<std::string> routes() const { return routes_of("eth0", cable_.client); }
    [[nodiscard]] std::optional<std::uint32_t> lifetime() const {
        return lifetime_of("192.0.2.50/24", "eth0", cable_.client);
    }

    Cable cable_;
    NetworkNamespace::Scope inside_ = cable_.client.enter();
    sys::EventLoop loop_ = *sys::EventLoop::create();
    DhcpServer server_{loop_, cable_.server, "srv0"};
    netlink::Socket netlink_ = *netlink::Socket::open();
    std::optional<netlink::LinkMonitor> monitor_;
    dhcp_io::Session::Settings settings_;
    unsigned changes_ = 0;
    std::function<void()> on_change_;  // beside the count
    std::unique_ptr<dhcp_io::Session> session_;
};

}  // namespace nlinit::test
