// SPDX-License-Identifier: Apache-2.0
#include "support/dhcp6_server.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <variant>

#include "support/require.hpp"

namespace nlinit::test {
namespace {

sockaddr_in6 endpoint(const Ipv6Address& address, std::uint16_t port, unsigned link) {
    sockaddr_in6 result{};
    result.sin6_family = AF_INET6;
    result.sin6_port = htons(port);
    std::ranges::copy(address.octets(), result.sin6_addr.s6_addr);
    result.sin6_scope_id = link;
    return result;
}

sys::UniqueFd open_socket(const std::string& interface, const Ipv6Address& address) {
    sys::UniqueFd fd(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    require(fd.valid(), "open a DHCPv6 server's socket");
    const int on = 1;
    require(::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0, "share its port");
    const auto local = endpoint(address, dhcp6::kServerPort, ::if_nametoindex(interface.c_str()));
    require(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) == 0, "bind its port");
    return fd;
}

// False where there is no address to send from yet, or no route.
bool send_by(int fd, const std::string& interface, ByteView payload, const Ipv6Address& to) {
    const auto there = endpoint(to, dhcp6::kClientPort, ::if_nametoindex(interface.c_str()));
    return ::sendto(fd, payload.data(), payload.size(), 0, reinterpret_cast<const sockaddr*>(&there), sizeof there) >=
               0 ||
           (errno != ENETUNREACH && errno != EADDRNOTAVAIL);
}

}  // namespace

Dhcp6Server::Dhcp6Server(sys::EventLoop& loop, const NetworkNamespace& ns, const std::string& interface)
    : loop_(loop), ns_(ns), interface_(interface), link_events_(ns, Family::kIpv6) {
    const auto inside = ns.enter();
    socket_ = open_socket(interface, {});
    ipv6_mreq group{};
    std::ranges::copy(dhcp6::kAllServers.octets(), group.ipv6mr_multiaddr.s6_addr);
    group.ipv6mr_interface = ::if_nametoindex(interface.c_str());
    require(::setsockopt(socket_.get(), IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &group, sizeof group) == 0,
            "join the DHCPv6 servers");
    require(loop.watch(socket_.get(), [this] { receive(); }).ok(), "watch a DHCPv6 server");
}

Dhcp6Server::~Dhcp6Server() {
    loop_.unwatch(socket_.get());
}

void Dhcp6Server::answer(const Request& request) {
    const bool offers =
        request.message.type == dhcp6::MessageType::solicit && !(rapid_commit && request.message.rapid_commit);
    auto reply = RawReply6::to(request.message, offers ? dhcp6::MessageType::advertise : dhcp6::MessageType::reply);
    if (!request.message.ia_na.empty()) reply.grant(ia_address(address));
    send(reply, request);
}

bool Dhcp6Server::await_change() {
    constexpr int kLimitMs = 2000;
    pollfd change{link_events_.fd(), POLLIN, 0};
    if (::poll(&change, 1, kLimitMs) <= 0) return false;
    static_cast<void>(link_events_.take());
    return true;
}

// The client may have noticed its carrier before the kernel has on this side: until then what is sent here is lost, and
// the link-local address that it is sent from comes a little later still.
void Dhcp6Server::send_when_it_leaves(int fd, ByteView payload, const Request& request) {
    while (!link_of(interface_, ns_).value_or(LinkView{}).running && await_change()) {
    }
    const auto inside = ns_.enter();
    while (!send_by(fd, interface_, payload, request.source) && await_change()) {
    }
}

void Dhcp6Server::send(ByteView payload, const Request& request) {
    send_when_it_leaves(socket_.get(), payload, request);
}

void Dhcp6Server::send_from(const std::string& source, ByteView payload, const Request& request) {
    const auto fd = [&] {
        const auto inside = ns_.enter();
        return open_socket(interface_, Ipv6Address::parse(source).value());
    }();
    send_when_it_leaves(fd.get(), payload, request);
}

std::vector<std::string> Dhcp6Server::heard() {
    std::vector<std::string> lines;
    for (; told_ < requests_.size(); ++told_) {
        const auto& message = requests_[told_].message;
        auto& line = lines.emplace_back(name_of(message.type));
        for (const auto& ia : message.ia_na) {
            for (const auto& leased : ia.addresses) line += ' ' + leased.address.to_string();
        }
        if (message.rapid_commit) line += " rapid";
    }
    return lines;
}

std::size_t Dhcp6Server::count(dhcp6::MessageType type) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(requests_, [type](const Request& request) { return request.message.type == type; }));
}

void Dhcp6Server::receive() {
    std::array<std::uint8_t, 4096> buffer;
    for (;;) {
        sockaddr_in6 from{};
        socklen_t from_size = sizeof from;
        const auto size =
            ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &from_size);
        if (size < 0) return;
        auto message = dhcp6::parse(ByteView(buffer).first(static_cast<std::size_t>(size)));
        if (!std::holds_alternative<dhcp6::Message>(message)) continue;
        Ipv6Address::Octets source{};
        std::ranges::copy(from.sin6_addr.s6_addr, source.begin());
        requests_.push_back({std::get<dhcp6::Message>(std::move(message)), Ipv6Address(source)});
        const auto request = requests_.back();
        if (silent) continue;
        script ? script(*this, request) : answer(request);
    }
}

}  // namespace nlinit::test
