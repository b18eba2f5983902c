// SPDX-License-Identifier: Apache-2.0
#include "app/network/interface_setup.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "app/network/interface_sysctls.hpp"
#include "nlinit/net/route_plan.hpp"
#include "nlinit/netlink/configurator.hpp"
#include "nlinit/netlink/links.hpp"
#include "nlinit/netlink/router_state.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {

NetworkPlan fixed_plan(const config::Interface& wanted, std::uint32_t rank, bool probe) {
    NetworkPlan plan;
    std::ranges::copy_if(wanted.addresses, std::back_inserter(plan.addresses), [&](const InterfaceAddress& address) {
        return wanted.method == config::Method::fixed || address.local.family() == Family::kIpv6;
    });
    for (auto& address : plan.addresses) address.unprobed = !probe && address.local.family() == Family::kIpv6;
    if (wanted.method == config::Method::fixed) plan.mtu = wanted.mtu;
    auto routes = wanted.routes;
    for (const auto& gateway : wanted.gateways) {
        if (wanted.default_route)
            routes.push_back({.destination = IpPrefix::everything(gateway.family()), .gateway = gateway});
    }
    // Via oneself is on link, as in a lease; the kernel would refuse it.
    for (auto& route : routes) {
        if (route.gateway && wanted.has_address(*route.gateway)) route.gateway.reset();
    }
    plan.routes = complete_routes(plan.addresses, routes, {.configured = wanted.metric, .rank = rank});
    return plan;
}

InterfaceSetup::InterfaceSetup(sys::EventLoop& loop, netlink::Socket& netlink, config::Interface wanted,
                               DhcpSettings dhcp, std::uint32_t metric, std::function<void()> on_change)
    : loop_(loop),
      netlink_(netlink),
      wanted_(std::move(wanted)),
      dhcp_(std::move(dhcp)),
      metric_(metric),
      on_change_(std::move(on_change)) {}

void InterfaceSetup::set_mac() {
    if (!wanted_.mac || *wanted_.mac == link_->mac) return;
    if (auto done = netlink_.transact(netlink::make_set_mac(link_->index, *wanted_.mac)); !done.ok()) {
        log::error("net", {link_->name, ": ", to_string(done.error())});
        return;
    }
    link_->mac = *wanted_.mac;
}

void InterfaceSetup::attach(const Link& link) {
    if (!link_) appeared_at_ = BootClock::now();
    link_ = link;
    set_mac();
    if (wanted_.method == config::Method::none) set_mtu();  // which may be what IPv6 needs
    start_ipv6(write_sysctls(wanted_, *link_));
    if (wanted_.method == config::Method::dhcp) start_session();
    open_applier();
}

bool InterfaceSetup::follows_ipv6() const noexcept {
    return wanted_.ipv6 == config::Ipv6::automatic || wanted_.ipv6 == config::Ipv6::fixed;
}

void InterfaceSetup::start_ipv6(Ipv6Lack lack) {
    ipv6_lack_ = lack;
    if (!follows_ipv6() || lack != Ipv6Lack::nothing || ipv6_) return;
    ipv6_ = std::make_unique<InterfaceIpv6>(loop_, *link_, wanted_, on_change_);
    if (wanted_.ipv6 == config::Ipv6::automatic)
        dhcp6_ = std::make_unique<InterfaceDhcp6>(loop_, netlink_, *link_, dhcp6_settings(), wanted_.asks_dhcp6,
                                                  [this] { take_dhcp6(); });
}

// Of a family without a fixed address it leaves alone what is there.
void InterfaceSetup::open_applier() {
    std::vector<Family> families;
    const auto plan = own_fixed_plan(true);
    for (const auto& address : plan.addresses) {
        const auto family = address.local.family();
        if (std::ranges::find(families, family) == families.end()) families.push_back(family);
    }
    if (families.empty()) return;
    applier_.emplace(loop_, netlink_, *link_, netlink::RouteOrigin::fixed, std::move(families), on_change_);
}

void InterfaceSetup::update(const Link& link) {
    if (carrier_changes_between(*link_, link) < 0) return;  // an older event
    const Link before = *std::exchange(link_, link);
    if (before.name != link.name) log::info("net", {before.name, " is now called ", link.name});
    if (before.mac != link.mac) {
        log::info("net", {link.name, ": hardware address is now ", link.mac.to_string()});
        if (session_) start_session();  // another client to its server
    }
    follow_mtu(before.mtu);
    if (link.admin_up && !up_at_) up_at_ = BootClock::now();
    if (link.carrier && !carrier_at_) carrier_at_ = BootClock::now();
    if (session_) session_->update(link);
    if (applier_) {
        applier_->update(link);
        // The kernel takes addresses and routes of a link without carrier; nothing is gained by waiting.
        if (link.admin_up && !applier_->first_applied_at() && applier_->failures().empty()) apply_fixed();
    }
    if (ipv6_) ipv6_->update(link);
    if (dhcp6_) {
        dhcp6_->update(link);
        dhcp6_->follow(ipv6_->router_flags());
    }
    if (before.carrier != link.carrier) on_change_();  // another one may have to lead out now
}

