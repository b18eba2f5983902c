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
        // The lease to be kept for the next time; none: the one that was kept is to be forgotten. May be empty.
        std::function<void(const dhcp::Lease* lease)> keep_lease;
        CaptureFile* capture = nullptr;  // outlives the session
    };
    // on_change: the lease came, changed or went, or the kernel took or refused what it asks for.
    Session(sys::EventLoop& loop, netlink::Socket& netlink, const Link& link, Settings settings,
            std::function<void()> on_change);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // The packet socket, to be opened while the link is still down.
    [[nodiscard]] Result<> open();
    // The link as it is now: the client starts with the carrier, verifies its lease when it comes back.
    void update(const Link& link);
    // Other routes, metric or MTU for the lease, the present one included.
    void prefer(dhcp::RoutePreferences routes);
    // Another host name, another end: neither is a reason to ask for another lease.
    void adopt(std::string host_name, bool release_on_stop);
    // A lease of the last boot: it is asked for where none is in use, and none is being asked for.
    void recall(const dhcp::Lease& lease);
    // Asks at once whether the lease still holds.
    void renew();
    // Releases the lease if so configured, and waits for half a second at most until that has left; then withdraws the
    // address. The last thing a session does.
    void stop();

    // Whom the server knows the lease's holder by.
    [[nodiscard]] dhcp::LeaseHolder holder() const;
    [[nodiscard]] const Link& link() const noexcept { return link_; }
    [[nodiscard]] const dhcp::Client& client() const noexcept { return client_; }
    [[nodiscard]] const DropCounters& frame_drops() const noexcept { return frame_drops_; }
    // Answers that came from another UDP port than 67.
    [[nodiscard]] std::uint64_t from_other_ports() const noexcept { return from_other_ports_; }
    [[nodiscard]] const NetworkPlan& plan() const noexcept { return applier_.plan(); }
    // All that the lease asks for is in the kernel, but for routes that were left out.
    [[nodiscard]] bool configured() const noexcept { return client_.lease() != nullptr && failures().empty(); }
    [[nodiscard]] const std::vector<Error>& failures() const noexcept { return applier_.failures(); }
    // Routes of the lease that the kernel refuses, and how often it refused one.
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
    void perform(const dhcp::Broadcast& action);
    void perform(const dhcp::Unicast& action);
    void perform(const dhcp::Bind& action);
    void perform(const dhcp::Probe& action);
    void perform(const dhcp::Unbind& action);
    void on_applied();
    void on_conflict(MacAddress other);
    void announce(Ipv4Address address);
    void tell_of(const dhcp::Lease& lease);
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
    sys::UniqueFd udp_socket_;  // while an answer to a unicast is due
    PacketLog packets_;
    netlink::PlanApplier applier_;
    AddressGuard guard_;
    std::optional<Ipv4Address> to_announce_;  // as soon as the kernel has it
    bool cannot_probe_ = false;               // what was to be looked for cannot be
    sys::EventLoop::TimerId client_timer_, idle_timer_;
    DropCounters frame_drops_;
    std::uint64_t from_other_ports_ = 0;
    std::string leased_;             // which lease the log knows of
    std::string conflict_;           // the last address that another host had, and whose; until there is a lease
    std::vector<std::string> said_;  // and not to be said again
    bool stopped_ = false;
};

}  // namespace nlinit::dhcp_io
