// SPDX-License-Identifier: Apache-2.0
// A TCP connection between two namespaces, to see whether it lives on while addresses and routes are set.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <system_error>

#include "nlinit/net/address.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "support/namespaces.hpp"
#include "support/require.hpp"
#include "support/run_until.hpp"

namespace nlinit::test {

class TcpConnection {
  public:
    // The server listens on its address; throws std::system_error when the connection does not come about.
    TcpConnection(const NetworkNamespace& client, const NetworkNamespace& server, Ipv4Address server_address) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(server_address.to_integer());
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        sys::UniqueFd listener;
        {
            const auto inside = server.enter();
            listener.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
            require(::bind(listener.get(), generic, size) == 0 && ::listen(listener.get(), 1) == 0, "listen");
            require(::getsockname(listener.get(), generic, &size) == 0, "learn the port");
        }
        {
            const auto inside = client.enter();
            near_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
            require(::connect(near_.get(), generic, size) == 0, "connect");
        }
        far_.reset(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        require(far_.valid(), "accept");
    }

    // Whether what is sent at the client's end comes out at the other.
    [[nodiscard]] bool carries(const std::string& text, sys::EventLoop& loop) {
        if (::send(near_.get(), text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
            return false;
        std::string heard;
        const auto read = [&] {
            char buffer[256];
            const auto size = ::recv(far_.get(), buffer, sizeof buffer, 0);
            if (size > 0) heard.append(buffer, static_cast<std::size_t>(size));
        };
        if (!loop.watch(far_.get(), read).ok()) return false;
        const bool came = run_until(loop, [&] { return heard.size() >= text.size(); });
        loop.unwatch(far_.get());
        return came && heard == text;
    }

  private:
    sys::UniqueFd near_, far_;
};

}  // namespace nlinit::test
