#include "guest.hpp"

#include <linux/filter.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "process.hpp"

namespace bench {
namespace {

// An rtnetlink request: one header and at most a few short attributes.
template <class Header>
struct Request {
    nlmsghdr message{};
    Header header{};
    std::array<std::uint8_t, 64> attributes{};

    Request(std::uint16_t type, int flags, const Header& body) : header(body) {
        message.nlmsg_len = NLMSG_LENGTH(sizeof header);
        message.nlmsg_type = type;
        message.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    }
    void put(std::uint16_t type, const void* data, std::size_t size) {
        const rtattr attribute{static_cast<std::uint16_t>(RTA_LENGTH(size)), type};
        auto* end = reinterpret_cast<std::uint8_t*>(&message) + message.nlmsg_len;
        std::memcpy(end, &attribute, sizeof attribute);
        std::memcpy(end + sizeof attribute, data, size);
        message.nlmsg_len += static_cast<std::uint32_t>(RTA_SPACE(size));
    }
};

int open_rtnetlink(std::uint32_t groups) {
    const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    sockaddr_nl local{};
    local.nl_family = AF_NETLINK;
    local.nl_groups = groups;
    if (fd < 0 || bind(fd, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) die("open rtnetlink");
    return fd;
}

// Lets only default routes of the main table through: the measuring process must not wake up, and take a processor
// from those it measures, for any other route. Loads are big-endian; nlmsg_type is in host order.
void hear_only_default_routes(int fd) {
    const std::uint32_t new_route = __builtin_bswap16(RTM_NEWROUTE);
    std::array<sock_filter, 8> filter{{
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(nlmsghdr, nlmsg_type)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, new_route, 0, 5),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN + offsetof(rtmsg, rtm_dst_len)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN + offsetof(rtmsg, rtm_table)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, RT_TABLE_MAIN, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
        BPF_STMT(BPF_RET | BPF_K, 0),
    }};
    const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) die("filter route events");
}

}  // namespace

Guest::Guest(std::string interface)
    : interface_(std::move(interface)), events_(open_rtnetlink(RTMGRP_IPV4_ROUTE)), requests_(open_rtnetlink(0)) {
    hear_only_default_routes(events_);
}

Guest::~Guest() {
    close(events_);
    close(requests_);
}

void Guest::reset() {
    for (const auto& address : addresses()) remove(address);
    take_down(interface_);
    take_down("lo");
    drain_route_events();
}

void Guest::drain_route_events() {
    std::array<char, 4096> buffer;
    while (recv(events_, buffer.data(), buffer.size(), MSG_DONTWAIT) > 0) continue;
}

// 0 or an errno.
int Guest::transact(nlmsghdr* request) {
    request->nlmsg_flags |= NLM_F_ACK;
    if (send(requests_, request, request->nlmsg_len, 0) < 0) die("send to rtnetlink");
    alignas(nlmsghdr) std::array<char, 4096> buffer;
    if (recv(requests_, buffer.data(), buffer.size(), 0) < 0) die("read from rtnetlink");
    const auto* answer = reinterpret_cast<const nlmsghdr*>(buffer.data());
    return -static_cast<const nlmsgerr*>(NLMSG_DATA(answer))->error;
}

std::vector<Guest::Address> Guest::addresses() {
    ifaddrmsg wanted{};
    wanted.ifa_family = AF_INET;
    Request request(RTM_GETADDR, NLM_F_DUMP, wanted);
    if (send(requests_, &request, request.message.nlmsg_len, 0) < 0) die("list the addresses");
    std::vector<Address> found;
    alignas(nlmsghdr) std::array<char, 32768> buffer;
    for (;;) {
        std::int64_t rest = recv(requests_, buffer.data(), buffer.size(), 0);
        if (rest < 0) die("list the addresses");
        for (auto* each = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(each, rest);
             each = NLMSG_NEXT(each, rest)) {
            if (each->nlmsg_type != RTM_NEWADDR) return found;
            const auto* header = static_cast<ifaddrmsg*>(NLMSG_DATA(each));
            auto size = static_cast<std::int64_t>(IFA_PAYLOAD(each));
            for (const rtattr* field = IFA_RTA(header); RTA_OK(field, size); field = RTA_NEXT(field, size)) {
                if (field->rta_type != IFA_LOCAL) continue;
                found.push_back({*header, 0});
                std::memcpy(&found.back().local, RTA_DATA(field), sizeof found.back().local);
            }
        }
    }
}

void Guest::remove(const Address& address) {
    Request request(RTM_DELADDR, 0, address.header);
    request.put(IFA_LOCAL, &address.local, sizeof address.local);
    // A secondary address is gone with its primary one.
    if (const int fault = transact(&request.message); fault != 0 && fault != EADDRNOTAVAIL) {
        errno = fault;
        die("remove an address");
    }
}

void Guest::take_down(const std::string& name) {
    ifinfomsg header{};
    header.ifi_change = IFF_UP;
    Request request(RTM_NEWLINK, 0, header);
    request.put(IFLA_IFNAME, name.c_str(), name.size() + 1);
    if (const int fault = transact(&request.message); fault != 0) {
        errno = fault;
        die("take " + name + " down");
    }
}

}  // namespace bench