void InterfaceSetup::take(const netlink::Ipv6Event& event) {
    if (ipv6_) ipv6_->take(event);
    if (dhcp6_) dhcp6_->take(event);
}

void InterfaceSetup::settle_ipv6() {
    if (ipv6_) ipv6_->settle();
    if (dhcp6_) dhcp6_->follow(ipv6_->router_flags());
    refuse_networks();
}

void InterfaceSetup::begin_ipv6_anew() {
    if (ipv6_) ipv6_->begin_anew();
    if (dhcp6_) dhcp6_->begin_anew();
}

void InterfaceSetup::detach() {
    log::write(wanted_.optional ? log::Level::info : log::Level::error, "net", link_->name + ": the interface is gone");
    if (session_ && session_->client().lease()) last_lease_ = LastLease{link_->mac, *session_->client().lease()};
    forget();
    on_change_();
}

std::unique_ptr<InterfaceDhcp6> InterfaceSetup::release() {
    if (!link_) return nullptr;
    stop();
    auto leaving = is_leaving() ? std::move(dhcp6_) : nullptr;
    if (applier_) applier_->apply({});
    if (wanted_.ipv6 == config::Ipv6::none) turn_ipv6_on(*link_);
    if (wanted_.ipv6 == config::Ipv6::automatic && ipv6_) leave_routers();
    forget();
    last_lease_.reset();
    return leaving;
}

// The kernel ends IPv6 on a link that becomes too narrow for it, and begins anew where it is wide enough again.
void InterfaceSetup::follow_mtu(std::uint32_t before) {
    const bool was_narrow = before < kSmallestIpv6Mtu, is_narrow = link_->mtu < kSmallestIpv6Mtu;
    if (is_narrow && ipv6_) ipv6_lack_ = Ipv6Lack::link_support;
    if (was_narrow && !is_narrow) start_ipv6(write_sysctls(wanted_, *link_));
}

// What they have said would last for as long as they said, which may be for ever.
void InterfaceSetup::leave_routers() {
    ignore_routers(*link_);
    if (const auto done = netlink::remove_router_state(netlink_, link_->index); !done.ok())
        log::error("net", {link_->name, ": ", to_string(done.error())});
}

// The kernel obeys a new setting from the next advertisement on.
void InterfaceSetup::follow_way_out(bool before) {
    if (!ipv6_ || wanted_.ipv6 != config::Ipv6::automatic || wanted_.default_route == before) return;
    if (wanted_.default_route) return ipv6_->solicit();
    if (const auto done = netlink::remove_router_ways(netlink_, link_->index); !done.ok())
        log::error("net", {link_->name, ": ", to_string(done.error())});
}

void InterfaceSetup::forget() {
    session_.reset();
    lease_keeper_.reset();
    applier_.reset();
    dhcp6_.reset();
    ipv6_.reset();
    link_.reset();
    mtu_before_.reset();
    failures_.clear();
    for (auto* moment : {&appeared_at_, &up_at_, &carrier_at_}) moment->reset();
}

bool InterfaceSetup::adapt(const config::Interface& wanted, const DhcpSettings& dhcp) {
    const bool same_client = wanted.method != config::Method::dhcp || asks_alike(dhcp.of(wanted), this->dhcp());
    const auto has_same = [&](Family family) {
        return wanted.has_address_of(family) == wanted_.has_address_of(family);
    };
    const bool same_ways = wanted.method == wanted_.method && wanted.ipv6 == wanted_.ipv6 &&
                           wanted.asks_dhcp6 == wanted_.asks_dhcp6 && has_same(Family::kIpv4) &&
                           has_same(Family::kIpv6);
    if (!same_ways || wanted.mac != wanted_.mac || !same_client) return false;
    const bool led_out = wanted_.default_route;
    wanted_ = wanted;
    dhcp_ = dhcp;
    if (!link_) return true;
    start_ipv6(write_sysctls(wanted_, *link_));
    if (ipv6_) ipv6_->adapt(wanted_);
    follow_way_out(led_out);
    if (dhcp6_) dhcp6_->release_on_stop(this->dhcp().release);
    if (session_) {
        session_->adopt(this->dhcp().hostname, this->dhcp().release);
        keep_lease_where_wanted();
        session_->prefer(route_preferences());
    }
    if (applier_ && link_->admin_up) apply_fixed();
    if (wanted_.method == config::Method::none) set_mtu();
    return true;
}

void InterfaceSetup::yield_without_carrier() {
    if (link_) pass_by_routes_without_carrier(wanted_, *link_);
}

void InterfaceSetup::apply_fixed() {
    applier_->apply(own_fixed_plan(dhcp().conflict_detection != config::ConflictDetection::off));
}

