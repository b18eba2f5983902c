// SPDX-License-Identifier: Apache-2.0
// IPv6 of one link, which is the kernel's to make: how far it has come, what routers say, and whether it can be used.
//
// Events of rtnetlink go in, one after the other, and settle() after the last of them; on_change comes out, at most
// now and then, however often a router changes its mind.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "nlinit/base/time.hpp"
#include "nlinit/config/config.hpp"
#include "nlinit/net/link_ipv6.hpp"
#include "nlinit/net/router_dns.hpp"
#include "nlinit/netlink/ipv6_events.hpp"
#include "nlinit/sys/event_loop.hpp"

namespace nlinit::app {

class InterfaceIpv6 {
  public:
    // What DHCPv6 brings beside addresses, which the kernel tells of as of all others.
    struct NameService {
        std::vector<Ipv6Address> name_servers;
        std::vector<std::string> search_domains;
        friend bool operator==(const NameService&, const NameService&) = default;
    };

    InterfaceIpv6(sys::EventLoop& loop, const Link& link, const config::Interface& wanted,
                  std::function<void()> on_change);
    ~InterfaceIpv6();
    InterfaceIpv6(const InterfaceIpv6&) = delete;
    InterfaceIpv6& operator=(const InterfaceIpv6&) = delete;

    void take(const netlink::Ipv6Event& event);
    void settle();      // all that has happened has been told
    void begin_anew();  // all is told anew
    void update(const Link& link);
    void adapt(const config::Interface& wanted);
    // Asks the routers, at most once in their interval.
    void solicit();
    void take(NameService of_dhcp6);

    [[nodiscard]] Ipv6Lack lack() const noexcept;
    // Since on_change told of it: by then the name servers of the same packet are there too.
    [[nodiscard]] bool is_usable() const noexcept { return told_.is_usable && lack() == Ipv6Lack::nothing; }
    [[nodiscard]] std::optional<TimePoint> usable_at() const noexcept { return usable_at_; }  // the first time
    // M and O: whether a server is to be asked by DHCPv6.
    [[nodiscard]] const RouterFlags& router_flags() const noexcept { return flags_; }
    // Addresses in use, default routes, name servers and search domains: DHCPv6's before the routers'.
    [[nodiscard]] NetworkPlan plan() const;
    [[nodiscard]] const LinkIpv6& kernel() const noexcept { return kernel_; }
    // There were name servers, and are none: what was made of them is not to stay (RFC 8106 5.1).
    [[nodiscard]] bool has_withdrawn_name_servers() const { return had_name_servers_ && plan().name_servers.empty(); }
    [[nodiscard]] bool had_name_servers() const noexcept { return had_name_servers_; }

  private:
    void on(const netlink::AddressEvent& event);
    void on(const netlink::RouterFlagsEvent& event);
    void on(const netlink::RouterOptionsEvent& event);
    void tell_of_duplicate(const KernelIpv6Address& address);
    void expire_dns();
    void tell();
    void forget();
    [[nodiscard]] bool is_automatic() const noexcept { return mode_ == config::Ipv6::automatic; }

    sys::EventLoop& loop_;
    Link link_;
    config::Ipv6 mode_{};
    bool needs_way_out_ = false;
    bool is_required_ = false;
    Duration before_asking_{};
    std::function<void()> on_change_;
    sys::EventLoop::TimerId tell_timer_, dns_timer_, solicit_timer_;
    LinkIpv6 kernel_;
    RouterDns dns_;
    RouterFlags flags_;
    NameService of_dhcp6_;
    bool had_name_servers_ = false;
    bool heard_ = false;            // an advertisement
    bool may_have_missed_ = false;  // advertisements, which nobody keeps
    struct Told {
        NetworkPlan plan;
        std::vector<Route> networks;
        RouterFlags flags;
        bool is_usable = false;
        friend bool operator==(const Told&, const Told&) = default;
    };
    [[nodiscard]] Told present() const { return {plan(), kernel_.networks(), flags_, lack() == Ipv6Lack::nothing}; }
    Told told_;
    std::optional<TimePoint> told_at_, tell_at_, usable_at_, solicited_at_;
    Duration pause_{};  // between two changes that are told
    bool told_of_odd_options_ = false, told_of_too_many_ = false;
    std::vector<Ipv6Address> said_;  // to be another host's
};

}  // namespace nlinit::app
