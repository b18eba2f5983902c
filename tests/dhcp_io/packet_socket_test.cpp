// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/packet_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>

#include "nlinit/dhcp/client_config.hpp"
#include "nlinit/netlink/links.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "support/arp_listener.hpp"
#include "support/cable.hpp"
#include "support/dhcp_server.hpp"
#include "support/kernel_view.hpp"
#include "support/result.hpp"
#include "support/run_until.hpp"
#include "wire/server_frame.hpp"

namespace nlinit::dhcp_io {
namespace {

using test::is_ok;
using test::ServerFrame;
using ::testing::ElementsAre;

constexpr MacAddress kClientMac({0x02, 0, 0, 0, 0, 0x50}), kOtherMac({0x02, 0, 0, 0, 0, 0x51});

dhcp::Message offer_to(const MacAddress& mac) {
    dhcp::Message message;
    message.op = dhcp::OpCode::boot_reply;
    message.type = dhcp::MessageType::offer;
    message.chaddr = mac;
    message.yiaddr = {192, 0, 2, 50};
    return message;
}

ServerFrame frame_to(const MacAddress& mac) {
    ServerFrame frame;
    frame.payload = dhcp::serialize(offer_to(mac));
    return frame;
}

class PacketSocketTest : public ::testing::Test {
  protected:
    PacketSocketTest() {
        test::set_mac(kClientMac.to_string(), "eth0", cable_.client);
        const auto inside = cable_.client.enter();
        netlink_.emplace(*netlink::Socket::open());
        index_ = netlink::find_link(*netlink_, "eth0")->index;
    }

    void open() {
        const auto inside = cable_.client.enter();
        auto socket = PacketSocket::open(index_, kClientMac);
        ASSERT_TRUE(is_ok(socket));
        socket_.emplace(*std::move(socket));
        ASSERT_TRUE(is_ok(loop_.watch(socket_->fd(), [this] { receive(); })));
    }
    void bring_up() {
        const std::array indexes{index_};
        const auto result = netlink::bring_up(*netlink_, indexes);
        ASSERT_TRUE(result.failures.empty());
        ASSERT_TRUE(result.links.at(0).carrier);
    }
    void open_and_bring_up() {
        open();
        bring_up();
    }
    // All that is queued.
    void receive() {
        ++wakes_;
        for (;;) {
            const auto received = socket_->receive();
            if (std::holds_alternative<PacketSocket::Nothing>(received)) return;
            if (const auto* reason = std::get_if<DropReason>(&received)) drops_.push_back(*reason);
            if (const auto* packet = std::get_if<PacketSocket::Packet>(&received)) {
                packets_.emplace_back(packet->bytes.begin(), packet->bytes.end());
                checksums_.push_back(packet->checksum);
            }
        }
    }
    [[nodiscard]] bool hears(std::size_t count) {
        return test::run_until(loop_, [&] { return packets_.size() + drops_.size() >= count; });
    }
    // Frames come in the order in which they were sent: when the good one is there, the other was kept out.
    void expect_kept_out(const ServerFrame& frame, const char* what, const MacAddress& station = kClientMac) {
        SCOPED_TRACE(what);
        packets_.clear();
        const auto good = frame_to(kClientMac).bytes();
        server_.send_frame(frame.bytes(), station);
        server_.send_frame(good, kClientMac);
        ASSERT_TRUE(hears(1));
        EXPECT_THAT(packets_, ElementsAre(good));
        EXPECT_TRUE(drops_.empty());
    }
    static Bytes discover() {
        dhcp::ClientConfig config;
        config.mac = kClientMac;
        return wire::wrap({}, kBroadcastAddress,
                          dhcp::serialize(dhcp::make_discover(config, {0x1234, {}}, true, std::nullopt)));
    }

