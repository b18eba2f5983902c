// SPDX-License-Identifier: Apache-2.0
#include "datagram.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "nlinit/sys/unique_fd.hpp"
#include "support/require.hpp"
#include "support/run_until.hpp"

namespace nlinit::test {
namespace {

sys::UniqueFd udp_socket(const NetworkNamespace& ns) {
    const auto inside = ns.enter();
    sys::UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    require(fd.valid(), "open a UDP socket");
    return fd;
}

}  // namespace

std::string sender_of_a_datagram(sys::EventLoop& loop, const NetworkNamespace& from, const NetworkNamespace& to,
                                 Ipv4Address address) {
    constexpr std::uint16_t kDiscard = 9;
    sockaddr_in there{};
    there.sin_family = AF_INET;
    there.sin_port = htons(kDiscard);
    there.sin_addr.s_addr = htonl(address.to_integer());
    const auto* there_address = reinterpret_cast<const sockaddr*>(&there);
    const auto receiver = udp_socket(to);
    require(::bind(receiver.get(), there_address, sizeof there) == 0, "bind the receiver");

    sockaddr_in sender{};
    const auto receive = [&] {
        char byte = 0;
        socklen_t size = sizeof sender;
        static_cast<void>(
            ::recvfrom(receiver.get(), &byte, sizeof byte, 0, reinterpret_cast<sockaddr*>(&sender), &size));
    };
    require(loop.watch(receiver.get(), receive).ok(), "watch the receiver");
    const auto out = udp_socket(from);
    static_cast<void>(::sendto(out.get(), "x", 1, 0, there_address, sizeof there));  // none comes: no way there
    const bool came = run_until(loop, [&] { return sender.sin_port != 0; });
    loop.unwatch(receiver.get());
    return came ? Ipv4Address::from_integer(ntohl(sender.sin_addr.s_addr)).to_string() : "";
}

}  // namespace nlinit::test
