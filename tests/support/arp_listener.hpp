// SPDX-License-Identifier: Apache-2.0
// Hears ARP on the links of a namespace.
#pragma once

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <sys/socket.h>

#include "nlinit/base/bytes.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "support/namespaces.hpp"
#include "support/run_until.hpp"

namespace nlinit::test {

class ArpListener {
  public:
    explicit ArpListener(const NetworkNamespace& ns) {
        const auto inside = ns.enter();
        socket_.reset(::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ARP)));
    }

    // The next one, from its hardware type on; empty when none comes.
    [[nodiscard]] Bytes next(sys::EventLoop& loop) const {
        Bytes packet(64);
        ssize_t size = -1;
        if (!loop.watch(socket_.get(), [&] { size = ::recv(socket_.get(), packet.data(), packet.size(), 0); }).ok())
            return {};
        const bool came = run_until(loop, [&] { return size >= 0; });
        loop.unwatch(socket_.get());
        packet.resize(came ? static_cast<std::size_t>(size) : 0);
        return packet;
    }

    // Without waiting; empty when none has come.
    [[nodiscard]] Bytes next_now() const {
        Bytes packet(64);
        const auto size = ::recv(socket_.get(), packet.data(), packet.size(), 0);
        packet.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        return packet;
    }

  private:
    sys::UniqueFd socket_;
};

}  // namespace nlinit::test
