// SPDX-License-Identifier: Apache-2.0
// What becomes of a lease: renewal, rebinding, refusal, and a carrier that comes and goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlinit/sys/log/log.hpp"
#include "session_fixture.hpp"
#include "support/tcp_connection.hpp"

namespace nlinit::dhcp_io {
namespace {

using namespace std::chrono_literals;
using dhcp::MessageType;
using dhcp::OptionCode;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;

constexpr const char* kRenewal = "unicast 192.0.2.50 to 192.0.2.1 REQUEST ciaddr=192.0.2.50";

class SessionLeaseTest : public test::SessionFixture {
  protected:
    // Bound, with what the server has heard so far forgotten.
    void bind() {
        start();
        ASSERT_TRUE(is_configured());
        static_cast<void>(server_.heard());
    }
    // What the server calls itself.
    void answer_as(Ipv4Address identifier) {
        server_.script = [identifier](test::DhcpServer& server, const test::DhcpServer::Request& request) {
            const bool asked = request.message.type == MessageType::discover;
            auto reply = server.reply_to(request.message, asked ? MessageType::offer : MessageType::ack);
            reply.options.set_address(OptionCode::server_identifier, identifier);
            server.send(reply);
        };
    }
    [[nodiscard]] bool hears_request() {
        const auto before = server_.count(MessageType::request);
        return run_until([&] { return server_.count(MessageType::request) > before; });
    }
    [[nodiscard]] bool becomes(dhcp::State state) {
        return run_until([&] { return session_->client().state() == state; });
    }
};

TEST_F(SessionLeaseTest, AtT1TheLeaseIsRenewedByUnicastAndItsLifetimeSetInPlace) {
    server_.grant.set_times(30, 15, 26);
    bind();
    test::KernelEvents events(cable_.client);
    std::optional<std::uint32_t> left_before;
    server_.script = [&](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        left_before = lifetime();
        server.answer(request);
    };
    ASSERT_TRUE(hears_request());
    ASSERT_TRUE(becomes(dhcp::State::bound));
    EXPECT_THAT(server_.heard(), ElementsAre(kRenewal));
    // The kernel counts whole seconds from when it was given the address, which is a little after the lease's first.
    ASSERT_THAT(left_before, Optional(::testing::Le(29U)));
    EXPECT_THAT(lifetime(), Optional(::testing::Gt(*left_before)));
    const auto seen = events.take();
    EXPECT_THAT(seen, Contains("new address 192.0.2.50/24"));
    EXPECT_THAT(seen, Not(Contains(::testing::StartsWith("gone")))) << "open connections live on";
}

TEST_F(SessionLeaseTest, AConnectionLivesOnThroughRenewals) {
    bind();
    test::TcpConnection connection(cable_.client, cable_.server, {192, 0, 2, 1});
    ASSERT_TRUE(connection.carries("before", loop_));
    test::KernelEvents events(cable_.client);
    for (int renewal = 0; renewal < 3; ++renewal) {
        if (renewal == 1) server_.grant.options.set_address(OptionCode::router, {192, 0, 2, 254});
        if (renewal == 2) server_.grant.options.set_u16(OptionCode::interface_mtu, 1400);
        session_->renew();
        ASSERT_TRUE(hears_request());
        ASSERT_TRUE(becomes(dhcp::State::bound));
        EXPECT_TRUE(connection.carries("after renewal " + std::to_string(renewal), loop_));
    }
    EXPECT_THAT(events.take(), Not(Contains(::testing::StartsWith("gone address"))));
    EXPECT_EQ(test::link_of("eth0", cable_.client)->mtu, 1400U);
}

// Mikrotik's: the lease time and no more.
TEST_F(SessionLeaseTest, AConnectionByTheDefaultRouteLivesOnThroughRenewalsThatNameNoRouter) {
    test::add_address("198.51.100.1/32", "srv0", cable_.server);
    bind();
    test::TcpConnection connection(cable_.client, cable_.server, {198, 51, 100, 1});
    ASSERT_TRUE(connection.carries("before", loop_));
    const auto addresses_before = addresses(), routes_before = routes();
    test::KernelEvents events(cable_.client);
    server_.grant.options = {};
    server_.grant.options.set_u32(OptionCode::lease_time, 3604);
    for (int renewal = 0; renewal < 3; ++renewal) {
        session_->renew();
        ASSERT_TRUE(hears_request());
        ASSERT_TRUE(becomes(dhcp::State::bound));
        EXPECT_TRUE(connection.carries("after renewal " + std::to_string(renewal), loop_));
    }
    EXPECT_EQ(session_->client().lease()->duration, 3604s);
    EXPECT_EQ(addresses(), addresses_before);
    EXPECT_EQ(routes(), routes_before);
    EXPECT_THAT(events.take(), Not(Contains(::testing::StartsWith("gone"))));
}

// Without a route to it the kernel would ask the link for a neighbour of that address, and nobody is.
TEST_F(SessionLeaseTest, AServerThatNoRouteLeadsToIsAskedByBroadcast) {
    answer_as({66, 66, 66, 66});
    server_.grant.options = {};
    server_.grant.options.set_u32(OptionCode::lease_time, 3600);
    server_.grant.options.set_address(OptionCode::subnet_mask, {255, 255, 255, 0});
    bind();
    session_->renew();
    ASSERT_TRUE(hears_request());
    EXPECT_THAT(server_.heard(), ElementsAre("broadcast REQUEST ciaddr=192.0.2.50"));
    ASSERT_TRUE(becomes(dhcp::State::bound));
}

TEST_F(SessionLeaseTest, AServerBehindTheDefaultRouteIsAskedByUnicast) {
    test::add_address("66.66.66.66/32", "srv0", cable_.server);
    answer_as({66, 66, 66, 66});
    bind();
    session_->renew();
    ASSERT_TRUE(hears_request());
    EXPECT_THAT(server_.heard(), ElementsAre("unicast 192.0.2.50 to 66.66.66.66 REQUEST ciaddr=192.0.2.50"));
}

TEST_F(SessionLeaseTest, AChangedMaskMovesTheAddressToItsNewSubnet) {
    bind();
    server_.grant.options.set_address(OptionCode::subnet_mask, {255, 255, 0, 0});
    session_->renew();
    ASSERT_TRUE(run_until([&] { return addresses() == std::vector<std::string>{"192.0.2.50/16 brd 192.0.255.255"}; }));
    EXPECT_THAT(routes(), ElementsAre("192.0.0.0/16 src 192.0.2.50 proto dhcp scope link",
                                      "default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
}

TEST_F(SessionLeaseTest, WhatIsAskedOnDemandIsAskedByUnicastAtOnce) {
    bind();
    session_->renew();
    ASSERT_TRUE(hears_request());
    EXPECT_THAT(server_.heard(), ElementsAre(kRenewal));
}

TEST_F(SessionLeaseTest, AfterStopTheLinkMayDoWhatItLikes) {
    follow_links();
    bind();
    session_->stop();
    cable_.unplug();
    ASSERT_TRUE(run_until([&] { return !test::link_of("eth0", cable_.client)->carrier; }));
    cable_.plug_in();
    ASSERT_TRUE(run_until([&] { return test::link_of("eth0", cable_.client)->running; }));
    session_->update(*netlink::find_link(netlink_, "eth0"));
    session_->renew();
    EXPECT_EQ(session_->client().state(), dhcp::State::stopped);
    EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(SessionLeaseTest, WhatTheRenewalBringsAnewIsAppliedByDifference) {
    bind();
    server_.grant.options.set_address(OptionCode::router, {192, 0, 2, 254});
    test::KernelEvents events(cable_.client);
    session_->renew();
    ASSERT_TRUE(hears_request());
    ASSERT_TRUE(run_until([&] {
        return routes() == std::vector<std::string>{"192.0.2.0/24 src 192.0.2.50 proto dhcp scope link",
                                                    "default via 192.0.2.254 src 192.0.2.50 proto dhcp"};
    }));
    EXPECT_THAT(events.take(), Not(Contains(::testing::StartsWith("gone address"))));
}

TEST_F(SessionLeaseTest, WhenTheServerDoesNotAnswerEveryServerIsAskedAtT2) {
    server_.grant.set_times(30, 15, 16);
    bind();
    server_.script = [](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        if (request.destination.is_broadcast()) server.answer(request);
    };
    ASSERT_TRUE(hears_request());
    EXPECT_THAT(server_.heard(), ElementsAre(kRenewal));
    ASSERT_TRUE(run_until([&] { return server_.requests().back().destination.is_broadcast(); }));
    EXPECT_THAT(server_.heard(), Contains("broadcast REQUEST ciaddr=192.0.2.50"));
    ASSERT_TRUE(becomes(dhcp::State::bound));
    EXPECT_THAT(lifetime(), Optional(::testing::Ge(29U)));
}

// Three seconds: the lease has to end.
TEST_F(SessionLeaseTest, TheEndOfALeaseSaysWhichAnswersWereOfNoUse) {
    server_.grant.options.set_u32(OptionCode::lease_time, 3);
    bind();
    server_.grant.options.set_address(OptionCode::subnet_mask, {255, 0, 255, 0});
    log::open(log::Target::standard_error, log::Level::warning);
    ::testing::internal::CaptureStderr();
    session_->renew();
    const bool has_ended = run_until([this] { return session_->client().lease() == nullptr; });
    EXPECT_THAT(::testing::internal::GetCapturedStderr(),
                ::testing::ContainsRegex("eth0: lease of 192.0.2.50 ended \\(expired\\): no answer since "
                                         "its last grant was of use; "
                                         "dropped [0-9]+ with a subnet mask that has holes or is zero\n"));
    EXPECT_TRUE(has_ended);
}

TEST_F(SessionLeaseTest, ARefusedRenewalWithdrawsTheAddressAndAsksForAnother) {
    bind();
    server_.script = [](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        server.script = {};
        server.send(server.reply_to(request.message, MessageType::nak));
        server.grant.address = {192, 0, 2, 60};
    };
    session_->renew();
    ASSERT_TRUE(run_until([&] {
        return session_->client().lease() && session_->client().lease()->address == Ipv4Address(192, 0, 2, 60);
    }));
    EXPECT_THAT(server_.heard(), ElementsAre(kRenewal, "broadcast DISCOVER rapid",
                                             "broadcast REQUEST requested=192.0.2.60 server=192.0.2.1"));
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.60/24 brd 192.0.2.255"));
    EXPECT_THAT(routes(), Contains("default via 192.0.2.1 src 192.0.2.60 proto dhcp"));
}

TEST_F(SessionLeaseTest, WhenTheCarrierComesBackTheLeaseIsVerified) {
    follow_links();
    bind();
    cable_.unplug();
    ASSERT_TRUE(becomes(dhcp::State::waiting_for_link));
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255")) << "the address stays meanwhile";
    cable_.plug_in();
    ASSERT_TRUE(becomes(dhcp::State::bound));
    EXPECT_THAT(server_.heard(), ElementsAre("broadcast REQUEST requested=192.0.2.50"));
    EXPECT_THAT(routes(), Contains("default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
}

TEST_F(SessionLeaseTest, TheLinkItselfMayGoDownAndUpToo) {
    follow_links();
    bind();
    test::set_link_down("eth0", cable_.client);  // the kernel drops the routes
    ASSERT_TRUE(becomes(dhcp::State::waiting_for_link));
    test::set_link_up("eth0", cable_.client);
    ASSERT_TRUE(becomes(dhcp::State::bound));
    EXPECT_THAT(server_.heard(), ElementsAre("broadcast REQUEST requested=192.0.2.50"));
    EXPECT_TRUE(run_until([&] { return routes().size() == 2; })) << "routes are put back";
}

TEST_F(SessionLeaseTest, ALeaseThatIsNoLongerGoodAfterTheFlapIsReplaced) {
    follow_links();
    bind();
    cable_.unplug();
    ASSERT_TRUE(becomes(dhcp::State::waiting_for_link));
    server_.script = [](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        server.script = {};
        server.send(server.reply_to(request.message, MessageType::nak));
        server.grant.address = {192, 0, 2, 60};
    };
    cable_.plug_in();
    ASSERT_TRUE(run_until([&] { return addresses() == std::vector<std::string>{"192.0.2.60/24 brd 192.0.2.255"}; }));
    EXPECT_THAT(server_.heard(), ElementsAre("broadcast REQUEST requested=192.0.2.50", "broadcast DISCOVER rapid",
                                             "broadcast REQUEST requested=192.0.2.60 server=192.0.2.1"));
}

TEST_F(SessionLeaseTest, AnEventFromBeforeTheLastLookIsNoFlap) {
    bind();
    static_cast<void>(server_.heard());
    Link older = session_->link();
    older.carrier_changes -= 1;
    session_->update(older);
    older.carrier = false;
    session_->update(older);
    EXPECT_EQ(session_->client().state(), dhcp::State::bound);
    EXPECT_TRUE(session_->link().carrier);
}

TEST_F(SessionLeaseTest, ACarrierThatWentAndCameBetweenTwoLooksIsAFlap) {
    bind();
    Link later = session_->link();
    later.carrier_changes += 1;  // counted by a driver that reports one state twice
    session_->update(later);
    EXPECT_EQ(session_->client().state(), dhcp::State::bound);
    later.carrier_changes += 2;
    session_->update(later);
    EXPECT_EQ(session_->client().state(), dhcp::State::rebooting);
}

// 121 with a way out that the kernel refuses: the address is there, and the default route is not.
constexpr const char* kUnreachable = "192.0.2.254/32";
const Bytes kDefaultViaUnreachable{0, 192, 0, 2, 254};

TEST_F(SessionLeaseTest, WhatTheKernelTookOfARefusedPlanGoesWithTheLease) {
    test::make_unreachable(kUnreachable, cable_.client);
    server_.grant.options.set(OptionCode::classless_static_route, kDefaultViaUnreachable);
    start();
    ASSERT_TRUE(run_until([&] { return !session_->failures().empty(); }));
    EXPECT_FALSE(session_->configured());
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    session_->stop();
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(routes(), IsEmpty());
}

TEST_F(SessionLeaseTest, ALateAttemptDoesNotLengthenTheLifetime) {
    test::make_unreachable(kUnreachable, cable_.client);
    server_.grant.options.set(OptionCode::classless_static_route, kDefaultViaUnreachable);
    server_.grant.set_times(30, 15, 26);
    start();
    ASSERT_TRUE(run_until([&] { return !session_->failures().empty(); }));
    const auto bound_at = BootClock::now();
    ASSERT_TRUE(run_until([&] { return BootClock::now() - bound_at > 2s; }));  // attempts after 0.1, 0.3, 0.7, 1.5 s
    EXPECT_THAT(lifetime(), Optional(::testing::Le(28U)));
}

TEST_F(SessionLeaseTest, ARouteThatTheKernelRefusesKeepsNothingElseBack) {
    test::make_unreachable(kUnreachable, cable_.client);
    server_.grant.options.set(OptionCode::classless_static_route,
                              Bytes{0, 192, 0, 2, 1, 8, 10, 192, 0, 2, 254, 16, 172, 16, 192, 0, 2, 1});
    start();
    ASSERT_TRUE(is_configured());
    EXPECT_THAT(session_->failures(), IsEmpty());
    EXPECT_THAT(routes(), ElementsAre("172.16.0.0/16 via 192.0.2.1 src 192.0.2.50 proto dhcp",
                                      "192.0.2.0/24 src 192.0.2.50 proto dhcp scope link",
                                      "default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
    ASSERT_EQ(session_->left_out().size(), 1U);
    EXPECT_EQ(to_string(session_->left_out().front().route), "10.0.0.0/8 via 192.0.2.254");
    const auto& error = session_->left_out().front().error;
    EXPECT_TRUE(run_until([&] { return session_->refusals_of(error) >= 3; })) << "it is tried again, and counted";
    session_->stop();
    EXPECT_THAT(routes(), IsEmpty());
}

// RFC 2131 4.4.5.
TEST_F(SessionLeaseTest, AShortLeaseIsOverAtItsEndInTheKernelToo) {
    server_.grant.options.set_u32(OptionCode::lease_time, 2);
    start();
    ASSERT_TRUE(is_configured());
    EXPECT_THAT(lifetime(), Optional(::testing::Le(2U)));
    const auto expires_at = session_->client().lease()->expires_at;
    server_.silent = true;
    ASSERT_TRUE(run_until([&] { return session_->client().lease() == nullptr; }));
    EXPECT_GE(BootClock::now(), expires_at);
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(routes(), IsEmpty());
    EXPECT_THAT(server_.heard(), Not(Contains(kRenewal)));
}

TEST_F(SessionLeaseTest, AnMtuOfALeaseGoesWithTheLease) {
    server_.grant.options.set_u16(OptionCode::interface_mtu, 1400);
    bind();
    ASSERT_EQ(test::link_of("eth0", cable_.client)->mtu, 1400U);
    session_->stop();
    EXPECT_EQ(test::link_of("eth0", cable_.client)->mtu, 1500U);
}

}  // namespace
}  // namespace nlinit::dhcp_io
