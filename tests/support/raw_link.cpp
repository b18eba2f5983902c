// SPDX-License-Identifier: Apache-2.0
#include "support/raw_link.hpp"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "support/require.hpp"

namespace nlinit::test {

namespace {}  // namespace

// Protocol 0: this socket hears nothing.
RawLink::RawLink(const NetworkNamespace& ns, const std::string& interface) {
    const auto inside = ns.enter();
    socket_.reset(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    require(socket_.valid(), "open a raw socket");
    sockaddr_ll local{};
    local.sll_family = AF_PACKET;
    local.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
    require(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) == 0, "bind a raw socket");
}

void RawLink::send(ByteView frame) const {
    ssize_t sent = 0;
    do {
        sent = ::send(socket_.get(), frame.data(), frame.size(), 0);
    } while (sent < 0 && errno == ENETDOWN);  // once, when the link has been down
    require(sent == static_cast<ssize_t>(frame.size()), "send a frame by hand");
}

void RawLink::flood(ByteView frame, std::size_t count) const {
    constexpr std::size_t kBatch = 512;
    Bytes copy(frame.begin(), frame.end());
    iovec part{copy.data(), copy.size()};
    std::array<mmsghdr, kBatch> batch{};
    for (auto& message : batch) {
        message.msg_hdr.msg_iov = &part;
        message.msg_hdr.msg_iovlen = 1;
    }
    while (count > 0) {
        const auto sent = ::sendmmsg(socket_.get(), batch.data(), static_cast<unsigned>(std::min(count, kBatch)), 0);
        if (sent < 0 && errno == ENOBUFS) continue;
        require(sent > 0, "flood a link");
        count -= static_cast<std::size_t>(sent);
    }
}

}  // namespace nlinit::test
