// SPDX-License-Identifier: Apache-2.0
// A flood of OFFERs that are another client's: with the hardware address of whoever asks on the link, and another
// transaction. Waits for a DISCOVER, and prints how much of a processor the process that is flooded has taken.
//   flood INTERFACE PID FRAMES_PER_SECOND SECONDS
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "process.hpp"

namespace {

using namespace std::chrono_literals;
using Frame = std::vector<std::uint8_t>;

// Ethernet, IPv4 without options, UDP, and BOOTP with DHCP's cookie (RFC 2131 2).
constexpr std::size_t kEthernet = 14, kIp = 20, kUdp = 8, kBootp = kEthernet + kIp + kUdp, kXid = kBootp + 4,
                      kChaddr = kBootp + 28, kSmallest = kBootp + 240, kPorts = kEthernet + kIp;
constexpr bench::Duration kTick = 1ms;

int open_socket(const std::string& interface) {
    const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_IP));
    sockaddr_ll link{};
    link.sll_family = AF_PACKET;
    link.sll_protocol = htons(ETH_P_IP);
    link.sll_ifindex = static_cast<int>(if_nametoindex(interface.c_str()));
    if (fd < 0 || bind(fd, reinterpret_cast<const sockaddr*>(&link), sizeof link) != 0) bench::die("open " + interface);
    return fd;
}

// From port 68 to 67.
bool is_request(const Frame& frame) {
    constexpr std::array<std::uint8_t, 4> kToServer{0, 68, 0, 67};
    return frame.size() >= kSmallest && std::equal(kToServer.begin(), kToServer.end(), frame.begin() + kPorts);
}

Frame receive_request(int fd) {
    Frame frame;
    while (!is_request(frame)) {
        frame.resize(2048);
        const auto size = recv(fd, frame.data(), frame.size(), 0);
        if (size < 0) bench::die("receive");
        frame.resize(static_cast<std::size_t>(size));
    }
    return frame;
}

void set_checksum(Frame& frame) {
    std::uint32_t sum = 0;
    frame[kEthernet + 10] = frame[kEthernet + 11] = 0;
    for (std::size_t i = kEthernet; i < kEthernet + kIp; i += 2)
        sum += static_cast<std::uint32_t>(frame[i] << 8 | frame[i + 1]);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    frame[kEthernet + 10] = static_cast<std::uint8_t>(~sum >> 8);
    frame[kEthernet + 11] = static_cast<std::uint8_t>(~sum);
}

// The request sent back, as an answer to another one.
Frame offer_for(Frame frame) {
    constexpr std::uint8_t kReply = 2, kServerPort = 67, kClientPort = 68;
    std::copy_n(frame.begin() + kChaddr, ETH_ALEN, frame.begin());
    std::fill_n(frame.begin() + ETH_ALEN, ETH_ALEN, std::uint8_t{2});
    const std::array<std::uint8_t, 8> addresses{192, 0, 2, 1, 255, 255, 255, 255};
    std::copy(addresses.begin(), addresses.end(), frame.begin() + kEthernet + 12);
    frame[kPorts + 1] = kServerPort;
    frame[kPorts + 3] = kClientPort;
    frame[kPorts + 6] = frame[kPorts + 7] = 0;  // no checksum
    frame[kBootp] = kReply;
    frame[kXid] ^= 0xff;
    set_checksum(frame);
    return frame;
}

// Of user and kernel together, in clock ticks (proc(5)).
long ticks_of(const std::string& pid) {
    std::ifstream file("/proc/" + pid + "/stat");
    std::string text;
    std::getline(file, text);
    std::istringstream words(text.substr(std::min(text.rfind(')'), text.size())));
    std::string skip;
    for (int i = 0; i < 12; ++i) words >> skip;
    long user = -1, system = 0;
    words >> user >> system;
    if (user < 0) bench::die("process " + pid + " has ended");
    return user + system;
}

void sleep_until(bench::Duration when) {
    const timespec at{when / 1s, when % 1s / 1ns};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) != 0) continue;
}

// What is due is sent, also what a tick that came late owes.
std::size_t flood(int fd, const Frame& frame, std::size_t rate, bench::Duration time) {
    iovec part{const_cast<std::uint8_t*>(frame.data()), frame.size()};
    std::array<mmsghdr, 256> batch{};
    for (auto& each : batch) each.msg_hdr = {nullptr, 0, &part, 1, nullptr, 0, 0};
    std::size_t sent = 0;
    const auto begin = bench::now();
    for (auto now = begin; now < begin + time; now = bench::now()) {
        const auto due = static_cast<std::size_t>((now - begin) / 1us) * rate / 1000000;
        while (sent < due) {
            const int done = sendmmsg(fd, batch.data(), static_cast<unsigned>(std::min(due - sent, batch.size())), 0);
            if (done < 0) bench::die("send");
            sent += static_cast<std::size_t>(done);
        }
        sleep_until(now + kTick);
    }
    return sent;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) bench::die("usage: flood INTERFACE PID FRAMES_PER_SECOND SECONDS");
    const std::string pid = argv[2];
    const int fd = open_socket(argv[1]);
    const auto offer = offer_for(receive_request(fd));
    const auto before = ticks_of(pid);
    const auto begin = bench::now();
    const auto sent = flood(fd, offer, std::strtoul(argv[3], nullptr, 10), std::atoi(argv[4]) * 1s);
    const double seconds = std::chrono::duration<double>(bench::now() - begin).count();
    const double busy = static_cast<double>(ticks_of(pid) - before) / static_cast<double>(sysconf(_SC_CLK_TCK));
    std::printf("%.0f frames/s for %.1f s: %.2f %% of a processor\n", static_cast<double>(sent) / seconds, seconds,
                100 * busy / seconds);
}
