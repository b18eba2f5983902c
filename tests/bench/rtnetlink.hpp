// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/rtnetlink.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace bench {

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

// Sockets of the network namespace that the caller is in now, whichever it enters later.
[[nodiscard]] int open_rtnetlink(std::uint32_t groups = 0);

// Readable once the main table has got a default route, and for each one more. Nothing else wakes its reader, which
// must not take a processor from those it measures.
[[nodiscard]] int open_default_route_events(std::uint32_t group = RTMGRP_IPV4_ROUTE);

// Readable once the interface has carrier, or tells of anything while it has.
[[nodiscard]] int open_carrier_events(int interface_index);

// Readable once the interface has an IPv6 address that leads beyond the link and can be used: it is not tentative, or
// it is optimistic (RFC 4429).
[[nodiscard]] int open_global_address_events(int interface_index);

void discard_events(int fd);

}  // namespace bench
