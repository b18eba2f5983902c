// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/ipv6_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "net/router_options.hpp"
#include "nlinit/netlink/monitor.hpp"
#include "nlinit/netlink/router_solicitation.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "support/cable.hpp"
#include "support/kernel_view.hpp"
#include "support/result.hpp"
#include "support/router.hpp"
#include "support/run_until.hpp"

namespace nlinit::netlink {
namespace {

using test::is_ok;
using ::testing::ElementsAre;

Ipv6Address ipv6(std::string_view text) {
    return *Ipv6Address::parse(text);
}

// "options" of a router, "up" and "down" of a link, in the order in which they are told.
std::vector<std::string> told_by(LinkMonitor& monitor) {
    std::vector<std::string> told;
    const auto done =
        monitor.read([&](const LinkEvent& event) { told.emplace_back(event.link.admin_up ? "up" : "down"); },
                     [&](const Ipv6Event& event) {
                         if (std::holds_alternative<RouterOptionsEvent>(event)) told.emplace_back("options");
                     });
    EXPECT_TRUE(is_ok(done));
    return told;
}

class Ipv6EventsTest : public ::testing::Test {
  protected:
    Ipv6EventsTest() {
        test::set_mac("02:00:00:00:00:42", "eth0", cable_.client);
        std::ofstream("/proc/sys/net/ipv6/conf/eth0/accept_dad") << "0";
        auto monitor = LinkMonitor::open(true);
        EXPECT_TRUE(is_ok(monitor));
        monitor_.emplace(*std::move(monitor));
        EXPECT_TRUE(is_ok(loop_.watch(monitor_->fd(), [this] { read(); })));
        test::set_link_up("eth0", cable_.client);
        router_.says.prefixes = {{ipv6("2001:db8:1::")}};
    }
    void read() {
        EXPECT_TRUE(is_ok(
            monitor_->read([](const LinkEvent&) {}, [this](const Ipv6Event& event) { events_.push_back(event); })));
    }
    [[nodiscard]] LinkIndex eth0() const { return LinkIndex{test::link_of("eth0", cable_.client)->index}; }

    // The first of its kind for which that holds.
    template <class Event, class Predicate>
    [[nodiscard]] std::optional<Event> next(const Predicate& wanted) {
        std::optional<Event> found;
        const auto look = [&] {
            for (const auto& each : events_) {
                const auto* event = std::get_if<Event>(&each);
                if (event != nullptr && event->link == eth0() && wanted(*event)) found = *event;
            }
            return found.has_value();
        };
        EXPECT_TRUE(test::run_until(loop_, look));
        return found;
    }

