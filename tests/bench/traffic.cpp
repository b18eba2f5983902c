// SPDX-License-Identifier: Apache-2.0
#include "traffic.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <optional>
#include <vector>

#include "process.hpp"

namespace bench {
namespace {

constexpr int kRoom = 256 << 20;  // bytes, for what one run can bring

// One byte of each: that it came is all that counts. Offsets are from the IP header (SOCK_DGRAM).
void hear_only_requests(int fd) {
    constexpr std::uint32_t kProtocol = 9, kFragment = 6, kDestinationPort = 2;
    std::array<sock_filter, 9> filter{{
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kProtocol),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 6),
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, kFragment),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 4, 0),
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, kDestinationPort),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 67, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
    }};
    const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) die("filter packets");
}

template <class Value>
void set_option(int fd, int level, int option, Value value) {
    if (setsockopt(fd, level, option, &value, sizeof value) != 0) die("set up a packet socket");
}

// When the next packet came.
std::optional<Duration> take_one(int fd) {
    char byte = 0;
    iovec data{&byte, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> control;
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (recvmsg(fd, &message, MSG_DONTWAIT) < 0) return std::nullopt;
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header == nullptr || header->cmsg_type != SCM_TIMESTAMPNS) die("get the time of a packet");
    timespec time{};
    std::memcpy(&time, CMSG_DATA(header), sizeof time);
    return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
}

std::size_t peak_of(const std::vector<Duration>& times) {
    std::size_t peak = 0, first = 0;
    for (std::size_t last = 0; last < times.size(); ++last) {
        while (times[last] - times[first] >= std::chrono::seconds(1)) ++first;
        peak = std::max(peak, last - first + 1);
    }
    return peak;
}

}  // namespace

TrafficCounter::TrafficCounter(const std::string& interface)
    : socket_(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    if (socket_ < 0) die("open a packet socket");
    hear_only_requests(socket_);
    set_option(socket_, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
    set_option(socket_, SOL_SOCKET, SO_RCVBUFFORCE, kRoom);
    set_option(socket_, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    sockaddr_ll local{};
    local.sll_family = AF_PACKET;
    local.sll_protocol = htons(ETH_P_IP);
    local.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
    if (bind(socket_, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) die("listen on " + interface);
}

TrafficCounter::~TrafficCounter() {
    close(socket_);
}

Traffic TrafficCounter::take() {
    std::vector<Duration> times;
    while (const auto time = take_one(socket_)) times.push_back(*time);
    tpacket_stats missed{};
    socklen_t size = sizeof missed;
    if (getsockopt(socket_, SOL_PACKET, PACKET_STATISTICS, &missed, &size) != 0 || missed.tp_drops > 0)
        die("count all packets");
    return {times.size(), peak_of(times)};
}

}  // namespace bench
