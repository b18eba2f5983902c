// SPDX-License-Identifier: Apache-2.0
// One link as an [[network.interface]] wants it: from what the row names to an address on it, by DHCP or as written.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/network/dhcp_settings.hpp"
#include "app/network/interface_dhcp6.hpp"
#include "app/network/interface_ipv6.hpp"
#include "app/network/lease_keeper.hpp"
#include "nlinit/base/result.hpp"
#include "nlinit/base/time.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/dhcp_io/session.hpp"
#include "nlinit/net/network_plan.hpp"
#include "nlinit/netlink/plan_applier.hpp"
#include "nlinit/netlink/socket.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

// How far an interface has come; what it is waiting for, or why it cannot go on.
// no_ipv6: one that is required, by the configuration or, where the network wants no IPv4, by that. ipv6_only: the
// network wants no IPv4, and IPv6 is none of our business.
enum class Progress : std::uint8_t {
    no_interface,
    no_carrier,
    no_lease,
    no_ipv6,
    ipv6_only,
    refused_by_kernel,
    configured
};
std::string_view name_of(Progress progress) noexcept;

class InterfaceSetup {
  public:
    // metric: of its routes, where the row says none: its rank among the interfaces.
    InterfaceSetup(sys::EventLoop& loop, netlink::Socket& netlink, config::Interface wanted, DhcpSettings dhcp,
                   std::uint32_t metric, std::function<void()> on_change);

    [[nodiscard]] const config::Interface& wanted() const noexcept { return wanted_; }
    [[nodiscard]] const Link* link() const noexcept { return link_ ? &*link_ : nullptr; }
    [[nodiscard]] const dhcp_io::Session* session() const noexcept { return session_.get(); }  // nullptr: no DHCP
    [[nodiscard]] Progress progress() const noexcept;
    // Its IPv4 is in the kernel, whatever else is waited for.
    [[nodiscard]] bool has_ipv4() const noexcept;
    [[nodiscard]] std::uint32_t metric() const noexcept {
        return wanted_.metric != 0 ? wanted_.metric + beyond_row_ : metric_;
    }
    // Of a further link of its row: by how much its metric is more than the row's.
    void go_beyond_row(std::uint32_t more) noexcept { beyond_row_ = more; }
    // nullptr: its events are not followed.
    [[nodiscard]] InterfaceIpv6* ipv6() const noexcept { return ipv6_.get(); }
    // nullptr: no DHCPv6 server has been asked.
    [[nodiscard]] const dhcp_io::Dhcp6Session* dhcp6_session() const noexcept {
        return dhcp6_ ? dhcp6_->session() : nullptr;
    }
    [[nodiscard]] bool follows_ipv6() const noexcept;  // where the kernel has any
    // It waits for what can never come.
    [[nodiscard]] bool is_hopeless() const noexcept { return progress() == Progress::no_ipv6 && !ipv6_; }
    // What is on the link of it: the lease's, what is fixed, and what the kernel has made of routers' words.
    [[nodiscard]] NetworkPlan plan() const;
    [[nodiscard]] const std::vector<Error>& failures() const noexcept;
    [[nodiscard]] std::optional<TimePoint> appeared_at() const noexcept { return appeared_at_; }
    [[nodiscard]] std::optional<TimePoint> up_at() const noexcept { return up_at_; }
    [[nodiscard]] std::optional<TimePoint> carrier_at() const noexcept { return carrier_at_; }
    [[nodiscard]] std::optional<TimePoint> configured_at() const noexcept;
    // Why the lease file is not as it should be, if it is not.
    [[nodiscard]] std::optional<Error> lease_file_failure() const;
    // The name that the lease gives this host; empty when there is none, or it is not to be taken.
    [[nodiscard]] std::string hostname() const;
    // One sentence: what is there, or what is missing and what was tried.
    [[nodiscard]] std::string describe() const;

