// SPDX-License-Identifier: Apache-2.0
#include "support/dhcp_server.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <variant>

#include "support/client_harness.hpp"
#include "support/require.hpp"
#include "wire/server_frame.hpp"

namespace nlinit::test {

using dhcp::MessageType;
using dhcp::OptionCode;

namespace {

constexpr std::uint16_t kServerPort = 67, kClientPort = 68;

sys::UniqueFd open_packet_socket(int interface) {
    sys::UniqueFd fd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_IP)));
    require(fd.valid(), "open the server's packet socket");
    sockaddr_ll local{};
    local.sll_family = AF_PACKET;
    local.sll_protocol = htons(ETH_P_IP);
    local.sll_ifindex = interface;
    require(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) == 0, "bind it");
    return fd;
}

// Also keeps the kernel from answering renewals with "port unreachable".
sys::UniqueFd open_udp_socket(const std::string& interface) {
    sys::UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    require(fd.valid(), "open the server's UDP socket");
    const int on = 1;
    const auto size = static_cast<socklen_t>(interface.size());
    require(::setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(), size) == 0, interface.c_str());
    require(::setsockopt(fd.get(), SOL_SOCKET, SO_BROADCAST, &on, sizeof on) == 0, "allow broadcasts");
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_port = htons(kServerPort);
    require(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) == 0, "bind UDP port 67");
    return fd;
}

Ipv4Address address_at(ByteView packet, std::size_t at) {
    return {packet[at], packet[at + 1], packet[at + 2], packet[at + 3]};
}

// The request in a packet from the IPv4 header on; nothing when it is something else.
std::optional<DhcpServer::Request> request_in(ByteView packet) {
    if (packet.size() < 28 || packet[9] != IPPROTO_UDP) return std::nullopt;
    const std::size_t udp_at = (packet[0] & 0x0f) * std::size_t{4};
    if (packet.size() < udp_at + 8 || get_u16(packet, udp_at + 2) != kServerPort) return std::nullopt;
    const std::size_t udp_size = get_u16(packet, udp_at + 4);
    if (udp_size < 8 || udp_at + udp_size > packet.size()) return std::nullopt;
    auto message = dhcp::parse(packet.subspan(udp_at + 8, udp_size - 8));
    if (!std::holds_alternative<dhcp::Message>(message)) return std::nullopt;
    const auto whole = packet.first(udp_at + udp_size);
    const Bytes frame(whole.begin(), whole.end());
    const bool right =
        get_u16(frame, 10) == ip_checksum(frame, udp_at) && get_u16(frame, udp_at + 6) == udp_checksum(frame, udp_at);
    return DhcpServer::Request{std::get<dhcp::Message>(std::move(message)), address_at(packet, 12),
                               address_at(packet, 16), right};
}

std::string line_for(const DhcpServer::Request& request) {
    if (request.destination.is_broadcast()) return to_line(dhcp::Broadcast{request.message});
    return to_line(dhcp::Unicast{request.message, request.source, request.destination});
}

}  // namespace

Grant::Grant() {
    options.set_address(OptionCode::subnet_mask, {255, 255, 255, 0});
    options.set_address(OptionCode::router, {192, 0, 2, 1});
    options.set_u32(OptionCode::lease_time, 3600);
}

void Grant::set_times(std::uint32_t lease, std::uint32_t renew, std::uint32_t rebind) {
    options.set_u32(OptionCode::lease_time, lease);
    options.set_u32(OptionCode::renewal_time, renew);
    options.set_u32(OptionCode::rebinding_time, rebind);
}

DhcpServer::DhcpServer(sys::EventLoop& loop, const NetworkNamespace& ns, const std::string& interface,
                       Ipv4Address identifier)
    : loop_(loop), ns_(ns), interface_(interface), link_events_(ns), identifier_(identifier) {
    const auto inside = ns.enter();
    interface_index_ = static_cast<int>(::if_nametoindex(interface.c_str()));
    packet_socket_ = open_packet_socket(interface_index_);
    udp_socket_ = open_udp_socket(interface);
    auto watched = loop_.watch(packet_socket_.get(), [this] { receive(); });
    if (!watched.ok()) throw std::system_error(watched.error().code, std::generic_category(), watched.error().what);
}

