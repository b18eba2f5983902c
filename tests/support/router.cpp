// SPDX-License-Identifier: Apache-2.0
#include "support/router.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <array>

#include "support/require.hpp"

namespace nlinit::test {
namespace {

constexpr std::uint8_t kIcmpv6 = 58, kSolicitation = 133, kAdvertisement = 134;
constexpr std::uint8_t kSourceLinkLayerAddress = 1, kPrefixInformation = 3;  // RFC 4861 4.6
constexpr std::size_t kIpv6Header = 40, kNextHeader = 6;

Ipv6Address all_nodes() {
    return *Ipv6Address::parse("ff02::1");
}

std::array<std::uint8_t, 6> mac_of(const Ipv6Address& router) {
    return {0x02, 0, 0, 0, 0, router.octets().back()};
}

// With the router's MAC address: without it the kernel makes no optimistic address.
Bytes message_of(const Advertisement& says, const Ipv6Address& router) {
    ByteWriter out;
    out.u8(kAdvertisement);
    out.u8(0);
    out.u16(0);  // the checksum
    out.u8(64);
    out.u8(static_cast<std::uint8_t>((says.managed ? 0x80 : 0) | (says.other ? 0x40 : 0)));
    out.u16(says.lifetime);
    out.u32(0);
    out.u32(0);
    out.u8(kSourceLinkLayerAddress);
    out.u8(1);
    out.bytes(mac_of(router));
    for (const auto& each : says.prefixes) {
        out.u8(kPrefixInformation);
        out.u8(4);
        out.u8(each.length);
        out.u8(static_cast<std::uint8_t>(0x80 | (each.autonomous ? 0x40 : 0)));
        out.u32(each.valid);
        out.u32(each.preferred);
        out.u32(0);
        out.bytes(each.prefix.octets());
    }
    out.bytes(says.more_options);
    return std::move(out).take();
}

// RFC 4443 2.3.
std::uint16_t checksum(const Bytes& message, const Ipv6Address& from, const Ipv6Address& to) {
    ByteWriter sum;
    sum.bytes(from.octets());
    sum.bytes(to.octets());
    sum.u32(static_cast<std::uint32_t>(message.size()));
    sum.u32(kIcmpv6);
    sum.bytes(message);
    if (message.size() % 2 != 0) sum.u8(0);
    std::uint32_t total = 0;
    const auto all = std::move(sum).take();
    for (ByteReader in(all); !in.at_end();) total += in.u16();
    while (total > 0xffff) total = (total & 0xffff) + (total >> 16);
    return static_cast<std::uint16_t>(~total);
}

}  // namespace

Bytes frame_of(const Advertisement& advertisement, const Ipv6Address& router) {
    auto message = message_of(advertisement, router);
    const auto sum = checksum(message, router, all_nodes());
    message[2] = static_cast<std::uint8_t>(sum >> 8);
    message[3] = static_cast<std::uint8_t>(sum);
    ByteWriter out;
    out.bytes(std::array<std::uint8_t, 6>{0x33, 0x33, 0, 0, 0, 1});
    out.bytes(mac_of(router));
    out.u16(ETH_P_IPV6);
    out.u32(std::uint32_t{6} << 28);
    out.u16(static_cast<std::uint16_t>(message.size()));
    out.u8(kIcmpv6);
    out.u8(255);
    out.bytes(router.octets());
    out.bytes(all_nodes().octets());
    out.bytes(message);
    return std::move(out).take();
}

Router::Router(sys::EventLoop& loop, const NetworkNamespace& ns, const std::string& interface,
               const std::string& address)
    : loop_(loop), address_(*Ipv6Address::parse(address)), link_(ns, interface) {
    const auto inside = ns.enter();
    ears_.reset(::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_ll local{};
    local.sll_family = AF_PACKET;
    local.sll_protocol = htons(ETH_P_IPV6);
    local.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
    require(::bind(ears_.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) == 0, "hear IPv6 on a link");
    // What comes for all routers comes to a port of theirs.
    packet_mreq all{};
    all.mr_ifindex = local.sll_ifindex;
    all.mr_type = PACKET_MR_ALLMULTI;
    require(::setsockopt(ears_.get(), SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) == 0, "hear all routers'");
    require(loop.watch(ears_.get(), [this] { hear(); }).ok(), "watch a raw socket");
}

Router::~Router() {
    loop_.unwatch(ears_.get());
}

void Router::hear() {
    std::array<std::uint8_t, 1500> packet{};
    sockaddr_ll from{};
    socklen_t from_size = sizeof from;
    for (;;) {
        const auto size =
            ::recvfrom(ears_.get(), packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&from), &from_size);
        if (size < 0) return;
        const bool is_solicitation = from.sll_pkttype != PACKET_OUTGOING && size > ssize_t{kIpv6Header} &&
                                     packet[kNextHeader] == kIcmpv6 && packet[kIpv6Header] == kSolicitation;
        if (!is_solicitation) continue;
        ++solicitations_;
        if (answers) advertise();
    }
}

}  // namespace nlinit::test
