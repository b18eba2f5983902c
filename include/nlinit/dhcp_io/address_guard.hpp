// SPDX-License-Identifier: Apache-2.0
// Looks for another host that uses our address, and defends the address (RFC 5227): runs the ConflictDetector with a
// socket and a timer.
#pragma once

#include <functional>
#include <optional>

#include "nlinit/base/result.hpp"
#include "nlinit/dhcp/conflict_detector.hpp"
#include "nlinit/dhcp_io/arp_socket.hpp"
#include "nlinit/dhcp_io/packet_log.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::dhcp_io {

class AddressGuard {
  public:
    enum class Finding : std::uint8_t { free, conflict };

    // on_finding is called from the loop, never from within watch(); a conflict comes with the other host's MAC
    // address.
    AddressGuard(sys::EventLoop& loop, PacketLog& packets, dhcp::RandomBits random,
                 std::function<void(Finding, MacAddress)> on_finding);
    ~AddressGuard();
    AddressGuard(const AddressGuard&) = delete;
    AddressGuard& operator=(const AddressGuard&) = delete;

    // Probes for the address, reports the finding, and then defends the address until stop(). Returns an error when the
    // socket cannot be opened; then no finding will come.
    [[nodiscard]] Result<> watch(const Link& link, Ipv4Address address, const dhcp::ProbeTiming& timing);
    void stop() noexcept;
    // The address of the last watch().
    [[nodiscard]] Ipv4Address address() const noexcept { return detector_ ? detector_->address() : Ipv4Address(); }
    [[nodiscard]] bool watches(Ipv4Address address) const noexcept {
        return socket_.has_value() && detector_->address() == address;
    }

  private:
    void receive();
    void perform(std::optional<dhcp::ConflictDetector::Action> action, MacAddress other);
    void send(const wire::ArpPacket& packet);

    sys::EventLoop& loop_;
    PacketLog& packets_;
    dhcp::RandomBits random_;
    std::function<void(Finding, MacAddress)> on_finding_;
    sys::EventLoop::TimerId timer_;
    MacAddress mac_;
    std::optional<dhcp::ConflictDetector> detector_;
    std::optional<ArpSocket> socket_;
};

}  // namespace nlinit::dhcp_io
