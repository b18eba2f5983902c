// SPDX-License-Identifier: Apache-2.0
// One DHCP client on one link: the only place that sees the packet socket, the client and the kernel's configuration.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/dhcp/client.hpp"
#include "nlinit/dhcp/lease_record.hpp"
#include "nlinit/dhcp_io/address_guard.hpp"
#include "nlinit/dhcp_io/packet_log.hpp"
#include "nlinit/dhcp_io/packet_socket.hpp"
#include "nlinit/dhcp_io/said_once.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/plan_applier.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::dhcp_io {

class Session {
  public:
    struct Settings {
        dhcp::ClientConfig client;  // mac and maximum_message_size are the link's
        dhcp::RoutePreferences routes;
        // Called with the lease to keep for the next boot, or with nullptr when the kept lease is to be deleted. May be
        // empty.
        std::function<void(const dhcp::Lease* lease)> keep_lease;
        CaptureFile* capture = nullptr;  // outlives the session
    };
    // on_change: called when the lease has come, changed or ended, and when the kernel has accepted or refused its
    // plan.
    Session(sys::EventLoop& loop, netlink::Socket& netlink, const Link& link, Settings settings,
            std::function<void()> on_change);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // Opens the packet socket. Call it while the link is still down.
    [[nodiscard]] Result<> open();
    // Takes over the link's present state. The client starts when the carrier comes, and verifies its lease when the
    // carrier comes back.
    void update(const Link& link);
    // Sets other routes, another metric or MTU for leases, the present one included.
    void prefer(dhcp::RoutePreferences routes);
    // Sets another host name, and whether stop() releases the lease. Neither makes the client ask for another lease.
    void adopt(std::string host_name, bool release_on_stop);
    // Hands over the lease of the last boot. The client asks for it unless it has a lease or a server has offered one.
    void recall(const dhcp::Lease& lease);
    // Asks the server at once to renew the lease.
    void renew();
    // Releases the lease if that is configured, waits half a second at most until the RELEASE has left the machine, and
    // then removes the address. No other call may follow.
    void stop();

    // The MAC address and client identifier by which the server knows this client.
    [[nodiscard]] dhcp::LeaseHolder holder() const;
    [[nodiscard]] const Link& link() const noexcept { return link_; }
    [[nodiscard]] const dhcp::Client& client() const noexcept { return client_; }
    [[nodiscard]] const DropCounters& frame_drops() const noexcept { return frame_drops_; }
    [[nodiscard]] DropCounters drops() const noexcept { return DropCounters(frame_drops_) += client_.drops(); }
    // The number of answers from a UDP port other than 67.
    [[nodiscard]] std::uint64_t from_other_ports() const noexcept { return from_other_ports_; }
    [[nodiscard]] const NetworkPlan& plan() const noexcept { return applier_.plan(); }
    // Whether the lease's whole plan is in the kernel, apart from routes that were left out.
    [[nodiscard]] bool configured() const noexcept { return client_.lease() != nullptr && failures().empty(); }
    [[nodiscard]] const std::vector<Error>& failures() const noexcept {
        return unusable_.empty() ? applier_.failures() : unusable_;
    }
    // The routes of the lease that the kernel has refused, and how often it has refused one.
    [[nodiscard]] const std::vector<netlink::RefusedRoute>& left_out() const noexcept { return applier_.left_out(); }
    [[nodiscard]] std::uint64_t refusals_of(const Error& error) const { return applier_.refusals_of(error); }
    [[nodiscard]] std::optional<TimePoint> configured_at() const noexcept { return applier_.first_applied_at(); }
    [[nodiscard]] std::span<const PacketTrace> packets() const noexcept { return packets_.first(); }  // the first 64
    // "no DHCP server answered: 4 DISCOVER sent, nothing received"
    [[nodiscard]] std::string diagnosis() const;

  private:
    void receive();
    void receive_some();
    void take(const PacketSocket::Packet& packet);
    void narrow_filter();
    void follow_transaction();
    void filter_for(std::uint32_t xid);
    void handle(const dhcp::Event& event);
    void step(const dhcp::Event& event);
    void apply(const dhcp::Lease& lease);
    void perform(const dhcp::Broadcast& action);
    void perform(const dhcp::Unicast& action);
    void perform(const dhcp::Bind& action);
    void perform(const dhcp::Probe& action);
    void perform(const dhcp::Unbind& action);
    void on_applied();
    void on_conflict(MacAddress other);
    void announce(Ipv4Address address);
    void tell_of(const dhcp::Lease& lease);
    void tell_remarks_on(const dhcp::Lease& lease);
    void tell_of_refusal();
    void say_once(log::Level level, const std::string& what);
    void keep_for_next_time(const dhcp::Lease* lease);
    void close_soon_if(bool idle);
    void close_socket();

    sys::EventLoop& loop_;
    Link link_;
    Settings settings_;
    std::function<void()> on_change_;
    dhcp::Client client_;
    std::optional<PacketSocket> socket_;
    sys::UniqueFd udp_socket_;  // open while the answer to a unicast message is awaited
    PacketLog packets_;
    netlink::PlanApplier applier_;
    AddressGuard guard_;
    std::vector<Error> unusable_;             // why the lease gets no address; at most one
    std::optional<Ipv4Address> to_announce_;  // to be announced as soon as the kernel has the address
    bool cannot_probe_ = false;               // no probe can be sent
    sys::EventLoop::TimerId client_timer_, idle_timer_;
    DropCounters frame_drops_;
    DropCounters drops_at_grant_;  // when the lease was last granted or renewed
    std::uint64_t from_other_ports_ = 0;
    std::string leased_;    // the lease that was logged last
    std::string conflict_;  // the last address in conflict, and the other host; until there is a lease
    SaidOnce said_;
    bool stopped_ = false;
};

}  // namespace nlinit::dhcp_io
