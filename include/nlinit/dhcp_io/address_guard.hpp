// Looks for another host that has our address, and defends it (RFC 5227): the ConflictDetector with its socket and its
// timer.
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

    // Probes, says what it found, and defends the address from then on until stop(). An error when there is no socket
    // to do it with: then there will be no finding.
    [[nodiscard]] Result<> watch(const Link& link, Ipv4Address address, const dhcp::ProbeTiming& timing);
    void stop() noexcept;
    // The one last watched.
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
