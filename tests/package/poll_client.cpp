// SPDX-License-Identifier: Apache-2.0
// Embedding nlinit::core with sockets of one's own: a packet socket and poll(2) are all that this client has. Prints
// the lease that it gets for the interface that is named, which must be up, and gives it back.
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <random>
#include <variant>

#include "nlinit/dhcp/client.hpp"
#include "nlinit/wire/frame.hpp"

using namespace nlinit;

namespace {

TimePoint now() {
    timespec time{};
    clock_gettime(CLOCK_BOOTTIME, &time);
    return TimePoint(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

class Client {
  public:
    explicit Client(const char* interface)
        : link_(static_cast<int>(if_nametoindex(interface))),
          client_(config(interface), [] { return std::random_device()(); }) {
        const sockaddr_ll here = station();
        const int on = 1;  // the kernel's word on each checksum: see checksum_of()
        if (setsockopt(socket_, SOL_PACKET, PACKET_AUXDATA, &on, sizeof on) != 0 ||
            bind(socket_, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0)
            std::perror(interface);
    }
    ~Client() { close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void run() {
        handle(dhcp::LinkUp{});
        while (client_.state() != dhcp::State::bound) wait();
        handle(dhcp::Stop{});
    }

  private:
    dhcp::ClientConfig config(const char* interface) const {
        ifreq request{};
        std::strncpy(request.ifr_name, interface, sizeof request.ifr_name - 1);
        ioctl(socket_, SIOCGIFHWADDR, &request);
        MacAddress::Octets octets{};
        std::copy_n(reinterpret_cast<const unsigned char*>(request.ifr_hwaddr.sa_data), octets.size(), octets.begin());
        dhcp::ClientConfig config;
        config.mac = MacAddress(octets);
        config.release_on_stop = true;
        return config;
    }
    [[nodiscard]] sockaddr_ll station() const {
        sockaddr_ll address{};
        address.sll_family = AF_PACKET;
        address.sll_protocol = htons(ETH_P_IP);
        address.sll_ifindex = link_;
        address.sll_halen = ETH_ALEN;
        std::fill_n(address.sll_addr, ETH_ALEN, static_cast<unsigned char>(0xff));
        return address;
    }

    // One event: a packet, or that the deadline has come.
    void wait() {
        const auto left = std::max<Duration>(client_.deadline().value_or(kNever) - now(), Duration::zero());
        pollfd ready{socket_, POLLIN, 0};
        const auto limit = std::min<Duration>(left, std::chrono::hours(1));
        const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
        if (poll(&ready, 1, static_cast<int>(milliseconds)) == 0) return handle(dhcp::DeadlineReached{});
        receive();
    }
    void receive() {
        std::array<std::uint8_t, 2048> buffer;
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(tpacket_auxdata))];
        iovec part{buffer.data(), buffer.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        const auto size = recvmsg(socket_, &message, 0);
        if (size < 0) return;
        const auto packet = wire::unwrap(ByteView(buffer).first(static_cast<std::size_t>(size)), checksum_of(message));
        const auto* datagram = std::get_if<wire::Datagram>(&packet);
        if (datagram == nullptr) return;
        const auto parsed = dhcp::parse(datagram->payload);
        if (const auto* reply = std::get_if<dhcp::Message>(&parsed)) handle(dhcp::Received{*reply, datagram->source});
    }
    // A server on the same host leaves the checksum to hardware that is not there.
    static wire::UdpChecksum checksum_of(msghdr& message) {
        const auto* header = CMSG_FIRSTHDR(&message);
        if (header == nullptr || header->cmsg_type != PACKET_AUXDATA) return wire::UdpChecksum::verify;
        tpacket_auxdata data{};
        std::memcpy(&data, CMSG_DATA(header), sizeof data);
        return (data.tp_status & TP_STATUS_CSUMNOTREADY) != 0 ? wire::UdpChecksum::not_ready
                                                              : wire::UdpChecksum::verify;
    }

    void handle(const dhcp::Event& event) {
        for (const auto& action : client_.handle(event, now()))
            std::visit([this](const auto& wanted) { perform(wanted); }, action);
    }
    void perform(const dhcp::Broadcast& action) { send({}, kBroadcastAddress, action.message); }
    // The address is on no interface, so this goes to everybody's hardware too.
    void perform(const dhcp::Unicast& action) { send(action.source, action.destination, action.message); }
    void perform(const dhcp::Probe&) { handle(dhcp::AddressFree{}); }  // not asked for in config()
    void perform(const dhcp::Bind& action) {
        const auto plan = plan_for(action.lease, {}, now());
        std::printf("bound %s\n", to_string(plan.addresses.front()).c_str());
    }
    void perform(const dhcp::Unbind& action) { std::printf("unbound %s\n", action.lease.address.to_string().c_str()); }
    void send(Ipv4Address from, Ipv4Address to, const dhcp::Message& message) const {
        const auto packet = wire::wrap(from, to, dhcp::serialize(message));
        const auto everybody = station();
        if (sendto(socket_, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&everybody),
                   sizeof everybody) < 0)
            std::perror("send");  // and the client repeats it
    }

    int socket_ = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_IP));
    int link_;
    dhcp::Client client_;
};

}  // namespace

int main(int argc, char* argv[]) {
    if (argc != 2 || if_nametoindex(argv[1]) == 0) {
        std::fprintf(stderr, "usage: poll_client INTERFACE\n");
        return 1;
    }
    Client(argv[1]).run();
}
