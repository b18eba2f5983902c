// SPDX-License-Identifier: Apache-2.0
#include "rtnetlink.hpp"

#include <arpa/inet.h>
#include <linux/if.h>
#include <sys/socket.h>

#include "process.hpp"
#include "socket_filter.hpp"

namespace bench {
int open_rtnetlink(std::uint32_t groups) {
    const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    sockaddr_nl local{};
    local.nl_family = AF_NETLINK;
    local.nl_groups = groups;
    if (fd < 0 || bind(fd, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) die("open rtnetlink");
    return fd;
}

int open_default_route_events(std::uint32_t group) {
    const int fd = open_rtnetlink(group);
    attach<8>(fd, {{
                      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(nlmsghdr, nlmsg_type)),
                      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_NEWROUTE), 0, 5),
                      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN + offsetof(rtmsg, rtm_dst_len)),
                      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),
                      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN + offsetof(rtmsg, rtm_table)),
                      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, RT_TABLE_MAIN, 0, 1),
                      BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
                      BPF_STMT(BPF_RET | BPF_K, 0),
                  }});
    return fd;
}

int open_carrier_events(int interface_index) {
    const int fd = open_rtnetlink(RTMGRP_LINK);
    attach<8>(fd, {{
                      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(nlmsghdr, nlmsg_type)),
                      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_NEWLINK), 0, 5),
                      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, NLMSG_HDRLEN + offsetof(ifinfomsg, ifi_index)),
                      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(static_cast<std::uint32_t>(interface_index)), 0, 3),
                      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, NLMSG_HDRLEN + offsetof(ifinfomsg, ifi_flags)),
                      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, htonl(IFF_LOWER_UP), 0, 1),
                      BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
                      BPF_STMT(BPF_RET | BPF_K, 0),
                  }});
    return fd;
}

int open_global_address_events(int interface_index) {
    constexpr std::uint32_t kOptimistic = IFA_F_OPTIMISTIC, kNotYet = IFA_F_TENTATIVE, kNever = IFA_F_DADFAILED;
    const int fd = open_rtnetlink(RTMGRP_IPV6_IFADDR);
    attach<12>(fd, {{
                       BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(nlmsghdr, nlmsg_type)),
                       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_NEWADDR), 0, 9),
                       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, NLMSG_HDRLEN + offsetof(ifaddrmsg, ifa_index)),
                       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(static_cast<std::uint32_t>(interface_index)), 0, 7),
                       BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN + offsetof(ifaddrmsg, ifa_scope)),
                       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, RT_SCOPE_UNIVERSE, 0, 5),
                       BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN + offsetof(ifaddrmsg, ifa_flags)),
                       BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kNever, 3, 0),
                       BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kOptimistic, 1, 0),
                       BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kNotYet, 1, 0),
                       BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
                       BPF_STMT(BPF_RET | BPF_K, 0),
                   }});
    return fd;
}

void discard_events(int fd) {
    std::array<char, 4096> buffer;
    while (recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT) > 0) continue;
}

}  // namespace bench
