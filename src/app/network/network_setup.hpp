// SPDX-License-Identifier: Apache-2.0
// All interfaces of a configuration at the same time, on one event loop and one netlink socket.
//
// A link goes to the row that says most closely that it means it: a name or a MAC address, then the primary rule, then
// a glob. A glob is a row for every link that it matches, now or later, unless it has an address, which only one link
// can have; any other row is for one. A link that is renamed stays with its row, until that row or another one names
// what is there by now.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/network/interface_setup.hpp"
#include "app/network/link_maker.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/dhcp_io/said_once.hpp"
#include "nlinit/netlink/monitor.hpp"
#include "nlinit/netlink/socket.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

class NetworkSetup {
  public:
    // on_change: some interface came further, or fell back.
    NetworkSetup(sys::EventLoop& loop, std::function<void()> on_change);
    ~NetworkSetup();
    NetworkSetup(const NetworkSetup&) = delete;
    NetworkSetup& operator=(const NetworkSetup&) = delete;

    // Names and VLANs to be made before and while links are looked for; said before start().
    void wish(const config::Network& network) {
        maker_.wish(network);
        name_servers_ = network.name_servers;
    }
    // Name servers that the machine has: no lease on an interface that is no way out takes them over. wish() says those
    // of a configuration.
    void keep_in_reach(std::vector<NameServer> name_servers) { name_servers_ = std::move(name_servers); }
    // A glob takes the first link that it matches, and no other.
    void take_one_link_each() noexcept { takes_one_link_each_ = true; }
    [[nodiscard]] const std::vector<std::string>& unmet_wishes() const noexcept { return maker_.unmet(); }

    // Brings up lo and every interface that is there, in one send, with DHCP on its way when this returns. An error
    // only when the kernel does not let us do any of that.
    [[nodiscard]] Result<> start(const std::vector<config::Interface>& wanted, const DhcpSettings& dhcp);
    // From what was started to another configuration, by difference: what both say goes on undisturbed, leases
    // included; what is no longer wanted is released. Of what changes meanwhile nobody is told by on_change: the caller
    // finds all of it done.
    struct Changes {
        unsigned added = 0, changed = 0, removed = 0;  // rows
        friend bool operator==(const Changes&, const Changes&) = default;
    };
    [[nodiscard]] Result<Changes> change(const std::vector<config::Interface>& wanted, const DhcpSettings& dhcp);
    // Follows links that appear, go, or change their carrier. Called by start() when something is missing; not needed
    // by a caller who leaves as soon as all is configured.
    [[nodiscard]] Result<> follow_links();
    void renew();  // asks every DHCP server at once
    void stop();
    // A lease is being given back, of which on_change tells when it is over.
    static constexpr Duration kMostForLeaving = std::chrono::seconds(3);  // which is worth no more to a user
    [[nodiscard]] bool is_leaving() const noexcept;

    // Every interface that is not optional has its address.
    [[nodiscard]] bool is_configured() const noexcept;
    // There is nothing to wait for: the same, or the network wants no IPv4. Interfaces that are not there may be
    // excused.
    [[nodiscard]] bool is_settled(bool missing_excused = false) const noexcept;
    // Nothing more is to be had by waiting: it is settled, or what is missing can never come.
    [[nodiscard]] bool is_decided(bool missing_excused = false) const noexcept;
    // The first one that is not settled and not optional, or the first one.
    [[nodiscard]] const InterfaceSetup* spokesman() const noexcept;
    [[nodiscard]] std::span<const std::unique_ptr<InterfaceSetup>> interfaces() const noexcept { return interfaces_; }
    // Whose name servers count: the configured interface whose default route the kernel takes. One with a carrier comes
    // before one without, then the lower metric counts. Where all is settled and nobody leads out: the first that
    // might.
    [[nodiscard]] const InterfaceSetup* uplink() const noexcept;
    // For resolv.conf: what the uplink has from its lease, DHCPv6 and routers, in this order; where that has no way out
    // of IPv6, then what the interface has that does.
    struct NameService {
        std::vector<NameServer> servers;
        std::vector<std::string> search_domains;
        bool withdrawn = false;  // there were some by IPv6, and are none: the list is not to stay as it was
        friend bool operator==(const NameService&, const NameService&) = default;
    };
    [[nodiscard]] NameService name_service() const;
    // Of the links when they were last listed: for the sentence that names what is there instead.
    [[nodiscard]] const std::vector<std::string>& names_seen() const noexcept { return names_seen_; }

