// SPDX-License-Identifier: Apache-2.0
#include "bridge_ports.hpp"

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <set>

#include "process.hpp"
#include "rtnetlink.hpp"

namespace bench {
namespace {

constexpr int kRoom = 64 << 20;  // bytes, for the events of all links that are made

const rtattr* find(const rtattr* first, std::int64_t size, int type) {
    for (const rtattr* each = first; RTA_OK(each, size); each = RTA_NEXT(each, size)) {
        if ((each->rta_type & NLA_TYPE_MASK) == type) return each;
    }
    return nullptr;
}

// The index of a port that forwards, if the event is of one.
std::optional<int> forwarding_port(const nlmsghdr* event) {
    const auto* header = static_cast<const ifinfomsg*>(NLMSG_DATA(event));
    if (event->nlmsg_type != RTM_NEWLINK || header->ifi_family != AF_BRIDGE) return std::nullopt;
    const rtattr* port = find(IFLA_RTA(header), static_cast<std::int64_t>(IFLA_PAYLOAD(event)), IFLA_PROTINFO);
    if (port == nullptr) return std::nullopt;
    const rtattr* state = find(static_cast<const rtattr*>(RTA_DATA(port)), static_cast<std::int64_t>(RTA_PAYLOAD(port)),
                               IFLA_BRPORT_STATE);
    if (state == nullptr || *static_cast<const std::uint8_t*>(RTA_DATA(state)) != BR_STATE_FORWARDING)
        return std::nullopt;
    return header->ifi_index;
}

}  // namespace

BridgePorts::BridgePorts() : events_(open_rtnetlink(RTMGRP_LINK)) {
    if (setsockopt(events_, SOL_SOCKET, SO_RCVBUFFORCE, &kRoom, sizeof kRoom) != 0) die("make room for link events");
}

BridgePorts::~BridgePorts() {
    close(events_);
}

void BridgePorts::wait_until_forwarding(std::size_t count) const {
    std::set<int> forwarding;
    alignas(nlmsghdr) std::array<char, 32768> buffer;
    while (forwarding.size() < count) {
        std::int64_t rest = recv(events_, buffer.data(), buffer.size(), 0);
        if (rest < 0) die("wait for the bridge's ports");
        for (const auto* each = reinterpret_cast<const nlmsghdr*>(buffer.data()); NLMSG_OK(each, rest);
             each = NLMSG_NEXT(each, rest)) {
            if (const auto port = forwarding_port(each)) forwarding.insert(*port);
        }
    }
}

}  // namespace bench
