// SPDX-License-Identifier: Apache-2.0
// A DHCPv6 server that does what a test says, in its own namespace, driven by the test's event loop.
//
//     Dhcp6Server server(loop, cable.server, "srv0");
//     ... run the client ...
//     EXPECT_THAT(server.heard(), ElementsAre("SOLICIT rapid"));
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "nlinit/base/bytes.hpp"
#include "nlinit/dhcp6/message.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "support/kernel_view.hpp"
#include "support/namespaces.hpp"
#include "support/raw_reply6.hpp"

namespace nlinit::test {

class Dhcp6Server {
  public:
    struct Request {
        dhcp6::Message message;
        Ipv6Address source;
    };
    // Instead of the usual answer.
    using Script = std::function<void(Dhcp6Server&, const Request&)>;

    Dhcp6Server(sys::EventLoop& loop, const NetworkNamespace& ns, const std::string& interface);
    ~Dhcp6Server();
    Dhcp6Server(const Dhcp6Server&) = delete;
    Dhcp6Server& operator=(const Dhcp6Server&) = delete;

    bool rapid_commit = true;
    bool silent = false;
    std::string address = "2001:db8::50";  // that it grants
    Script script;

    void answer(const Request& request);  // as it usually does
    void send(const RawReply6& reply, const Request& request) { send(reply.message(), request); }
    void send(ByteView payload, const Request& request);
    void send_from(const std::string& source, ByteView payload, const Request& request);  // an address of its link

    [[nodiscard]] const std::vector<Request>& requests() const noexcept { return requests_; }
    // One line a request, such as "REQUEST 2001:db8::50"; since the last call.
    [[nodiscard]] std::vector<std::string> heard();
    [[nodiscard]] std::size_t count(dhcp6::MessageType type) const;

  private:
    void receive();
    bool await_change();  // of a link, an address or a route of this side; false: there was none in time
    void send_when_it_leaves(int fd, ByteView payload, const Request& request);

    sys::EventLoop& loop_;
    const NetworkNamespace& ns_;
    std::string interface_;
    KernelEvents link_events_;
    sys::UniqueFd socket_;
    std::vector<Request> requests_;
    std::size_t told_ = 0;
};

}  // namespace nlinit::test
