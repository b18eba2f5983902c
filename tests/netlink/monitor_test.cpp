// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/monitor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>

#include "nlinit/sys/event_loop.hpp"
#include "support/cable.hpp"
#include "support/result.hpp"
#include "support/run_until.hpp"

namespace nlinit::netlink {
namespace {

using test::is_ok;
using ::testing::IsEmpty;

class LinkMonitorTest : public ::testing::Test {
  protected:
    LinkMonitorTest() : monitor_(open_monitor()), loop_(*sys::EventLoop::create()) {
        EXPECT_TRUE(is_ok(loop_.watch(monitor_.fd(), [this] { read(); })));
    }

    LinkMonitor open_monitor() const {
        const auto inside = cable_.client.enter();
        auto monitor = LinkMonitor::open();
        EXPECT_TRUE(is_ok(monitor));
        return *std::move(monitor);
    }
    void read() {
        auto events = monitor_.read();
        EXPECT_TRUE(is_ok(events));
        if (!events.ok()) return;
        for (auto& event : *events) events_.push_back(std::move(event));
    }
    [[nodiscard]] bool comes(const std::function<bool(const LinkEvent&)>& wanted) {
        return test::run_until(loop_, [&] { return !events_.empty() && wanted(events_.back()); });
    }

    test::Cable cable_;
    LinkMonitor monitor_;
    sys::EventLoop loop_;
    std::vector<LinkEvent> events_;
};

TEST_F(LinkMonitorTest, WithNothingNewThereIsNothingToRead) {
    const auto events = monitor_.read();
    ASSERT_TRUE(is_ok(events));
    EXPECT_THAT(*events, IsEmpty());
}

TEST_F(LinkMonitorTest, TheCarrierComesAndGoesWithThePeer) {
    cable_.unplug();
    test::set_link_up("eth0", cable_.client);
    ASSERT_TRUE(comes([](const auto& event) { return event.link.admin_up && !event.link.carrier; }));
    cable_.plug_in();
    ASSERT_TRUE(comes([](const auto& event) { return event.link.carrier; }));
    cable_.unplug();
    ASSERT_TRUE(comes([](const auto& event) { return !event.link.carrier; }));
    EXPECT_EQ(events_.back().link.name, "eth0");
    EXPECT_FALSE(events_.back().removed);
}

TEST_F(LinkMonitorTest, ALinkThatGoesIsAnEvent) {
    test::delete_link("srv0", cable_.server);  // and its peer with it
    ASSERT_TRUE(comes([](const auto& event) { return event.removed; }));
    EXPECT_EQ(events_.back().link.name, "eth0");
}

TEST_F(LinkMonitorTest, ALinkThatAppearsIsAnEvent) {
    test::make_veth("eth1", cable_.client, "srv1", cable_.server);
    ASSERT_TRUE(comes([](const auto& event) { return event.link.name == "eth1" && !event.removed; }));
}

TEST_F(LinkMonitorTest, AnotherHardwareAddressIsAnEvent) {
    test::set_mac("02:00:00:00:00:42", "eth0", cable_.client);
    ASSERT_TRUE(comes([](const auto& event) { return event.link.mac.to_string() == "02:00:00:00:00:42"; }));
}

TEST_F(LinkMonitorTest, APortThatLeavesABridgeIsNotGone) {
    test::make_bridge("br0", cable_.client);
    test::set_master("eth0", "br0", cable_.client);
    test::set_master("eth0", "", cable_.client);
    test::set_mtu(1400, "eth0", cable_.client);
    ASSERT_TRUE(comes([](const auto& event) { return event.link.name == "eth0" && event.link.mtu == 1400; }));
    for (const auto& event : events_) EXPECT_FALSE(event.removed) << event.link.name;
}

TEST_F(LinkMonitorTest, LinksOfOtherNamespacesAreNoEvents) {
    test::make_veth("far0", cable_.server, "far1", cable_.server);
    test::set_mac("02:00:00:00:00:42", "eth0", cable_.client);
    ASSERT_TRUE(comes([](const auto& event) { return event.link.mac.to_string() == "02:00:00:00:00:42"; }));
    for (const auto& event : events_) EXPECT_EQ(event.link.name, "eth0");
}

TEST_F(LinkMonitorTest, EventsThatWereLostAreAnErrorOnceAndThenItGoesOn) {
    const int smallest = 1;
    ASSERT_EQ(::setsockopt(monitor_.fd(), SOL_SOCKET, SO_RCVBUF, &smallest, sizeof smallest), 0);
    for (unsigned mtu = 1000; mtu < 1100; ++mtu) test::set_mtu(mtu, "eth0", cable_.client);
    auto overrun = monitor_.read();
    ASSERT_FALSE(overrun.ok());
    EXPECT_EQ(overrun.error().code, ENOBUFS);
    for (auto rest = monitor_.read(); !rest.ok(); rest = monitor_.read()) ASSERT_EQ(rest.error().code, ENOBUFS);
    test::set_mtu(1200, "eth0", cable_.client);
    ASSERT_TRUE(comes([](const auto& event) { return event.link.mtu == 1200; }));
}

}  // namespace
}  // namespace nlinit::netlink
