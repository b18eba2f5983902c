// SPDX-License-Identifier: Apache-2.0
#include "router_tap.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "process.hpp"
#include "socket_filter.hpp"

namespace bench {
namespace {

constexpr std::uint32_t kProtocol = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PROTOCOL);
constexpr std::uint32_t kNextHeaderAt = 6, kTypeAt = 40;  // from the IPv6 header on (RFC 8200 3)

}  // namespace

// What a link sends is shown to those only who want every protocol (packet(7)).
RouterTap::RouterTap(int interface_index) : fd_(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    if (fd_ < 0) die("open a tap");
    attach<9>(fd_, {{
                       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kProtocol),
                       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IPV6, 0, 5),
                       BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kNextHeaderAt),
                       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6, 0, 3),
                       BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kTypeAt),
                       BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, static_cast<int>(RouterMessage::solicitation), 0, 1),
                       BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, static_cast<int>(RouterMessage::advertisement), 0, 1),
                       BPF_STMT(BPF_RET | BPF_K, 0),
                       BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
                   }});
    sockaddr_ll all{};
    all.sll_family = AF_PACKET;
    all.sll_protocol = htons(ETH_P_ALL);
    all.sll_ifindex = interface_index;
    if (bind(fd_, reinterpret_cast<const sockaddr*>(&all), sizeof all) != 0) die("bind a tap");
}

RouterTap::~RouterTap() {
    close(fd_);
}

std::optional<RouterMessage> RouterTap::next() const {
    std::array<std::uint8_t, kTypeAt + 1> start{};
    for (;;) {
        if (recv(fd_, start.data(), start.size(), 0) >= 0) return static_cast<RouterMessage>(start[kTypeAt]);
        if (errno != ENETDOWN) return std::nullopt;  // that once, when the link has gone down
    }
}

}  // namespace bench
