// SPDX-License-Identifier: Apache-2.0
// A DHCP server that does what a test says: on a packet socket in its own namespace, driven by the test's event loop.
//
//     DhcpServer server(loop, cable.server, "srv0");
//     server.grant.rapid_commit = true;
//     ... run the client ...
//     EXPECT_THAT(server.heard(), ElementsAre("broadcast DISCOVER rapid"));
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "nlinit/base/bytes.hpp"
#include "nlinit/dhcp/message.hpp"
#include "nlinit/net/address.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "support/kernel_view.hpp"
#include "support/namespaces.hpp"

namespace nlinit::test {

struct Grant {
    Ipv4Address address{192, 0, 2, 50};
    dhcp::Options options;  // of OFFER and ACK, beside the server identifier
    bool rapid_commit = false;

    Grant();                                                                         // /24, router 192.0.2.1, an hour
    void set_times(std::uint32_t lease, std::uint32_t renew, std::uint32_t rebind);  // seconds
};

// How its answers leave: with a checksum made here, or by a UDP socket, whose checksum the kernel leaves to the veth's
// hardware, which there is none of.
enum class Transport { raw, udp };

class DhcpServer {
  public:
    struct Request {
        dhcp::Message message;
        Ipv4Address source, destination;
        bool checksums_right = false;
    };
    // Instead of the usual answer.
    using Script = std::function<void(DhcpServer&, const Request&)>;

    // The interface must have an address if clients are to reach it by unicast.
    DhcpServer(sys::EventLoop& loop, const NetworkNamespace& ns, const std::string& interface,
               Ipv4Address identifier = {192, 0, 2, 1});
    ~DhcpServer();
    DhcpServer(const DhcpServer&) = delete;
    DhcpServer& operator=(const DhcpServer&) = delete;

    Grant grant;
    Transport transport = Transport::raw;
    bool silent = false;
    bool refuses = false;  // REQUESTs, by NAK
    Script script;

    void answer(const Request& request);  // as it usually does
    [[nodiscard]] dhcp::Message reply_to(const dhcp::Message& request, dhcp::MessageType type) const;
    void send(const dhcp::Message& reply);
    // A frame from the IPv4 header on, to one station.
    void send_frame(ByteView packet, const MacAddress& to);
    // For what is sent by other sockets: returns when the link's carrier has been noticed by the kernel.
    void await_running();

    [[nodiscard]] const std::vector<Request>& requests() const noexcept { return requests_; }
    // One line a request, as to_line() has it; since the last call.
    [[nodiscard]] std::vector<std::string> heard();
    [[nodiscard]] std::size_t count(dhcp::MessageType type) const;

  private:
    void receive();
    void send_by_udp(const dhcp::Message& reply);

    sys::EventLoop& loop_;
    const NetworkNamespace& ns_;
    std::string interface_;
    KernelEvents link_events_;
    Ipv4Address identifier_;
    int interface_index_ = 0;
    sys::UniqueFd packet_socket_, udp_socket_;
    std::vector<Request> requests_;
    std::size_t told_ = 0;
};

}  // namespace nlinit::test
