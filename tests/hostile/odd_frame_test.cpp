// SPDX-License-Identifier: Apache-2.0
// Odd frames that are good answers all the same, and frames of a size or from a place that only the kernel can make.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "hostile/hostile_fixture.hpp"

namespace nlinit {
namespace {

using test::RawAnswer;
using ::testing::IsEmpty;
using ::testing::ValuesIn;

// The sum comes out as zero, which is sent as ffff.
void make_sum_ffff(RawAnswer& answer) {
    Bytes frame = answer.packet();
    test::put_u16(answer.sname, 0, test::udp_checksum(frame, 20));
}

Bytes poisoned_padding() {
    return test::option_bytes(dhcp::OptionCode::router, Bytes{192, 0, 2, 99});
}

const std::vector<test::Odd> kOddFrames{
    {"from_port_0", [](auto& a) { a.ip.source_port = 0; }},
    {"from_port_68", [](auto& a) { a.ip.source_port = 68; }},
    {"from_port_1067", [](auto& a) { a.ip.source_port = 1067; }},
    {"from_port_49152", [](auto& a) { a.ip.source_port = 49152; }},
    {"ip_options_4_bytes",
     [](auto& a) {
         a.ip.ip_options = {1, 1, 1, 0};
     }},
    {"ip_options_40_bytes", [](auto& a) { a.ip.ip_options = Bytes(40, 1); }},
    {"ip_options_malformed", [](auto& a) { a.ip.ip_options = {7, 255, 0, 0, 68, 0, 0, 0}; }},
    {"udp_sum_0", [](auto& a) { a.ip.udp_sum = 0; }},
    {"udp_sum_ffff", make_sum_ffff},
    {"padding_behind_the_packet", [](auto& a) { a.ip.padding = Bytes(64); }},
    {"padding_like_options", [](auto& a) { a.padded_to = 0, a.end = {}, a.ip.padding = poisoned_padding(); }},
    {"padding_inside_the_packet",  // behind the UDP datagram
     [](auto& a) {
         a.padded_to = 0, a.end = {};
         const auto size = a.message().size();
         a.ip.udp_length = static_cast<std::uint16_t>(8 + size);
         a.ip.udp_sum = 0;
         a.end = poisoned_padding();
     }},
    {"fragmentation_allowed", [](auto& a) { a.ip.fragment = 0; }},
    {"broadcast_frame",
     [](auto& a) {
         a.station = MacAddress({255, 255, 255, 255, 255, 255});
     }},
    {"multicast_frame",
     [](auto& a) {
         a.station = MacAddress({1, 0, 0x5e, 0, 0, 1});
     }},
    {"unicast_packet",
     [](auto& a) {
         a.ip.destination = {192, 0, 2, 50};
     }},
    {"packet_to_a_foreign_address",
     [](auto& a) {
         a.ip.destination = {198, 51, 100, 1};
     }},
    {"priority_tag_without_vlan",
     [](auto& a) {
         a.tags = {0x8100, 0xe000};
     }},
};

class OddFrame : public test::OddExchange {};
TEST_P(OddFrame, IsTaken) {
    answer_oddly();
    expect_good_lease();
    EXPECT_THAT(drops(), IsEmpty());
}
INSTANTIATE_TEST_SUITE_P(Exchange, OddFrame, ValuesIn(kOddFrames), test::kByName);

class FrameOfTheKernel : public test::HostileFixture {
  protected:
    // By the server's UDP stack, to the client's broadcast address.
    void send_by_udp(const Bytes& payload) {
        server_.await_running();
        const auto inside = cable_.server.enter();
        const sys::UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        const int on = 1;
        ASSERT_EQ(::setsockopt(fd.get(), SOL_SOCKET, SO_BROADCAST, &on, sizeof on), 0);
        ASSERT_EQ(::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
        const auto to = address({192, 0, 2, 255}, 68);
        ASSERT_EQ(
            ::sendto(fd.get(), payload.data(), payload.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to),
            static_cast<ssize_t>(payload.size()));
    }
    static sockaddr_in address(Ipv4Address host, std::uint16_t port) {
        sockaddr_in result{};
        result.sin_family = AF_INET;
        result.sin_port = htons(port);
        result.sin_addr.s_addr = htonl(host.to_integer());
        return result;
    }
    static Bytes jumbo(const test::DhcpServer::Request& request, std::size_t size) {
        auto answer = RawAnswer::to(request.message, test::MessageType::offer);
        answer.set(dhcp::OptionCode::lease_time, test::bytes_of(test::kPoisonedLease));
        answer.padded_to = size;
        return answer.message();
    }
};

// The kernel's sum is left to the hardware of the veth, which has none: wrong, and marked TP_STATUS_CSUMNOTREADY.
TEST_F(FrameOfTheKernel, WithASumThatIsNotReadyIsTaken) {
    server_.transport = test::Transport::udp;
    const auto answer = [this](const auto& request) { server_.answer(request); };
    on_discover_ = on_request_ = answer;
    run();
    expect_good_lease();
    EXPECT_THAT(drops(), IsEmpty());
}

TEST_F(FrameOfTheKernel, JumboOf60KilobytesInFragmentsIsDropped) {
    on_discover_ = [this](const auto& request) {
        send_by_udp(jumbo(request, 60000));
        offer(request);
    };
    run();
    expect_good_lease();
    EXPECT_EQ(drops(), (test::Drops{{"fragment", 1}})) << "the first; the others are filtered";
}

TEST_F(FrameOfTheKernel, JumboOf64KilobytesInOneFrameIsDropped) {
    test::set_mtu(65535, "srv0", cable_.server);
    test::set_mtu(65535, "eth0", cable_.client);
    on_discover_ = [this](const auto& request) {
        auto answer = RawAnswer::to(request.message, test::MessageType::offer);
        answer.padded_to = 65535 - 28;
        send(answer);
        offer(request);
    };
    run();
    expect_good_lease();
    EXPECT_EQ(drops(), (test::Drops{{"truncated_by_kernel", 1}}));
}

TEST_F(FrameOfTheKernel, AByteLongerThanTheBufferIsDropped) {
    test::set_mtu(9000, "srv0", cable_.server);
    test::set_mtu(9000, "eth0", cable_.client);
    on_request_ = [this](const auto& request) {
        auto answer = RawAnswer::to(request.message, test::MessageType::ack);
        answer.set(dhcp::OptionCode::lease_time, test::bytes_of(test::kPoisonedLease));
        answer.padded_to = 4097 - 28;
        send(answer);
        acknowledge(request);
    };
    run();
    expect_good_lease();
    EXPECT_EQ(drops(), (test::Drops{{"truncated_by_kernel", 1}}));
}

TEST_F(FrameOfTheKernel, AsLongAsTheBufferIsTaken) {
    test::set_mtu(9000, "srv0", cable_.server);
    test::set_mtu(9000, "eth0", cable_.client);
    on_request_ = [this](const auto& request) {
        auto answer = RawAnswer::to(request.message, test::MessageType::ack);
        answer.padded_to = 4096 - 28;
        send(answer);
    };
    run();
    expect_good_lease();
    EXPECT_THAT(drops(), IsEmpty());
}

TEST_F(FrameOfTheKernel, OwnDiscoverReflectedIsDropped) {
    on_discover_ = [this](const auto& request) {
        auto reflected = RawAnswer::to(request.message, test::MessageType::discover);
        reflected.op = 1;
        send(reflected);
        reflected.ip.source_port = 68;
        reflected.ip.destination_port = 67;
        send(reflected);
        offer(request);
    };
    run();
    expect_good_lease();
    EXPECT_THAT(drops(), IsEmpty()) << "the filter saw to it";
}

TEST_F(FrameOfTheKernel, OnAnotherLinkOfTheSameHostIsNotHeard) {
    test::make_veth("eth1", cable_.client, "srv1", cable_.server);
    test::set_link_up("eth1", cable_.client);
    test::set_link_up("srv1", cable_.server);
    const test::RawLink other(cable_.server, "srv1");
    on_discover_ = [&](const auto& request) {
        auto answer = RawAnswer::to(request.message, test::MessageType::offer);
        answer.set(dhcp::OptionCode::lease_time, test::bytes_of(test::kPoisonedLease));
        answer.station = MacAddress({255, 255, 255, 255, 255, 255});
        other.send(answer.frame());
        offer(request);
    };
    run();
    expect_good_lease();
    EXPECT_THAT(drops(), IsEmpty());
}

// Somebody says that the address is his, with every length of ARP; by default nobody asks for that (RFC 5227).
TEST_F(FrameOfTheKernel, ArpOfEveryKindIsNotHeard) {
    on_request_ = [this](const auto& request) {
        ByteWriter arp;
        arp.bytes(request.message.chaddr.octets());
        arp.bytes(MacAddress({2, 0, 0, 0, 0, 9}).octets());
        for (const std::uint32_t words : {0x08060001U, 0x08000604U}) arp.u32(words);
        arp.u16(2);
        for (int i = 0; i < 2; ++i) {
            arp.bytes(MacAddress({2, 0, 0, 0, 0, 9}).octets());
            arp.bytes(Ipv4Address(192, 0, 2, 50).octets());
        }
        const Bytes frame = std::move(arp).take();
        for (const std::ptrdiff_t size : {42, 33, 24, 15}) send(Bytes(frame.begin(), frame.begin() + size));
        acknowledge(request);
    };
    run();
    expect_good_lease();
    EXPECT_THAT(drops(), IsEmpty());
}

}  // namespace
}  // namespace nlinit
