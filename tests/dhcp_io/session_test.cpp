// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "session_fixture.hpp"
#include "wire/server_frame.hpp"

namespace nlinit::dhcp_io {
namespace {

using namespace std::chrono_literals;
using dhcp::MessageType;
using dhcp::OptionCode;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;

using SessionTest = test::SessionFixture;

TEST_F(SessionTest, FourMessagesMakeALinkConfigured) {
    start();
    ASSERT_TRUE(is_configured());
    EXPECT_THAT(server_.heard(),
                ElementsAre("broadcast DISCOVER rapid", "broadcast REQUEST requested=192.0.2.50 server=192.0.2.1"));
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 src 192.0.2.50 proto dhcp scope link",
                                      "default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
    EXPECT_TRUE(session_->configured());
    EXPECT_THAT(session_->failures(), IsEmpty());
    EXPECT_GT(changes_, 0U);
}

TEST_F(SessionTest, RapidCommitTakesTwoMessages) {
    server_.grant.rapid_commit = true;
    start();
    ASSERT_TRUE(is_configured());
    EXPECT_THAT(server_.heard(), ElementsAre("broadcast DISCOVER rapid"));
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
}

TEST_F(SessionTest, AServerWhoseChecksumsAreLeftToHardwareIsHeard) {
    server_.transport = test::Transport::udp;
    start();
    ASSERT_TRUE(is_configured());
    EXPECT_EQ(session_->frame_drops().total(), 0U);
    EXPECT_THAT(server_.heard(), ::testing::SizeIs(2));
}

TEST_F(SessionTest, AnAnswerWithABadChecksumIsDroppedCountedAndNamed) {
    server_.script = [](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        test::ServerFrame frame;
        frame.payload = dhcp::serialize(server.reply_to(request.message, MessageType::offer));
        frame.udp_sum = 0x1234;
        server.send_frame(frame.bytes(), request.message.chaddr);
        server.script = {};
    };
    start();
    ASSERT_TRUE(run_until([&] { return session_->frame_drops().total() == 1; }));
    EXPECT_EQ(session_->frame_drops()[DropReason::bad_udp_checksum], 1U);
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(session_->diagnosis(), HasSubstr("dropped 1 "));
    EXPECT_THAT(session_->diagnosis(), HasSubstr("checksum"));
    EXPECT_TRUE(is_configured()) << "the next answer is good";
}

TEST_F(SessionTest, TheAddressEndsWithTheLeaseUnlessTheCallerWantsIt) {
    start();
    ASSERT_TRUE(is_configured());
    EXPECT_THAT(lifetime(), Optional(::testing::AllOf(::testing::Ge(3595U), ::testing::Le(3600U))));
}

TEST_F(SessionTest, AnAddressForeverHasNoLifetime) {
    settings_.routes.forever = true;
    start();
    ASSERT_TRUE(is_configured());
    EXPECT_EQ(lifetime(), std::nullopt);
}

TEST_F(SessionTest, AnInfiniteLeaseHasNoLifetime) {
    server_.grant.options.set_u32(OptionCode::lease_time, 0xffffffff);
    start();
    ASSERT_TRUE(is_configured());
    EXPECT_EQ(lifetime(), std::nullopt);
}

TEST_F(SessionTest, WithoutADefaultRouteOnlyTheSubnetIsRouted) {
    settings_.routes.default_route = false;
    settings_.routes.metric = 7;
    start();
    ASSERT_TRUE(is_configured());
    EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 src 192.0.2.50 proto dhcp scope link metric 7"));
}

TEST_F(SessionTest, TheMtuOfTheLeaseIsSet) {
    server_.grant.options.set_u16(OptionCode::interface_mtu, 1400);
    start();
    ASSERT_TRUE(is_configured());
    EXPECT_EQ(test::link_of("eth0", cable_.client)->mtu, 1400U);
}

TEST_F(SessionTest, AHostLeaseReachesARouterThatIsNotOnItsLink) {
    server_.grant.address = {203, 0, 113, 9};
    server_.grant.options.set_address(OptionCode::subnet_mask, {255, 255, 255, 255});
    start();
    ASSERT_TRUE(is_configured());
    EXPECT_THAT(routes(), ElementsAre("192.0.2.1 src 203.0.113.9 proto dhcp scope link",
                                      "default via 192.0.2.1 src 203.0.113.9 proto dhcp"));
}

TEST_F(SessionTest, WhatWasThereBeforeIsReplacedByTheFirstLease) {
    test::add_address("192.0.2.9/24", "eth0", cable_.client);
    test::add_address("10.9.9.9/8", "eth0", cable_.client);
    start();
    ASSERT_TRUE(is_configured());
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
}

TEST_F(SessionTest, WithoutAServerItAsksOnAndConfiguresNothing) {
    server_.silent = true;
    start();
    ASSERT_TRUE(run_until([&] { return server_.count(MessageType::discover) == 4; }));
    EXPECT_THAT(server_.heard(), ElementsAre("broadcast DISCOVER rapid", "broadcast DISCOVER rapid",
                                             "broadcast DISCOVER", "broadcast DISCOVER"));
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(routes(), IsEmpty());
    EXPECT_EQ(changes_, 0U);
    EXPECT_EQ(session_->diagnosis(), "eth0: SELECTING, 4 DISCOVER sent, 0 replies received");
    const auto& requests = server_.requests();
    for (const auto& request : requests) EXPECT_EQ(request.message.xid, requests[0].message.xid);
    server_.silent = false;
    EXPECT_TRUE(is_configured()) << "as soon as there is one";
}

TEST_F(SessionTest, WithoutCarrierNothingIsSentAndTheFirstDiscoverLeavesWithIt) {
    cable_.unplug();
    follow_links();
    start();
    loop_.poll();
    EXPECT_THAT(session_->packets(), IsEmpty());
    cable_.plug_in();
    ASSERT_TRUE(is_configured());
    EXPECT_THAT(server_.heard(),
                ElementsAre("broadcast DISCOVER rapid", "broadcast REQUEST requested=192.0.2.50 server=192.0.2.1"));
}

// Both names of the one thing that a wake-up may cost: packets, and what is left to the others on the loop.
TEST_F(SessionTest, AFloodIsTakenInBoundedPortions) {
    server_.silent = true;
    start();
    ASSERT_TRUE(run_until([&] { return server_.requests().size() == 1; }));
    auto offer = server_.reply_to(server_.requests()[0].message, MessageType::offer);
    offer.xid ^= 1;
    for (int i = 0; i < 100; ++i) server_.send(offer);
    bool had_a_turn = false;
    const auto timer = loop_.add_timer([&] { had_a_turn = true; });
    loop_.arm(timer, BootClock::now());
    ASSERT_TRUE(run_until([&] { return had_a_turn; }));
    const auto drops = [&] { return session_->client().drops()[DropReason::other_transaction]; };
    EXPECT_LE(drops(), 64U);
    server_.send(server_.reply_to(server_.requests()[0].message, MessageType::offer));
    server_.silent = false;
    ASSERT_TRUE(is_configured());
    EXPECT_EQ(drops(), 100U);
}

TEST_F(SessionTest, StoppingWithdrawsTheAddress) {
    start();
    ASSERT_TRUE(is_configured());
    session_->stop();
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(routes(), IsEmpty());
    EXPECT_EQ(session_->client().state(), dhcp::State::stopped);
}

TEST_F(SessionTest, ALeaseIsReleasedWhereThatIsWanted) {
    settings_.client.release_on_stop = true;
    start();
    ASSERT_TRUE(is_configured());
    static_cast<void>(server_.heard());
    session_->stop();
    ASSERT_TRUE(run_until([&] { return server_.count(MessageType::release) == 1; }));
    EXPECT_THAT(server_.heard(),
                ElementsAre("unicast 192.0.2.50 to 192.0.2.1 RELEASE ciaddr=192.0.2.50 server=192.0.2.1"));
    EXPECT_THAT(addresses(), IsEmpty());
}

// The kernel takes no route on a link that is down: the ACK is there, and then the link goes.
TEST_F(SessionTest, WhatTheKernelRefusesIsTriedAgainUntilItIsTaken) {
    server_.script = [this](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        server.answer(request);
        if (request.message.type == MessageType::request) test::set_link_down("eth0", cable_.client);
    };
    start();
    ASSERT_TRUE(run_until([&] { return !session_->failures().empty(); }));
    EXPECT_FALSE(session_->configured());
    EXPECT_THAT(to_string(session_->failures().front()), HasSubstr("Network is down"));
    test::set_link_up("eth0", cable_.client);
    ASSERT_TRUE(is_configured());
    EXPECT_THAT(routes(), Contains("default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
}

TEST_F(SessionTest, ANeighbourIsToldWhoHasTheAddressNow) {
    const test::ArpListener listener(cable_.server);
    start();
    ASSERT_TRUE(is_configured());
    const auto heard = listener.next(loop_);
    ASSERT_EQ(heard.size(), 28U);
    EXPECT_EQ(Bytes(heard.begin() + 14, heard.begin() + 18), (Bytes{192, 0, 2, 50})) << "sender";
    EXPECT_EQ(Bytes(heard.begin() + 24, heard.begin() + 28), (Bytes{192, 0, 2, 50})) << "target";
}

// READY, resolv.conf and whoever waits for them: the address works for its neighbours by then.
TEST_F(SessionTest, TheNeighboursAreToldBeforeAnybodyHearsOfTheLease) {
    const test::ArpListener listener(cable_.server);
    std::vector<bool> announced;
    on_change_ = [&] {
        if (session_->configured()) announced.push_back(!listener.next_now().empty());
    };
    start();
    ASSERT_TRUE(is_configured());
    ASSERT_THAT(announced, ::testing::Not(IsEmpty()));
    EXPECT_TRUE(announced.front());
}

TEST_F(SessionTest, WhatTheKernelTookLateIsAnnouncedThen) {
    const test::ArpListener listener(cable_.server);
    server_.script = [this](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        server.answer(request);
        if (request.message.type == MessageType::request) test::set_link_down("eth0", cable_.client);
    };
    start();
    ASSERT_TRUE(run_until([&] { return !session_->failures().empty(); }));
    EXPECT_THAT(listener.next_now(), IsEmpty());
    test::set_link_up("eth0", cable_.client);
    ASSERT_TRUE(is_configured());
    EXPECT_EQ(listener.next(loop_).size(), 28U);
}

// 32 a turn until the filter is narrowed; what is queued by then is still read.
TEST_F(SessionTest, AFloodOfOtherTransactionsStaysInTheKernel) {
    server_.silent = true;
    start();
    ASSERT_TRUE(run_until([&] { return server_.requests().size() == 1; }));
    auto offer = server_.reply_to(server_.requests()[0].message, MessageType::offer);
    offer.xid ^= 1;
    server_.send(offer);
    const auto drops = [&] { return session_->client().drops()[DropReason::other_transaction]; };
    ASSERT_TRUE(run_until([&] { return drops() == 1; }));
    for (int i = 0; i < 100; ++i) server_.send(offer);
    ASSERT_TRUE(run_until([&] { return server_.requests().size() == 2; }));
    EXPECT_EQ(drops(), 1U);
    server_.silent = false;
    server_.send(server_.reply_to(server_.requests()[0].message, MessageType::offer));
    ASSERT_TRUE(is_configured());
    session_->renew();
    ASSERT_TRUE(run_until([&] { return session_->client().messages().received[5] == 2; }))
        << "the ACK of another transaction, which is ours";
    EXPECT_EQ(drops(), 1U);
}

// Malformed, or with a bad checksum: it need not be a reply at all.
TEST_F(SessionTest, AFloodOfWhatIsNoReplyStaysInTheKernelToo) {
    server_.silent = true;
    start();
    ASSERT_TRUE(run_until([&] { return server_.requests().size() == 1; }));
    auto offer = server_.reply_to(server_.requests()[0].message, MessageType::offer);
    offer.xid ^= 1;
    test::ServerFrame frame;
    frame.payload = dhcp::serialize(offer);
    frame.udp_sum = 0x1234;
    const auto send = [&] { server_.send_frame(frame.bytes(), offer.chaddr); };
    send();
    ASSERT_TRUE(run_until([&] { return session_->frame_drops().total() == 1; }));
    for (int i = 0; i < 100; ++i) send();
    ASSERT_TRUE(run_until([&] { return server_.requests().size() == 2; }));
    EXPECT_EQ(session_->frame_drops().total(), 1U);
}

}  // namespace
}  // namespace nlinit::dhcp_io
