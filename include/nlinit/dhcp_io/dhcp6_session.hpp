// SPDX-License-Identifier: Apache-2.0
// One DHCPv6 client on one link: the only place that sees its socket, the client and the kernel's configuration.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/dhcp6/client.hpp"
#include "nlinit/dhcp_io/dhcp6_socket.hpp"
#include "nlinit/dhcp_io/packet_log.hpp"
#include "nlinit/dhcp_io/said_once.hpp"
#include "nlinit/net/claim.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/ipv6_events.hpp"
#include "nlinit/netlink/plan_applier.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::dhcp_io {

class Dhcp6Session {
  public:
    struct Settings {
        dhcp6::ClientConfig client;      // iaid is the link's; so is an empty duid: see machine_duid()
        bool forever = false;            // no lifetimes on the addresses: for a caller who will not renew
        CaptureFile* capture = nullptr;  // outlives the session
        std::vector<Claim> claims = {};  // of other interfaces, whose hosts no lease may make this machine's addresses
    };
    // on_change: the lease came, changed or went, may be used or no longer, or the kernel refused what it asks for.
    Dhcp6Session(sys::EventLoop& loop, netlink::Socket& netlink, const Link& link, Settings settings,
                 std::function<void()> on_change);
    ~Dhcp6Session();
    Dhcp6Session(const Dhcp6Session&) = delete;
    Dhcp6Session& operator=(const Dhcp6Session&) = delete;

    // The link as it is now, and what the kernel tells of an address of any link. The client starts when the link has a
    // carrier and a link-local address that may be sent from, and has its lease confirmed when it has them again.
    void update(const Link& link);
    void update(const netlink::AddressEvent& event);
    // Asks the kernel how the link's addresses are: at the start, and when events were lost.
    void read_addresses();
    // Another end: no reason to ask for another lease.
    void respect(std::vector<Claim> claims);
    void release_on_stop(bool release) noexcept { client_.release_on_stop(release); }
    // Asks at once whether the lease, or the configuration, still holds.
    void renew();
    // Withdraws the addresses and releases them if so configured. The last thing a session does, and does not wait: a
    // RELEASE is on its way for as long as is_leaving(), up to some 15 s where nobody answers, and on_change tells of
    // its end. Whoever destroys the session before that has sent it once.
    void stop();
    [[nodiscard]] bool is_leaving() const noexcept { return client_.state() == dhcp6::State::releasing; }

    [[nodiscard]] const Link& link() const noexcept { return link_; }
    [[nodiscard]] const dhcp6::Client& client() const noexcept { return client_; }
    [[nodiscard]] const dhcp6::Duid& duid() const noexcept { return settings_.client.duid; }
    [[nodiscard]] dhcp6::Mode mode() const noexcept { return settings_.client.mode; }
    // Of datagrams and messages together.
    [[nodiscard]] dhcp6::DropCounters drops() const noexcept {
        return dhcp6::DropCounters(datagram_drops_) += client_.drops();
    }
    // Addresses, and the name servers and search domains of a lease or of Mode::stateless.
    [[nodiscard]] const NetworkPlan& plan() const noexcept { return applier_.plan(); }
    // All addresses of the lease are in the kernel and may be used: duplicate address detection is over, or optimistic.
    // In Mode::stateless: a server has answered.
    [[nodiscard]] bool configured() const noexcept;
    [[nodiscard]] const std::vector<Error>& failures() const noexcept { return applier_.failures(); }
    [[nodiscard]] std::optional<TimePoint> configured_at() const noexcept { return configured_at_; }  // the first time
    [[nodiscard]] std::span<const PacketTrace> packets() const noexcept { return packets_.first(); }  // the first 64
    // "eth0: SOLICITING, 4 SOLICIT sent, 0 replies received; dropped 2 of another transaction"
    [[nodiscard]] std::string diagnosis() const;

  private:
    void follow_link_local(const netlink::AddressEvent& event);
    void follow_leased(const netlink::AddressEvent& event);
    void follow_readiness();
    void receive();
    void receive_some();
    void take(const Dhcp6Socket::Datagram& datagram);
    void filter_for(std::uint32_t xid);
    void handle(const dhcp6::Event& event);
    void end_leaving(const dhcp6::Event& event);
    void perform(const dhcp6::Send& action);
    void perform(const dhcp6::Bind& action);
    void perform(const dhcp6::Unbind& action);
    void perform(const dhcp6::Configured& action);
    void put_to_use(const dhcp6::Lease& lease);
    void note_change();
    [[nodiscard]] Result<> open_socket();
    void close_socket();
    void tell_of(const dhcp6::Lease& lease);
    void tell_of(const dhcp6::Configuration& configuration);
    void tell_of_refusal();

    sys::EventLoop& loop_;
    netlink::Socket& netlink_;
    Link link_;
    Settings settings_;
    std::function<void()> on_change_;
    dhcp6::Client client_;
    std::optional<Ipv6Address> own_;     // the link-local address that is sent from
    bool ready_ = false;                 // the client's link is up
    std::optional<Dhcp6Socket> socket_;  // while an exchange is under way
    PacketLog packets_;
    netlink::PlanApplier applier_;
    sys::EventLoop::TimerId timer_;
    std::vector<Ipv6Address> usable_;  // of the lease
    dhcp6::DropCounters datagram_drops_;
    std::optional<TimePoint> granted_at_;  // the lease, or renewed
    dhcp6::DropCounters drops_at_grant_;   // of then
    std::optional<TimePoint> configured_at_;
    std::string leased_;    // which lease the log knows of
    std::string conflict_;  // the last address that another host had; until there is a lease
    SaidOnce said_;
    bool stopped_ = false;
};

}  // namespace nlinit::dhcp_io