    // The link to work on, found but perhaps still down: does and opens what must be before it goes up.
    void attach(const Link& link);
    // The link as it is now.
    void update(const Link& link);
    // What the kernel tells of IPv6 on it, one event after the other; settle_ipv6() after the last.
    void take(const netlink::Ipv6Event& event);
    void settle_ipv6();
    void begin_ipv6_anew();  // all is told anew
    void detach();           // it is gone
    // It is to be left as if it had never been here: address withdrawn, lease given back if configured. What is
    // returned is still about that; nullptr: nothing is.
    [[nodiscard]] std::unique_ptr<InterfaceDhcp6> release();
    // Another row of the same match, where that disturbs nothing that goes on; false: release() and begin anew.
    [[nodiscard]] bool adapt(const config::Interface& wanted, const DhcpSettings& dhcp);
    // Without a carrier the kernel is to pass by its routes, for another interface has some too (ip-sysctl.rst:
    // ignore_routes_with_linkdown).
    void yield_without_carrier();
    // Whether its leases and routers may take nothing from other interfaces; and what those have.
    [[nodiscard]] bool respects_claims() const noexcept;
    void respect(std::vector<Claim> claims);
    void renew();
    void stop();
    [[nodiscard]] bool is_leaving() const noexcept { return dhcp6_ && dhcp6_->is_leaving(); }

  private:
    [[nodiscard]] const config::Dhcp& dhcp() const noexcept { return dhcp_.of(wanted_); }
    [[nodiscard]] dhcp::RoutePreferences route_preferences() const;
    [[nodiscard]] dhcp_io::Session::Settings session_settings();
    void set_mac();
    void start_session();
    void start_lease_file();
    void recall_lease();
    void keep_lease_where_wanted();
    void open_applier();
    [[nodiscard]] NetworkPlan own_fixed_plan(bool probe) const;
    void apply_fixed();
    void start_ipv6(Ipv6Lack lack);
    void follow_mtu(std::uint32_t before);
    void leave_routers();
    void follow_way_out(bool before);
    [[nodiscard]] bool counts_fixed() const noexcept;
    [[nodiscard]] bool wants_no_ipv4() const noexcept;
    [[nodiscard]] bool waits_for_ipv6() const noexcept;
    [[nodiscard]] std::string why_no_ipv6() const;
    [[nodiscard]] InterfaceDhcp6::Settings dhcp6_settings() const;
    void take_dhcp6();
    void set_mtu();
    [[nodiscard]] bool guards_ipv6() const noexcept;
    void refuse_networks();
    void remove_refused_networks();
    void forget();
    [[nodiscard]] std::string why_no_carrier() const;

    sys::EventLoop& loop_;
    netlink::Socket& netlink_;
    config::Interface wanted_;
    DhcpSettings dhcp_;
    std::uint32_t metric_;
    std::uint32_t beyond_row_ = 0;
    std::function<void()> on_change_;
    std::vector<Claim> claims_;  // of others
    std::optional<Link> link_;
    std::unique_ptr<LeaseKeeper> lease_keeper_;  // none where no lease file is wanted
    std::unique_ptr<dhcp_io::Session> session_;
    std::optional<netlink::PlanApplier> applier_;  // of method "static", and of IPv6 addresses
    Ipv6Lack ipv6_lack_{};                         // for which it is not followed
    std::unique_ptr<InterfaceIpv6> ipv6_;
    std::unique_ptr<InterfaceDhcp6> dhcp6_;                      // where routers are obeyed
    std::vector<Error> failures_;                                // of the sockets
    std::optional<TimePoint> appeared_at_, up_at_, carrier_at_;  // the first time since it is there
    struct LastLease {
        MacAddress mac;
        dhcp::Lease lease;
    };
    std::optional<std::uint16_t> mtu_before_;  // the link's own, which it gets back when the row drops its mtu
    std::optional<LastLease> last_lease_;      // of a link that went: asked for when it is back
};

// Addresses, routes and the rest of an interface that do not come from a lease: with method "static" of both families,
// otherwise of IPv6. rank: of its routes, where the row says no metric. probe: whether the link is asked first if
// another host has an address of IPv6.
[[nodiscard]] NetworkPlan fixed_plan(const config::Interface& wanted, std::uint32_t rank, bool probe);

}  // namespace nlinit::app