  private:
    [[nodiscard]] Result<std::vector<Link>> list_links();
    [[nodiscard]] Result<std::vector<Link>> find_links();
    InterfaceSetup& add(const config::Interface& wanted);
    [[nodiscard]] const config::Interface* new_row_of(const InterfaceSetup& interface,
                                                      const std::vector<config::Interface>& wanted) const;
    [[nodiscard]] Result<> change_rows(const std::vector<config::Interface>& wanted, const DhcpSettings& dhcp);
    void tell();
    void read_other_claims();
    [[nodiscard]] std::vector<Claim> claims_before(const InterfaceSetup& interface) const;
    void share_claims();
    [[nodiscard]] Changes changes_to(const std::vector<config::Interface>& wanted, const DhcpSettings& dhcp) const;
    [[nodiscard]] std::uint32_t free_metric(std::uint32_t metric = 0) const noexcept;  // or the next
    [[nodiscard]] std::vector<LinkIndex> attach_all(std::span<const Link> links);
    [[nodiscard]] bool takes_many(const config::Interface& wanted) const noexcept;
    void tell_of_left_out(std::span<const Link> links);
    void attach_row(std::size_t row, std::span<const Link> links, std::vector<LinkIndex>& attached);
    [[nodiscard]] const InterfaceSetup* named_by(const Link& link) const noexcept;
    void let_go(std::span<const Link> links);
    void release(InterfaceSetup& interface);
    void end_leaving();
    void lose(InterfaceSetup& interface);
    [[nodiscard]] Result<> bring_up(const std::vector<LinkIndex>& indexes);
    void bring_up_new(std::span<const Link> links);
    void update_all(std::span<const Link> links);
    [[nodiscard]] const InterfaceSetup* way_out(std::optional<Family> family) const noexcept;
    [[nodiscard]] bool follows_ipv6() const noexcept;
    [[nodiscard]] Result<> subscribe();
    void watch_soon();
    [[nodiscard]] Result<> watch_events();
    void read_events();
    [[nodiscard]] bool take_link(const netlink::LinkEvent& event);
    [[nodiscard]] bool take_new_link(const Link& link);
    void take_ipv6(const netlink::Ipv6Event& event);
    void on_lost_events(const Error& error);
    void reread();
    void reread_ipv6();
    [[nodiscard]] InterfaceSetup* owner_of(LinkIndex index) noexcept;

    sys::EventLoop& loop_;
    std::vector<config::Interface> rows_;
    DhcpSettings dhcp_;
    std::function<void()> on_change_;
    bool is_changing_ = false;  // from one configuration to another
    bool takes_one_link_each_ = false;
    std::optional<netlink::Socket> netlink_;
    std::optional<netlink::LinkMonitor> monitor_;
    bool is_watched_ = false;              // by the loop
    sys::EventLoop::TimerId watch_timer_;  // when events are read (again)
    sys::EventLoop::TimerId reread_timer_;
    sys::EventLoop::TimerId leave_timer_;
    std::optional<TimePoint> reread_at_;  // the last time
    LinkMaker maker_;
    dhcp_io::SaidOnce said_;
    std::vector<std::unique_ptr<InterfaceSetup>> interfaces_;  // a glob's further ones at the end
    std::vector<std::unique_ptr<InterfaceDhcp6>> leaving_;     // of those that are no more
    std::vector<std::string> names_seen_;
    std::vector<NameServer> name_servers_;
    bool left_name_servers_ = false;   // of an interface that another configuration has let go
    std::vector<Claim> other_claims_;  // of links that no row sets up
};

}  // namespace nlinit::app
