// SPDX-License-Identifier: Apache-2.0
// ACKs that say less than what came before them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlinit/dhcp/client.hpp"
#include "support/client_harness.hpp"

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;
using test::ClientHarness;
using test::guest_config;
using test::kDhcpServer;
using test::kOtherDhcpServer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Ipv4Address kFirstRouter{10, 0, 2, 1};
const char* const kNothingButTheTime =
    "the server's ACK does without DHCP option 1 (subnet mask), DHCP option 3 (router), DHCP option 6 (DNS servers), "
    "DHCP option 26 (MTU): kept from ";

Message full(Message message) {
    message.options.set_address(OptionCode::name_server, {10, 0, 2, 3});
    message.options.set_u16(OptionCode::interface_mtu, 1400);
    message.options.set_u32(OptionCode::renewal_time, 100);
    message.options.set_u32(OptionCode::rebinding_time, 200);
    return message;
}

// `350105 3604… 3304…` and no more.
Message bare(Message message, Ipv4Address server = kDhcpServer) {
    message.options = {};
    message.options.set_address(OptionCode::server_identifier, server);
    message.options.set_u32(OptionCode::lease_time, 3600);
    return message;
}

void expect_full(const Lease& lease) {
    EXPECT_EQ(lease.prefix_length, 24);
    EXPECT_EQ(lease.default_gateway(), kFirstRouter);
    EXPECT_THAT(lease.name_servers, ElementsAre(Ipv4Address(10, 0, 2, 3)));
    EXPECT_EQ(lease.mtu, 1400);
}

ClientHarness bound(ClientConfig config = guest_config()) {
    ClientHarness guest(std::move(config));
    guest.link_up();
    guest.receive(guest.offer());
    guest.receive(full(guest.ack()));
    EXPECT_EQ(guest.state(), State::bound);
    guest.take();
    return guest;
}

TEST(ClientInheritanceTest, AFirstAckKeepsWhatItsOfferSaid) {
    ClientHarness guest;
    guest.link_up();
    guest.receive(full(guest.offer()));
    guest.receive(bare(guest.ack()));
    expect_full(guest.lease());
    EXPECT_THAT(guest.lease().remarks, ElementsAre(std::string(kNothingButTheTime) + "its OFFER"));
    EXPECT_GE(guest.lease().renew_at, guest.now() + 1620s) << "T1 and T2 are of the ACK alone";
}

TEST(ClientInheritanceTest, WhatIsThereAndOfNoUseIsToldFromWhatIsNotThere) {
    auto guest = bound();
    guest.renew_now();
    auto ack = full(guest.ack());
    ack.options.set(OptionCode::router, Bytes{10, 0});
    ack.options.set_u16(OptionCode::interface_mtu, 68);
    guest.receive(ack);
    expect_full(guest.lease());
    EXPECT_THAT(guest.lease().remarks,
                ElementsAre("the server's ACK has nothing usable in DHCP option 3 (router), DHCP "
                            "option 26 (MTU): kept from the lease before it"));
}

TEST(ClientInheritanceTest, ARenewalKeepsWhatTheLeaseHas) {
    auto guest = bound();
    for (int renewal = 0; renewal < 3; ++renewal) {
        guest.renew_now();
        guest.receive(bare(guest.ack()));
        ASSERT_EQ(guest.state(), State::bound);
        expect_full(guest.lease());
        EXPECT_THAT(guest.lease().remarks, ElementsAre(std::string(kNothingButTheTime) + "the lease before it"));
        EXPECT_GE(guest.lease().renew_at, guest.now() + 1620s);
    }
}

TEST(ClientInheritanceTest, SoDoesTheAnswerOfAnotherServerInRebinding) {
    auto guest = bound();
    guest.advance_to(guest.lease().rebind_at);
    guest.receive(bare(guest.ack(), kOtherDhcpServer), kOtherDhcpServer);
    expect_full(guest.lease());
    EXPECT_EQ(guest.lease().server, kOtherDhcpServer);
}

TEST(ClientInheritanceTest, SoDoesTheVerificationAfterAFlap) {
    auto guest = bound();
    guest.link_down();
    guest.link_up();
    ASSERT_EQ(guest.state(), State::rebooting);
    guest.receive(bare(guest.ack()));
    expect_full(guest.lease());
}

