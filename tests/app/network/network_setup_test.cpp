// SPDX-License-Identifier: Apache-2.0
#include "app/network/network_setup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "nlinit/sys/log/log.hpp"
#include "support/cable.hpp"
#include "support/kernel_view.hpp"
#include "support/result.hpp"
#include "support/run_until.hpp"

namespace nlinit::app {
namespace {

using test::is_ok;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

config::Interface fixed(const std::string& match, Ipv4Address address) {
    config::Interface row;
    row.match = match;
    row.method = config::Method::fixed;
    row.addresses = {{.local = address, .prefix_length = 24, .broadcast = {}, .valid_for = {}}};
    return row;
}

class NetworkSetupTest : public ::testing::Test {
  protected:
    [[nodiscard]] std::vector<std::string> addresses(const std::string& link) const {
        return test::addresses_of(link, cable_.client);
    }

    test::Cable cable_;
    test::NetworkNamespace::Scope inside_ = cable_.client.enter();
    sys::EventLoop loop_ = *sys::EventLoop::create();
    int told_ = 0;
    NetworkSetup network_{loop_, [this] { ++told_; }};
};

// Half of a change is nobody's business: name servers and readiness follow what is told.
TEST_F(NetworkSetupTest, TellsOfNothingWhileTheConfigurationIsChanged) {
    test::make_veth("eth1", cable_.client, "srv1", cable_.server);
    ASSERT_TRUE(is_ok(network_.start({fixed("eth0", {192, 0, 2, 50}), fixed("eth1", {10, 0, 0, 50})}, {})));
    ASSERT_TRUE(test::run_until(loop_, [&] { return !addresses("eth0").empty() && !addresses("eth1").empty(); }));
    told_ = 0;
    const auto changes = network_.change({fixed("eth1", {10, 0, 0, 60})}, {});
    ASSERT_TRUE(is_ok(changes));
    EXPECT_EQ(*changes, (NetworkSetup::Changes{.added = 0, .changed = 1, .removed = 1}));
    EXPECT_EQ(told_, 0);
    EXPECT_THAT(addresses("eth0"), IsEmpty());
    EXPECT_THAT(addresses("eth1"), ElementsAre("10.0.0.60/24"));
}

TEST_F(NetworkSetupTest, AFixedAddressIsForOneOfTheLinksThatAGlobMatches) {
    for (const std::string number : {"1", "2"})
        test::make_veth("eth" + number, cable_.client, "srv" + number, cable_.server);
    auto other = fixed("e*2", {10, 0, 0, 50});
    log::open(log::Target::standard_error, log::Level::warning);
    ::testing::internal::CaptureStderr();
    const auto started = network_.start({fixed("eth*", {192, 0, 2, 50}), other}, {});
    const bool is_there = test::run_until(loop_, [&] { return network_.is_configured(); });
    EXPECT_EQ(::testing::internal::GetCapturedStderr(),
              "nlinit: net: 'eth*': eth1 stays as it is: the address is eth0's\n");
    ASSERT_TRUE(is_ok(started));
    EXPECT_TRUE(is_there);
    EXPECT_THAT(addresses("eth0"), ElementsAre("192.0.2.50/24"));
    EXPECT_THAT(addresses("eth1"), IsEmpty());
    EXPECT_FALSE(test::link_of("eth1", cable_.client)->up);
    EXPECT_THAT(addresses("eth2"), ElementsAre("10.0.0.50/24"));
    ASSERT_TRUE(is_ok(network_.follow_links()));
    test::delete_link("eth0", cable_.client);
    EXPECT_TRUE(test::run_until(loop_, [&] { return !addresses("eth1").empty(); })) << "its successor";
    EXPECT_THAT(addresses("eth1"), ElementsAre("192.0.2.50/24"));
}

TEST_F(NetworkSetupTest, EachLinkThatIsLeftOutIsNamedOnce) {
    for (const std::string number : {"1", "2"})
        test::make_veth("eth" + number, cable_.client, "srv" + number, cable_.server);
    log::open(log::Target::standard_error, log::Level::warning);
    ::testing::internal::CaptureStderr();
    const auto started = network_.start({fixed("eth*", {192, 0, 2, 50})}, {});
    const auto following = network_.follow_links();
    const auto said = ::testing::internal::GetCapturedStderr();
    ASSERT_TRUE(is_ok(started));
    ASSERT_TRUE(is_ok(following));
    for (const auto* link : {"eth1", "eth2"}) EXPECT_THAT(said, HasSubstr(std::string(link) + " stays as it is"));
    EXPECT_EQ(std::ranges::count(said, '\n'), 2) << said;
}

// The same gateway address on each link, as bridges of containers have it.
TEST_F(NetworkSetupTest, ALinkLocalAddressIsForEachOfTheLinksThatAGlobMatches) {
    test::make_veth("eth1", cable_.client, "srv1", cable_.server);
    config::Interface row;
    row.match = "eth*";
    row.method = config::Method::none;
    row.ipv6 = config::Ipv6::fixed;
    row.addresses = {{.local = *IpAddress::parse("fe80::1"), .prefix_length = 64, .broadcast = {}, .valid_for = {}}};
    ASSERT_TRUE(is_ok(network_.start({row}, {})));
    EXPECT_TRUE(test::run_until(loop_, [&] { return network_.is_configured(); }));
    for (const auto* link : {"eth0", "eth1"}) EXPECT_TRUE(test::link_of(link, cable_.client)->up) << link;
    EXPECT_EQ(network_.interfaces().size(), 2U);
}

// Which addresses a driver takes is its own matter: this one refuses those of groups.
TEST_F(NetworkSetupTest, ALinkThatRefusesItsNewHardwareAddressGoesOnWithItsOwn) {
    const auto before = test::link_of("eth0", cable_.client)->mac;
    auto row = fixed("eth0", {192, 0, 2, 50});
    row.mac = MacAddress::parse("01:00:00:00:00:42");
    ::testing::internal::CaptureStderr();
    log::open(log::Target::standard_error, log::Level::error);
    ASSERT_TRUE(is_ok(network_.start({row}, {})));
    const bool has_address = test::run_until(loop_, [&] { return !addresses("eth0").empty(); });
    EXPECT_THAT(::testing::internal::GetCapturedStderr(),
                HasSubstr("eth0: set the hardware address to 01:00:00:00:00:42"));
    EXPECT_TRUE(has_address);
    EXPECT_EQ(test::link_of("eth0", cable_.client)->mac, before);
}

}  // namespace
}  // namespace nlinit::app