NetworkPlan InterfaceSetup::own_fixed_plan(bool probe) const {
    auto wanted = wanted_;
    if (wanted.metric != 0) wanted.metric = metric();
    return fixed_plan(wanted, metric_, probe);
}

// With method "none" nothing but that is asked for.
void InterfaceSetup::set_mtu() {
    NetworkPlan plan;
    plan.mtu = wanted_.mtu ? wanted_.mtu : std::exchange(mtu_before_, std::nullopt);
    if (wanted_.mtu && !mtu_before_ && link_->mtu <= UINT16_MAX) mtu_before_ = static_cast<std::uint16_t>(link_->mtu);
    if (const auto clamping = netlink::clamping_of(*link_, plan); !clamping.empty())
        log::warning("net", {link_->name, ": ", clamping});
    for (const auto& failure : netlink::Configurator(netlink_).apply(*link_, {}, plan, netlink::RouteOrigin::fixed))
        log::error("net", {link_->name, ": ", to_string(failure)});
}

void InterfaceSetup::renew() {
    if (session_) session_->renew();
    if (dhcp6_) dhcp6_->renew();
    if (ipv6_) ipv6_->solicit();
}

void InterfaceSetup::stop() {
    if (session_) session_->stop();
    if (dhcp6_) dhcp6_->stop();
}

// Beside a lease the fixed addresses are of IPv6, without which the network can be used unless they are required.
bool InterfaceSetup::counts_fixed() const noexcept {
    return applier_ && (!session_ || wanted_.ipv6_required);
}

bool InterfaceSetup::wants_no_ipv4() const noexcept {
    return session_ && session_->client().state() == dhcp::State::ipv6_only;
}

// Without IPv4 it is all that there is to wait for.
bool InterfaceSetup::waits_for_ipv6() const noexcept {
    return follows_ipv6() && (wanted_.ipv6_required || wants_no_ipv4());
}

Progress InterfaceSetup::progress() const noexcept {
    if (!link_) return Progress::no_interface;
    if (!failures().empty()) return Progress::refused_by_kernel;
    if (counts_fixed() && !(link_->admin_up && applier_->first_applied_at())) return Progress::no_carrier;
    const auto not_yet = [this](Progress missing) { return link_->carrier ? missing : Progress::no_carrier; };
    if (session_ && !session_->configured() && !wants_no_ipv4()) return not_yet(Progress::no_lease);
    if (waits_for_ipv6()) {
        const bool awaits_dhcp6 = dhcp6_ && dhcp6_->is_awaited();
        return ipv6_ && ipv6_->is_usable() && !awaits_dhcp6 ? Progress::configured : not_yet(Progress::no_ipv6);
    }
    if (wants_no_ipv4()) return Progress::ipv6_only;
    if (!session_ && !applier_ && wanted_.method != config::Method::none) return not_yet(Progress::no_lease);
    return Progress::configured;
}

bool InterfaceSetup::has_ipv4() const noexcept {
    if (!link_ || !failures().empty()) return false;
    if (session_) return session_->configured();
    return wanted_.method == config::Method::fixed && link_->admin_up && applier_ && applier_->first_applied_at();
}

// An address that is fixed is the kernel's as well; the lease's name servers come before those of DHCPv6 and routers.
NetworkPlan InterfaceSetup::plan() const {
    NetworkPlan plan = session_ ? session_->plan() : NetworkPlan();
    const auto add_new = [](auto& list, const auto& more, const auto& is_same) {
        for (const auto& entry : more) {
            if (std::ranges::none_of(list, [&](const auto& other) { return is_same(entry, other); }))
                list.push_back(entry);
        }
    };
    const auto add = [&](const NetworkPlan& more) {
        add_new(plan.addresses, more.addresses, [](auto& one, auto& other) { return one.same_place(other); });
        add_new(plan.routes, more.routes, std::equal_to<>());
        add_new(plan.name_servers, more.name_servers, std::equal_to<>());
        add_new(plan.search_domains, more.search_domains, std::equal_to<>());
    };
    if (applier_) add(applier_->plan());
    if (ipv6_) add(ipv6_->plan());
    return plan;
}

const std::vector<Error>& InterfaceSetup::failures() const noexcept {
    if (counts_fixed() && !applier_->failures().empty()) return applier_->failures();
    return failures_.empty() && session_ ? session_->failures() : failures_;
}

std::optional<TimePoint> InterfaceSetup::configured_at() const noexcept {
    std::optional<TimePoint> last;
    bool is_whole = true;
    const auto needs = [&](const std::optional<TimePoint>& part) {
        is_whole = is_whole && part;
        last = std::max(last, part);
    };
    if (session_ && !wants_no_ipv4()) needs(session_->configured_at());
    if (counts_fixed()) needs(applier_->first_applied_at());
    if (waits_for_ipv6()) needs(ipv6_ ? ipv6_->usable_at() : std::nullopt);
    return is_whole ? last : std::nullopt;
}

}  // namespace nlinit::app