DhcpServer::~DhcpServer() {
    loop_.unwatch(packet_socket_.get());
}

void DhcpServer::receive() {
    std::array<std::uint8_t, 4096> buffer;
    for (;;) {
        const auto size = ::recv(packet_socket_.get(), buffer.data(), buffer.size(), 0);
        if (size < 0 && errno == ENETDOWN) continue;  // once, when the link has gone down
        if (size < 0) return;
        auto request = request_in(ByteView(buffer).first(static_cast<std::size_t>(size)));
        if (!request) continue;
        requests_.push_back(*request);
        if (script) {
            script(*this, *request);
        } else {
            answer(*request);
        }
    }
}

void DhcpServer::answer(const Request& request) {
    if (silent) return;
    const auto& message = request.message;
    if (message.type == MessageType::discover) {
        const bool rapid = grant.rapid_commit && message.options.has(OptionCode::rapid_commit);
        auto reply = reply_to(message, rapid ? MessageType::ack : MessageType::offer);
        if (rapid) reply.options.set(OptionCode::rapid_commit, {});
        send(reply);
    } else if (message.type == MessageType::request) {
        send(reply_to(message, refuses ? MessageType::nak : MessageType::ack));
    }
}

dhcp::Message DhcpServer::reply_to(const dhcp::Message& request, MessageType type) const {
    dhcp::Message reply;
    reply.op = dhcp::OpCode::boot_reply;
    reply.type = type;
    reply.xid = request.xid;
    reply.chaddr = request.chaddr;
    if (type != MessageType::nak) {
        reply.yiaddr = grant.address;
        reply.ciaddr = request.ciaddr;
        reply.options = grant.options;
    }
    reply.options.set_address(OptionCode::server_identifier, identifier_);
    return reply;
}

// The client's end comes up at once, this one by the kernel's link watch a moment later; until then it sends into
// nothing, and what a test has said once would be lost.
void DhcpServer::await_running() {
    constexpr int kLimitMs = 2000;
    pollfd change{link_events_.fd(), POLLIN, 0};
    while (!link_of(interface_, ns_).value_or(LinkView{}).running && ::poll(&change, 1, kLimitMs) > 0)
        static_cast<void>(link_events_.take());
}

void DhcpServer::send(const dhcp::Message& reply) {
    if (transport == Transport::udp) return send_by_udp(reply);
    ServerFrame frame;
    frame.payload = dhcp::serialize(reply);
    frame.source = identifier_;
    frame.destination = reply.yiaddr.is_unspecified() ? kBroadcastAddress : reply.yiaddr;
    send_frame(frame.bytes(), reply.chaddr);
}

void DhcpServer::send_by_udp(const dhcp::Message& reply) {
    await_running();
    const auto payload = dhcp::serialize(reply);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(kClientPort);
    to.sin_addr.s_addr = htonl(INADDR_BROADCAST);
    const auto sent = ::sendto(udp_socket_.get(), payload.data(), payload.size(), 0,
                               reinterpret_cast<const sockaddr*>(&to), sizeof to);
    require(sent == static_cast<ssize_t>(payload.size()), "answer by UDP");
}

void DhcpServer::send_frame(ByteView packet, const MacAddress& to) {
    await_running();
    sockaddr_ll station{};
    station.sll_family = AF_PACKET;
    station.sll_protocol = htons(ETH_P_IP);
    station.sll_ifindex = interface_index_;
    station.sll_halen = ETH_ALEN;
    std::ranges::copy(to.octets(), station.sll_addr);
    ssize_t sent = 0;
    do {
        sent = ::sendto(packet_socket_.get(), packet.data(), packet.size(), 0,
                        reinterpret_cast<const sockaddr*>(&station), sizeof station);
    } while (sent < 0 && errno == ENETDOWN);  // once, when the link has been down
    require(sent == static_cast<ssize_t>(packet.size()), "send a frame");
}

std::vector<std::string> DhcpServer::heard() {
    std::vector<std::string> lines;
    for (; told_ < requests_.size(); ++told_) lines.push_back(line_for(requests_[told_]));
    return lines;
}

std::size_t DhcpServer::count(MessageType type) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(requests_, [&](const Request& request) { return request.message.type == type; }));
}

}  // namespace nlinit::test
