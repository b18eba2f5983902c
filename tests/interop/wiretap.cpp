// SPDX-License-Identifier: Apache-2.0
#include "wiretap.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <variant>

#include "nlinit/dhcp/message.hpp"
#include "nlinit/dhcp6/message.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/wire/frame.hpp"
#include "support/require.hpp"

namespace nlinit::test {
namespace {

using dhcp::OptionCode;

std::string line_for(Ipv4Address source, Ipv4Address destination, const dhcp::Message& message) {
    std::string line = source.to_string() + " to " + destination.to_string() + ' ' + std::string(name_of(message.type));
    if (!message.ciaddr.is_unspecified() && message.op == dhcp::OpCode::boot_request)
        line += " ciaddr=" + message.ciaddr.to_string();
    if (!message.yiaddr.is_unspecified()) line += ' ' + message.yiaddr.to_string();
    if (message.options.has(OptionCode::rapid_commit)) line += " rapid";
    return line;
}

std::string line_for(const Ipv6Address& source, const Ipv6Address& destination, const dhcp6::Message& message) {
    std::string line = source.to_string() + " to " + destination.to_string() + ' ' + std::string(name_of(message.type));
    for (const auto& ia : message.ia_na) {
        for (const auto& leased : ia.addresses) line += ' ' + leased.address.to_string();
    }
    if (message.rapid_commit) line += " rapid";
    return line;
}

Ipv6Address read_address(ByteReader& in) {
    Ipv6Address::Octets octets{};
    std::ranges::copy(in.bytes(octets.size()), octets.begin());
    return Ipv6Address(octets);
}

constexpr std::uint8_t kUdp = 17;

// Of a packet from the IPv6 header on, without extension headers; nothing when it is not DHCPv6.
std::optional<std::string> line_for_ipv6(ByteView packet) {
    constexpr std::size_t kHeaderSize = 40;
    ByteReader ip(packet);
    static_cast<void>(ip.bytes(6));
    const bool is_udp = ip.u8() == kUdp;
    static_cast<void>(ip.u8());
    const auto source = read_address(ip);
    const auto destination = read_address(ip);
    if (ip.overrun() || !is_udp || packet.size() < kHeaderSize + wire::kUdpHeaderSize) return std::nullopt;
    ByteReader udp(packet.subspan(kHeaderSize));
    static_cast<void>(udp.u16());
    const auto port = udp.u16();
    if (port != dhcp6::kServerPort && port != dhcp6::kClientPort) return std::nullopt;
    const auto message = dhcp6::parse(packet.subspan(kHeaderSize + wire::kUdpHeaderSize));
    if (!std::holds_alternative<dhcp6::Message>(message)) return std::nullopt;
    return line_for(source, destination, std::get<dhcp6::Message>(message));
}

// Of a packet from the IPv4 header on; nothing when it is not DHCP.
std::optional<std::string> line_for(ByteView packet) {
    ByteReader ip(packet);
    const std::size_t ip_size = (ip.u8() & 0x0f) * std::size_t{4};
    static_cast<void>(ip.bytes(8));
    const bool is_udp = ip.u8() == kUdp;
    static_cast<void>(ip.bytes(2));
    const auto source = Ipv4Address::from_integer(ip.u32());
    const auto destination = Ipv4Address::from_integer(ip.u32());
    if (ip.overrun() || !is_udp || packet.size() < ip_size + wire::kUdpHeaderSize) return std::nullopt;
    ByteReader udp(packet.subspan(ip_size));
    static_cast<void>(udp.u16());
    const auto port = udp.u16();
    if (port != wire::kServerPort && port != wire::kClientPort) return std::nullopt;
    const auto message = dhcp::parse(packet.subspan(ip_size + wire::kUdpHeaderSize));
    if (!std::holds_alternative<dhcp::Message>(message)) return std::nullopt;
    return line_for(source, destination, std::get<dhcp::Message>(message));
}

}  // namespace

// What a link sends is shown to those only who want every protocol (packet(7)).
Wiretap::Wiretap(sys::EventLoop& loop, const NetworkNamespace& ns, const std::string& link) : loop_(loop) {
    const auto inside = ns.enter();
    socket_.reset(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    require(socket_.valid(), "open a wiretap");
    sockaddr_ll all{};
    all.sll_family = AF_PACKET;
    all.sll_protocol = htons(ETH_P_ALL);
    all.sll_ifindex = static_cast<int>(::if_nametoindex(link.c_str()));
    require(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&all), sizeof all) == 0, "bind a wiretap");
    require(loop_.watch(socket_.get(), [this] { receive(); }).ok(), "watch a wiretap");
}

Wiretap::~Wiretap() {
    loop_.unwatch(socket_.get());
}

const std::vector<std::string>& Wiretap::heard() {
    receive();
    return lines_;
}

bool Wiretap::heard(const std::string& words) {
    return std::ranges::any_of(heard(), [&](const std::string& line) { return line.find(words) != std::string::npos; });
}

void Wiretap::forget() {
    receive();
    lines_.clear();
}

void Wiretap::receive() {
    std::array<std::uint8_t, 4096> buffer;
    for (;;) {
        sockaddr_ll from{};
        socklen_t from_size = sizeof from;
        const auto size =
            ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &from_size);
        if (size < 0 && errno == ENETDOWN) continue;  // once, when the link has gone down
        if (size < 0) return;
        const auto packet = ByteView(buffer).first(static_cast<std::size_t>(size));
        std::optional<std::string> line;
        if (from.sll_protocol == htons(ETH_P_IP)) line = line_for(packet);
        if (from.sll_protocol == htons(ETH_P_IPV6)) line = line_for_ipv6(packet);
        if (line) lines_.push_back(*std::move(line));
    }
}

}  // namespace nlinit::test