    test::Cable cable_;
    test::NetworkNamespace::Scope inside_ = cable_.client.enter();
    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::Router router_{loop_, cable_.server, "srv0"};
    std::optional<LinkMonitor> monitor_;
    std::vector<Ipv6Event> events_;
};

TEST_F(Ipv6EventsTest, AnAdvertisementIsAnAddressAWayOutFlagsAndOptions) {
    router_.says.managed = router_.says.other = true;
    router_.says.more_options =
        test::joined({test::rdnss(600, {"2001:db8::53", "2001:db8::54"}), test::dnssl(300, {"example.org"})});
    const auto address = next<AddressEvent>([](const auto& event) { return event.address.address.is_beyond_link(); });
    ASSERT_TRUE(address);
    EXPECT_EQ(address->address, (KernelIpv6Address{.address = ipv6("2001:db8:1::ff:fe00:42"), .prefix_length = 64}));
    const auto way = next<WayOutEvent>([](const auto& event) { return !event.removed; });
    ASSERT_TRUE(way);
    EXPECT_EQ(way->way, (Ipv6WayOut{.gateway = ipv6("fe80::1"), .metric = 1024, .preference = 1}));
    const auto flags = next<RouterFlagsEvent>([](const auto& event) { return event.flags.managed; });
    ASSERT_TRUE(flags);
    EXPECT_TRUE(flags->flags.other);
    const auto servers =
        next<RouterOptionsEvent>([](const auto& event) { return !event.options.name_servers.empty(); });
    ASSERT_TRUE(servers);
    EXPECT_EQ(servers->router, ipv6("fe80::1"));
    EXPECT_THAT(servers->options.name_servers.front().servers, ElementsAre(ipv6("2001:db8::53"), ipv6("2001:db8::54")));
    EXPECT_TRUE(next<RouterOptionsEvent>([](const auto& event) { return !event.options.search_domains.empty(); }));
    router_.advertise({.lifetime = 0});
    EXPECT_TRUE(next<WayOutEvent>([](const auto& event) { return event.removed; })) << "it is no router any more";
    test::set_link_down("eth0", cable_.client);
    EXPECT_TRUE(next<AddressEvent>([](const auto& event) { return event.removed; }));
}

// The kernel tells of the new times before its timer sets the flag.
TEST_F(Ipv6EventsTest, AnAddressWithoutPreferredTimeIsDeprecatedAtOnce) {
    const auto is_of_router = [](const auto& event) { return event.address.address.is_beyond_link(); };
    ASSERT_TRUE(next<AddressEvent>(is_of_router));
    events_.clear();
    router_.advertise({.prefixes = {{ipv6("2001:db8:1::"), 3600, 0}}});
    ASSERT_TRUE(next<AddressEvent>(is_of_router));
    const auto first =
        std::ranges::find_if(events_, [](const auto& each) { return std::holds_alternative<AddressEvent>(each); });
    EXPECT_TRUE(std::get<AddressEvent>(*first).address.deprecated);
}

TEST_F(Ipv6EventsTest, AListSaysTheSame) {
    ASSERT_TRUE(next<AddressEvent>([](const auto& event) { return event.address.address.is_beyond_link(); }));
    ASSERT_EQ(
        std::system("ip -6 route add default metric 2048 nexthop via fe80::5 dev eth0 nexthop via fe80::6 dev eth0"),
        0);
    auto socket = Socket::open();
    ASSERT_TRUE(is_ok(socket));
    LinkIpv6 there;
    bool has_flags = false;
    ASSERT_TRUE(is_ok(list_ipv6(*socket, [&](const Ipv6Event& event) {
        if (link_of(event) != eth0()) return;
        if (const auto* address = std::get_if<AddressEvent>(&event)) there.take(address->address);
        if (const auto* way = std::get_if<WayOutEvent>(&event)) there.take(way->way);
        if (const auto* flags = std::get_if<RouterFlagsEvent>(&event)) has_flags = flags->flags.is_answered;
    })));
    EXPECT_TRUE(has_flags);
    std::vector<std::string> routes;
    for (const auto& route : there.plan().routes) routes.push_back(to_string(route));
    EXPECT_THAT(routes, ElementsAre("default via fe80::1", "default via fe80::5 metric 2048",
                                    "default via fe80::6 metric 2048"));
    ASSERT_EQ(there.plan().addresses.size(), 1U);
    EXPECT_NE(there.link_local(), nullptr);
}

TEST_F(Ipv6EventsTest, ARouteInThePlaceOfAnotherSaysSo) {
    ASSERT_EQ(std::system("ip -6 route add default via fe80::5 dev eth0 metric 2048"), 0);
    ASSERT_EQ(std::system("ip -6 route replace default via fe80::6 dev eth0 metric 2048"), 0);
    const auto way =
        next<WayOutEvent>([](const auto& event) { return event.way.gateway == IpAddress(ipv6("fe80::6")); });
    ASSERT_TRUE(way);
    EXPECT_TRUE(way->replaces);
}

TEST_F(Ipv6EventsTest, RoutersThatAreAskedAnswer) {
    ASSERT_TRUE(next<AddressEvent>([](const auto& event) { return event.address.address.is_beyond_link(); }));
    const auto before = router_.solicitations();
    ASSERT_TRUE(is_ok(solicit_routers(eth0())));
    EXPECT_TRUE(test::run_until(loop_, [&] { return router_.solicitations() > before; }));
    EXPECT_FALSE(solicit_routers(LinkIndex{9999}).ok());
}

TEST_F(Ipv6EventsTest, WhatARouterSaysAndALinkThatGoesDownComeInTheirOrder) {
    ASSERT_TRUE(next<AddressEvent>([](const auto& event) { return event.address.address.is_beyond_link(); }));
    loop_.unwatch(monitor_->fd());
    while (!monitor_->read()->empty()) continue;
    // Nothing is read before the kernel has told of both.
    auto second = LinkMonitor::open(true);
    ASSERT_TRUE(is_ok(second));
    ASSERT_TRUE(is_ok(loop_.watch(second->fd(), [] {})));
    router_.advertise({.more_options = test::rdnss(600, {"2001:db8::53"})});
    ASSERT_TRUE(test::run_until(loop_, [&] { return std::ranges::count(told_by(*second), "options") > 0; }));
    test::set_link_down("eth0", cable_.client);
    const auto told = told_by(*monitor_);
    ASSERT_GE(told.size(), 2U);
    EXPECT_EQ(told.front(), "options");
    EXPECT_EQ(told.back(), "down");
}

TEST_F(Ipv6EventsTest, AFloodIsReadInParts) {
    ASSERT_TRUE(next<AddressEvent>([](const auto& event) { return event.address.address.is_beyond_link(); }));
    ASSERT_TRUE(is_ok(loop_.watch(monitor_->fd(), [] {})));
    router_.flood({.more_options = test::rdnss(600, {"2001:db8::53"})}, 100);
    std::size_t parts = 0, options = 0;
    EXPECT_TRUE(test::run_until(loop_, [&] {
        events_.clear();
        read();
        EXPECT_LE(events_.size(), LinkMonitor::kMaxDatagrams);
        if (monitor_->has_more()) ++parts;
        options += static_cast<std::size_t>(std::ranges::count_if(
            events_, [](const auto& event) { return std::holds_alternative<RouterOptionsEvent>(event); }));
        return options >= 100;
    }));
    EXPECT_GE(parts, 1U);
}

}  // namespace
}  // namespace nlinit::netlink
