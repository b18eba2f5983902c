// SPDX-License-Identifier: Apache-2.0
// Another host that has the leased address (RFC 5227): the server's own kernel, or whoever says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "nlinit/dhcp_io/arp_socket.hpp"
#include "session_fixture.hpp"
#include "support/descriptor_limit.hpp"

namespace nlinit::dhcp_io {
namespace {

using dhcp::ConflictDetection;
using dhcp::MessageType;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using wire::ArpPacket;

constexpr Ipv4Address kLeased{192, 0, 2, 50};
constexpr MacAddress kRival{{0x02, 0, 0, 0, 0, 0x77}};
constexpr const char* kDecline = "broadcast DECLINE requested=192.0.2.50 server=192.0.2.1";

class SessionConflictTest : public test::SessionFixture {
  protected:
    void start_with(ConflictDetection detection) {
        settings_.client.conflict_detection = detection;
        start();
    }
    // What the client's end says of the leased address, as the other end hears it.
    std::optional<ArpPacket> next_arp() {
        const auto packet = wire::parse_arp(arp_.next(loop_));
        if (packet && packet->sender_mac != session_->link().mac) return next_arp();
        return packet;
    }
    void claim_as_rival() {
        const auto inside = cable_.server.enter();
        const auto index = LinkIndex{static_cast<int>(test::link_of("srv0", cable_.server)->index)};
        auto socket = ArpSocket::open(index, kLeased);
        ASSERT_TRUE(test::is_ok(socket));
        ASSERT_TRUE(test::is_ok(socket->broadcast(wire::make_arp_announcement(kRival, kLeased))));
    }
    [[nodiscard]] bool is_declined() {
        return run_until([this] { return server_.count(MessageType::decline) == 1; });
    }

    test::ArpListener arp_{cable_.server};
};

TEST_F(SessionConflictTest, AFreeAddressIsProbedThreeTimesBeforeItIsUsed) {
    start_with(ConflictDetection::probe);
    for (int probe = 0; probe < 3; ++probe) {
        const auto heard = next_arp();
        ASSERT_TRUE(heard);
        EXPECT_EQ(*heard, wire::make_arp_probe(session_->link().mac, kLeased));
        EXPECT_THAT(addresses(), IsEmpty());
    }
    EXPECT_TRUE(is_configured());
    EXPECT_THAT(addresses(), Contains("192.0.2.50/24 brd 192.0.2.255"));
}

TEST_F(SessionConflictTest, AnAddressThatAnsweredIsDeclinedAndNeverConfigured) {
    test::add_address("192.0.2.50/24", "srv0", cable_.server);
    test::KernelEvents events(cable_.client);
    start_with(ConflictDetection::probe);
    ASSERT_TRUE(is_declined());
    EXPECT_THAT(server_.heard(), Contains(kDecline));
    EXPECT_EQ(session_->client().state(), dhcp::State::init);
    EXPECT_THAT(session_->diagnosis(), ::testing::EndsWith("192.0.2.50 is another host's already, " +
                                                           test::link_of("srv0", cable_.server)->mac));
    EXPECT_THAT(events.take(), Not(Contains(StartsWith("new address 192.0.2.50"))));
}

TEST_F(SessionConflictTest, OptimisticallyItIsUsedMeanwhileAndWithdrawnOnAnAnswer) {
    test::add_address("192.0.2.50/24", "srv0", cable_.server);
    start_with(ConflictDetection::optimistic);
    ASSERT_TRUE(is_configured());
    ASSERT_TRUE(is_declined());
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_FALSE(session_->configured());
}

TEST_F(SessionConflictTest, AnAddressInUseIsDefendedOnceAndThenGivenUp) {
    start_with(ConflictDetection::probe);
    ASSERT_TRUE(is_configured());
    const auto announced = [this] {
        for (;;) {
            const auto heard = next_arp();
            if (!heard || heard->sender == kLeased) return heard;
        }
    };
    ASSERT_TRUE(announced()) << "after it was configured";
    claim_as_rival();
    ASSERT_TRUE(announced()) << "in defence";
    EXPECT_THAT(addresses(), Contains(StartsWith("192.0.2.50/24")));
    claim_as_rival();
    ASSERT_TRUE(is_declined());
    EXPECT_THAT(addresses(), IsEmpty());
}

// After a NAK it may be anybody's: a defence would take it from its new owner.
TEST_F(SessionConflictTest, AnAddressThatIsNoLongerOursIsNotDefended) {
    start_with(ConflictDetection::probe);
    ASSERT_TRUE(is_configured());
    server_.script = [](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        if (request.message.type == MessageType::request)
            server.send(server.reply_to(request.message, MessageType::nak));
    };
    session_->renew();
    ASSERT_TRUE(run_until([this] { return addresses().empty(); }));
    while (!arp_.next_now().empty()) continue;
    const auto asked = server_.count(MessageType::discover);
    claim_as_rival();
    claim_as_rival();
    ASSERT_TRUE(run_until([&] { return server_.count(MessageType::discover) >= asked + 2; })) << "by then it has heard";
    EXPECT_THAT(session_->diagnosis(), Not(HasSubstr("another host")));
    for (auto packet = arp_.next_now(); !packet.empty(); packet = arp_.next_now())
        EXPECT_NE(wire::parse_arp(packet).value_or(ArpPacket{}).sender_mac, session_->link().mac);
}

TEST_F(SessionConflictTest, WithoutDetectionARivalIsNotHeard) {
    start_with(ConflictDetection::off);
    ASSERT_TRUE(is_configured());
    claim_as_rival();
    claim_as_rival();
    session_->renew();
    ASSERT_TRUE(run_until([this] { return server_.count(MessageType::request) == 2; }));
    EXPECT_EQ(server_.count(MessageType::decline), 0U);
    EXPECT_THAT(addresses(), Contains(StartsWith("192.0.2.50/24")));
}

// No descriptor is left for it. Waiting for a verdict that nobody will give took ten seconds.
TEST_F(SessionConflictTest, WhoCannotLookTakesTheAddressAsFreeAtOnce) {
    for (const auto detection : {ConflictDetection::probe, ConflictDetection::optimistic}) {
        settings_.client.conflict_detection = detection;
        server_.script = [](test::DhcpServer& server, const test::DhcpServer::Request& request) {
            server.answer(request);
            if (request.message.type == MessageType::request) test::forbid_new_descriptors(true);
        };
        start();
        const bool configured = test::run_until(
            loop_, [this] { return session_->configured(); }, std::chrono::seconds(5));
        test::forbid_new_descriptors(false);
        EXPECT_TRUE(configured);
        EXPECT_EQ(session_->client().state(), dhcp::State::bound);
        EXPECT_THAT(addresses(), Contains("192.0.2.50/24 brd 192.0.2.255"));
        session_->stop();
        test::set_link_down("eth0", cable_.client);
    }
}

}  // namespace
}  // namespace nlinit::dhcp_io
