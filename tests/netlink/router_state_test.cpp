// SPDX-License-Identifier: Apache-2.0
// What the kernel has made of a router's words, and what is left of it.
#include "nlinit/netlink/router_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "nlinit/sys/event_loop.hpp"
#include "support/cable.hpp"
#include "support/kernel_view.hpp"
#include "support/result.hpp"
#include "support/router.hpp"
#include "support/run_until.hpp"

namespace nlinit::netlink {
namespace {

using test::is_ok;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::uint32_t kForever = 0xffffffff;

class RouterStateTest : public ::testing::Test {
  protected:
    RouterStateTest() {
        test::set_mac("02:00:00:00:00:42", "eth0", cable_.client);
        for (const auto& [key, value] : {std::pair("accept_dad", "0"), std::pair("use_tempaddr", "2"),
                                         std::pair("accept_ra_rt_info_max_plen", "64")})
            std::ofstream(std::string("/proc/sys/net/ipv6/conf/eth0/") + key) << value;
        test::set_link_up("eth0", cable_.client);
        auto socket = Socket::open();
        EXPECT_TRUE(is_ok(socket));
        socket_.emplace(*std::move(socket));
    }
    [[nodiscard]] LinkIndex eth0() const { return LinkIndex{test::link_of("eth0", cable_.client)->index}; }
    [[nodiscard]] std::vector<std::string> addresses() const {
        return test::addresses_of("eth0", cable_.client, Family::kIpv6);
    }
    [[nodiscard]] std::vector<std::string> routes() const {
        return test::routes_of("eth0", cable_.client, Family::kIpv6);
    }
    // By the tool, for the networks that the kernel makes routes to are no routes of users.
    [[nodiscard]] static bool has_network(const std::string& network) {
        return std::system(("ip -6 route show exact " + network + " dev eth0 | grep -q .").c_str()) == 0;
    }
    // As many addresses as there are, and a way out.
    [[nodiscard]] bool obeys_router(std::size_t number) {
        return test::run_until(loop_, [&] { return addresses().size() == number && !routes().empty(); });
    }

    test::Cable cable_;
    test::NetworkNamespace::Scope inside_ = cable_.client.enter();
    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::Router router_{loop_, cable_.server, "srv0"};
    std::optional<Socket> socket_;
};

TEST_F(RouterStateTest, AllThatRoutersHaveMadeGoesAndNothingElse) {
    router_.says.prefixes = {{*Ipv6Address::parse("2001:db8:1::")},
                             {*Ipv6Address::parse("2001:db8:2::"), kForever, kForever},
                             {.prefix = *Ipv6Address::parse("2001:db8:3::"), .autonomous = false}};
    ASSERT_EQ(std::system("ip -6 address add 2001:db8:9::9/64 dev eth0"), 0);
    ASSERT_EQ(std::system("ip -6 route add 2001:db8:a::/64 via fe80::9 dev eth0"), 0);
    router_.advertise();
    ASSERT_TRUE(obeys_router(5)) << "two, a temporary one beside each, and the user's";
    ASSERT_TRUE(has_network("2001:db8:3::/64"));
    ASSERT_TRUE(is_ok(remove_router_state(*socket_, eth0())));
    EXPECT_THAT(addresses(), ElementsAre(HasSubstr("2001:db8:9::9/64")));
    EXPECT_THAT(routes(), ElementsAre(HasSubstr("2001:db8:a::/64 via fe80::9")));
    for (const auto* network : {"2001:db8:1::/64", "2001:db8:2::/64", "2001:db8:3::/64"})
        EXPECT_FALSE(has_network(network)) << network;
    EXPECT_TRUE(has_network("2001:db8:9::/64")) << "of the user's address";
    EXPECT_TRUE(has_network("fe80::/64"));
    EXPECT_TRUE(is_ok(remove_router_state(*socket_, eth0()))) << "once more";
}

TEST_F(RouterStateTest, TheWaysAloneMayGo) {
    router_.says.prefixes = {{*Ipv6Address::parse("2001:db8:1::")}};
    router_.advertise();
    ASSERT_TRUE(obeys_router(2));
    ASSERT_THAT(routes(), Contains(HasSubstr("default via fe80::1")));
    ASSERT_TRUE(is_ok(remove_router_ways(*socket_, eth0())));
    EXPECT_THAT(routes(), Not(Contains(HasSubstr("default"))));
    EXPECT_THAT(addresses(), Not(IsEmpty()));
    EXPECT_TRUE(has_network("2001:db8:1::/64"));
}

}  // namespace
}  // namespace nlinit::netlink