    test::Cable cable_;
    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::DhcpServer server_{loop_, cable_.server, "srv0"};
    std::optional<netlink::Socket> netlink_;
    LinkIndex index_{};
    std::optional<PacketSocket> socket_;
    unsigned wakes_ = 0;
    std::vector<Bytes> packets_;
    std::vector<wire::UdpChecksum> checksums_;
    std::vector<DropReason> drops_;
};

TEST_F(PacketSocketTest, WhatIsSentRightAfterTheLinkIsUpIsNotLost) {
    open_and_bring_up();
    ASSERT_TRUE(is_ok(socket_->broadcast(discover())));
    ASSERT_TRUE(test::run_until(loop_, [&] { return !server_.requests().empty(); }));
    EXPECT_THAT(server_.heard(), ElementsAre("broadcast DISCOVER rapid"));
    EXPECT_TRUE(server_.requests()[0].checksums_right);
}

TEST_F(PacketSocketTest, AnAnswerIsHeardThoughTheSocketWasBoundWhileTheLinkWasDown) {
    open_and_bring_up();
    ASSERT_TRUE(is_ok(socket_->broadcast(discover())));
    ASSERT_TRUE(hears(1));
    EXPECT_TRUE(drops_.empty());
}

TEST_F(PacketSocketTest, WithNothingQueuedThereIsNothing) {
    open();
    EXPECT_TRUE(std::holds_alternative<PacketSocket::Nothing>(socket_->receive()));
    bring_up();
    EXPECT_TRUE(std::holds_alternative<PacketSocket::Nothing>(socket_->receive()));
}

TEST_F(PacketSocketTest, AFrameIsReceivedFromItsIpHeaderOnWithItsChecksumToVerify) {
    open_and_bring_up();
    const auto frame = frame_to(kClientMac).bytes();
    server_.send_frame(frame, kClientMac);
    ASSERT_TRUE(hears(1));
    EXPECT_THAT(packets_, ElementsAre(frame));
    EXPECT_THAT(checksums_, ElementsAre(wire::UdpChecksum::verify));
}

// A server on the same host leaves the checksum to hardware: without PACKET_AUXDATA its answers would look broken.
TEST_F(PacketSocketTest, AChecksumThatThePeerNeverMadeIsMarkedAsNotReady) {
    open_and_bring_up();
    server_.transport = test::Transport::udp;
    server_.send(offer_to(kClientMac));
    ASSERT_TRUE(hears(1));
    ASSERT_THAT(checksums_, ElementsAre(wire::UdpChecksum::not_ready));
    EXPECT_TRUE(std::holds_alternative<wire::Datagram>(wire::unwrap(packets_[0], wire::UdpChecksum::not_ready)));
    const auto verified = wire::unwrap(packets_[0], wire::UdpChecksum::verify);
    ASSERT_TRUE(std::holds_alternative<DropReason>(verified)) << "this kernel makes the checksum after all";
    EXPECT_EQ(std::get<DropReason>(verified), DropReason::bad_udp_checksum);
}

TEST_F(PacketSocketTest, AThousandRepliesToAnotherClientDoNotWakeThisOne) {
    open_and_bring_up();
    ASSERT_TRUE(is_ok(socket_->broadcast(discover())));
    ASSERT_TRUE(hears(1));
    wakes_ = 0;
    const auto foreign = frame_to(kOtherMac).bytes();
    const MacAddress everybody({0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
    for (int i = 0; i < 1000; ++i) server_.send_frame(foreign, everybody);
    server_.send_frame(frame_to(kClientMac).bytes(), kClientMac);
    ASSERT_TRUE(hears(2));
    EXPECT_EQ(wakes_, 1U);
    EXPECT_TRUE(drops_.empty());
}

TEST_F(PacketSocketTest, WhatIsNoDhcpReplyIsKeptOut) {
    open_and_bring_up();
    auto frame = frame_to(kClientMac);
    frame.protocol = 6;
    expect_kept_out(frame, "TCP");
    frame = frame_to(kClientMac);
    frame.destination_port = 67;
    expect_kept_out(frame, "another port");
    frame = frame_to(kClientMac);
    frame.fragment = 0x2001;
    expect_kept_out(frame, "a later fragment");
    frame = frame_to(kClientMac);
    frame.payload[0] = 1;
    expect_kept_out(frame, "a request of another client");
    frame = frame_to(kClientMac);
    frame.payload.resize(20);
    expect_kept_out(frame, "too short for a hardware address");
    frame = frame_to(kClientMac);
    frame.payload[33] ^= 1;
    expect_kept_out(frame, "another hardware address in its last byte");
}

TEST_F(PacketSocketTest, AFrameForAnotherStationIsKeptOut) {
    open_and_bring_up();
    expect_kept_out(frame_to(kClientMac), "PACKET_OTHERHOST", kOtherMac);
}

TEST_F(PacketSocketTest, AFrameWithIpOptionsIsLetIn) {
    open_and_bring_up();
    auto frame = frame_to(kClientMac);
    frame.ip_options = Bytes(12, 1);
    server_.send_frame(frame.bytes(), kClientMac);
    ASSERT_TRUE(hears(1));
    EXPECT_THAT(packets_, ElementsAre(frame.bytes()));
}

TEST_F(PacketSocketTest, FramesOfAnotherInterfaceAreNotHeard) {
    test::make_veth("eth1", cable_.client, "srv1", cable_.server);
    test::set_mac(kClientMac.to_string(), "eth1", cable_.client);
    test::set_link_up("eth1", cable_.client);
    test::set_link_up("srv1", cable_.server);
    test::DhcpServer other(loop_, cable_.server, "srv1");
    open_and_bring_up();
    other.send_frame(frame_to(kClientMac).bytes(), kClientMac);
    const auto own = frame_to(kClientMac).bytes();
    server_.send_frame(own, kClientMac);
    ASSERT_TRUE(hears(1));
    EXPECT_THAT(packets_, ElementsAre(own));
}

TEST_F(PacketSocketTest, APacketLongerThanItsBufferIsDroppedAndNotRead) {
    test::set_mtu(9000, "eth0", cable_.client);
    test::set_mtu(9000, "srv0", cable_.server);
    open_and_bring_up();
    auto frame = frame_to(kClientMac);
    frame.padding = Bytes(PacketSocket::kMaxPacketSize, 0);
    server_.send_frame(frame.bytes(), kClientMac);
    ASSERT_TRUE(hears(1));
    EXPECT_THAT(drops_, ElementsAre(DropReason::truncated_by_kernel));
}

TEST_F(PacketSocketTest, SendingOnALinkThatIsDownFailsAtOnce) {
    open();
    const auto sent = socket_->broadcast(discover());
    ASSERT_FALSE(sent.ok());
    EXPECT_EQ(sent.error().code, ENETDOWN);
}

TEST_F(PacketSocketTest, SendingAfterTheLinkWasDownForAWhileSucceedsAtOnce) {
    open_and_bring_up();
    test::set_link_down("eth0", cable_.client);
    test::set_link_up("eth0", cable_.client);
    ASSERT_TRUE(is_ok(socket_->broadcast(discover())));
    EXPECT_TRUE(test::run_until(loop_, [&] { return !server_.requests().empty(); }));
}

TEST_F(PacketSocketTest, AfterTheLinkHasGoneThereIsNothingAndNoEndlessLoop) {
    open_and_bring_up();
    test::delete_link("eth0", cable_.client);
    EXPECT_TRUE(std::holds_alternative<PacketSocket::Nothing>(socket_->receive()));
    EXPECT_FALSE(socket_->broadcast(discover()).ok());
}

TEST_F(PacketSocketTest, ALinkThatIsNotThereCannotBeBoundTo) {
    const auto inside = cable_.client.enter();
    const auto socket = PacketSocket::open(LinkIndex{4242}, kClientMac);
    EXPECT_EQ(test::sentence(socket), "bind the packet socket to its interface: No such device");
}

TEST_F(PacketSocketTest, AnAnnouncementIsAGratuitousArpRequestToEverybody) {
    open_and_bring_up();
    const test::ArpListener listener(cable_.server);
    ASSERT_TRUE(is_ok(socket_->broadcast(wire::make_arp_announcement(kClientMac, {192, 0, 2, 50}))));
    EXPECT_THAT(listener.next(loop_), ElementsAre(0, 1, 8, 0, 6, 4, 0, 1,                 // Ethernet, IPv4, a request
                                                  0x02, 0, 0, 0, 0, 0x50, 192, 0, 2, 50,  // sender
                                                  0, 0, 0, 0, 0, 0, 192, 0, 2, 50));      // target: the same address
}

// A flood of other transactions' replies is the kernel's affair then, and wakes nobody.
TEST_F(PacketSocketTest, RepliesOfOneTransactionOnlyAreTakenOnDemand) {
    const auto reply_of = [](std::uint32_t xid) {
        auto message = offer_to(kClientMac);
        message.xid = xid;
        ServerFrame frame;
        frame.payload = dhcp::serialize(message);
        return frame.bytes();
    };
    open_and_bring_up();
    EXPECT_EQ(socket_->only_xid(), std::nullopt);
    const auto mine = reply_of(0x80000007), other = reply_of(0x00000007), none = reply_of(0);
    const auto send = [&] {
        for (const auto& frame : {other, none, mine}) server_.send_frame(frame, kClientMac);
    };
    send();
    ASSERT_TRUE(hears(3));
    packets_.clear();
    ASSERT_TRUE(is_ok(socket_->take_only(0x80000007)));
    EXPECT_EQ(socket_->only_xid(), 0x80000007U);
    send();
    ASSERT_TRUE(hears(1));
    EXPECT_THAT(packets_, ElementsAre(mine));
    packets_.clear();
    ASSERT_TRUE(is_ok(socket_->take_only(7)));
    send();
    ASSERT_TRUE(hears(1));
    EXPECT_THAT(packets_, ElementsAre(other)) << "another filter has taken the place of the first";
    packets_.clear();
    ASSERT_TRUE(is_ok(socket_->take_only(0)));
    send();
    ASSERT_TRUE(is_ok(socket_->take_only(0x80000007)));
    server_.send_frame(mine, kClientMac);
    ASSERT_TRUE(hears(1));
    EXPECT_THAT(packets_, ElementsAre(mine)) << "and nothing of the three before it";
}

}  // namespace
}  // namespace nlinit::dhcp_io