TEST(ClientInheritanceTest, SoDoesTheVerificationOfALeaseOfTheLastBoot) {
    auto config = guest_config();
    config.previous_lease = bound().lease();
    ClientHarness guest(config);
    guest.link_up();
    ASSERT_EQ(guest.state(), State::rebooting);
    guest.receive(bare(guest.ack()));
    expect_full(guest.lease());
}

TEST(ClientInheritanceTest, TheOptionsOfTheLeaseAreThoseThatHold) {
    auto guest = bound();
    guest.renew_now();
    guest.receive(bare(guest.ack()));
    EXPECT_EQ(guest.lease().options.address(OptionCode::router), kFirstRouter) << "the lease file keeps them";
}

TEST(ClientInheritanceTest, ARapidAckHasNothingToInherit) {
    auto guest = bound();
    guest.link_down();
    guest.link_up();
    guest.advance_by(5s);
    ASSERT_EQ(guest.state(), State::selecting);
    ClientHarness other;
    other.link_up();
    auto ack = bare(other.rapid_ack());
    ack.options.set(OptionCode::rapid_commit, {});
    other.receive(ack);
    ASSERT_EQ(other.state(), State::bound);
    EXPECT_EQ(other.lease().prefix_length, 32);
    EXPECT_FALSE(other.lease().default_gateway());
    EXPECT_THAT(other.lease().remarks, ElementsAre(::testing::HasSubstr("(subnet mask) is missing")));
}

TEST(ClientInheritanceTest, AnotherOfferStartsAnew) {
    auto guest = bound();
    guest.link_down();
    guest.link_up();
    guest.advance_by(5s);
    ASSERT_EQ(guest.state(), State::selecting);
    guest.receive(bare(guest.offer()));
    guest.receive(bare(guest.ack()));
    EXPECT_EQ(guest.lease().prefix_length, 32) << "the lease in use is none of that server's words";
}

TEST(ClientInheritanceTest, WhatIsThereAndDifferentReplaces) {
    auto guest = bound();
    guest.renew_now();
    auto ack = bare(guest.ack());
    ack.options.set_address(OptionCode::subnet_mask, {255, 255, 0, 0});
    ack.options.set_address(OptionCode::name_server, {10, 0, 2, 4});
    guest.receive(ack);
    EXPECT_EQ(guest.lease().prefix_length, 16);
    EXPECT_EQ(guest.lease().broadcast, Ipv4Address(10, 0, 255, 255));
    EXPECT_THAT(guest.lease().name_servers, ElementsAre(Ipv4Address(10, 0, 2, 4)));
    EXPECT_EQ(guest.lease().default_gateway(), kFirstRouter);
}

TEST(ClientInheritanceTest, RoutesThatGoWithTheRouterAreSpokenOf) {
    auto guest = bound();
    guest.renew_now();
    auto ack = guest.ack();
    ack.options.set(OptionCode::static_route, Bytes{172, 16, 0, 0, 10, 0, 2, 1});
    guest.receive(ack);
    guest.renew_now();
    guest.receive(guest.ack());
    EXPECT_THAT(guest.lease().routes, SizeIs(2)) << "the same router";
    guest.renew_now();
    ack = guest.ack();
    ack.options.set_address(OptionCode::router, {10, 0, 2, 9});
    guest.receive(ack);
    EXPECT_THAT(guest.lease().routes, SizeIs(1));
    EXPECT_THAT(guest.lease().remarks,
                ::testing::Contains("DHCP option 33 (static routes) is not in the server's ACK, which names another "
                                    "router: its routes go"));
}

TEST(ClientInheritanceTest, AKeptRouterThatTheNewMaskMakesNoHostOfIsNotUsed) {
    auto guest = bound();
    guest.renew_now();
    auto ack = bare(guest.ack());
    ack.options.set_address(OptionCode::router, {10, 0, 2, 31});
    guest.receive(ack);
    guest.renew_now();
    ack = bare(guest.ack());
    ack.options.set_address(OptionCode::subnet_mask, {255, 255, 255, 224});
    guest.receive(ack);
    EXPECT_EQ(guest.lease().prefix_length, 27);
    EXPECT_FALSE(guest.lease().default_gateway()) << "10.0.2.31 is the broadcast address of 10.0.2.0/27";
}

TEST(ClientInheritanceTest, AnAckWithoutLeaseTimeGrantsNothing) {
    auto guest = bound();
    guest.renew_now();
    guest.expect_drop(test::without_option(guest.ack(), OptionCode::lease_time), DropReason::no_lease_time);
}

}  // namespace
}  // namespace nlinit::dhcp
