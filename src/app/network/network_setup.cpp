// SPDX-License-Identifier: Apache-2.0
#include "app/network/network_setup.hpp"

#include <algorithm>
#include <cerrno>

#include "nlinit/base/append.hpp"
#include "nlinit/net/primary_interface.hpp"
#include "nlinit/netlink/links.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

// A lease is usually there before.
constexpr Duration kBeforeReading = 10ms;
// Either family can be used without the other, for which it may be in vain to wait.
bool is_in_use(const InterfaceSetup& interface) {
    return interface.progress() == Progress::configured || interface.has_ipv4() ||
           (interface.link() != nullptr && interface.ipv6() != nullptr && interface.ipv6()->is_usable());
}

// Of that family, or of either. What leads out by a router on an interface that is no way out is about to be removed,
// or the user's own sysctl has it so, and does not count.
bool has_default_route(const InterfaceSetup& interface, std::optional<Family> family) {
    if (!is_in_use(interface)) return false;
    const auto plan = interface.plan();
    return std::ranges::any_of(plan.routes, [&](const Route& route) {
        if (route.family() == Family::kIpv6 && !interface.wanted().default_route) return false;
        return route.destination.is_default() && (!family || route.family() == *family);
    });
}

bool may_lead_out(const std::unique_ptr<InterfaceSetup>& interface) {
    const auto& wanted = interface->wanted();
    return wanted.default_route && (wanted.method == config::Method::dhcp || !wanted.gateways.empty());
}

bool leads_out_before(const InterfaceSetup& a, const InterfaceSetup& b) {
    if (a.link()->carrier != b.link()->carrier) return a.link()->carrier;
    return a.metric() < b.metric();
}

bool is_settled(const InterfaceSetup& interface, bool missing_excused) {
    const Progress progress = interface.progress();
    return interface.wanted().optional || progress == Progress::configured || progress == Progress::ipv6_only ||
           (missing_excused && progress == Progress::no_interface);
}

}  // namespace

NetworkSetup::NetworkSetup(sys::EventLoop& loop, std::function<void()> on_change)
    : loop_(loop),
      on_change_(std::move(on_change)),
      watch_timer_(loop.add_timer([this] { watch_soon(); })),
      reread_timer_(loop.add_timer([this] { reread(); })),
      leave_timer_(loop.add_timer([this] { end_leaving(); })) {}

NetworkSetup::~NetworkSetup() {
    for (const auto timer : {watch_timer_, reread_timer_, leave_timer_}) loop_.remove_timer(timer);
    if (is_watched_) loop_.unwatch(monitor_->fd());
}

Result<> NetworkSetup::start(const std::vector<config::Interface>& wanted, const DhcpSettings& dhcp) {
    auto socket = netlink::Socket::open();
    if (!socket.ok()) return socket.error();
    netlink_.emplace(*std::move(socket));
    rows_ = wanted;
    dhcp_ = dhcp;
    for (const auto& row : wanted) add(row);
    // What routers say is kept by nobody: who does not listen then has missed it.
    if (follows_ipv6()) {
        if (auto subscribed = subscribe(); !subscribed.ok()) return subscribed;
    }
    const auto links = find_links();
    if (!links.ok()) return links.error();
    // Of a link that is down there is nothing from before: events tell all of it.
    if (monitor_ && std::ranges::none_of(*links, &Link::admin_up)) reread_at_ = BootClock::now();
    if (auto up = bring_up(attach_all(*links)); !up.ok()) return up;
    const bool has_session =
        std::ranges::any_of(interfaces_, [](const auto& interface) { return interface->session() != nullptr; });
    if (monitor_) loop_.arm(watch_timer_, BootClock::now() + (has_session ? kBeforeReading : Duration::zero()));
    const bool all_under_way = std::ranges::all_of(
        interfaces_, [](const auto& interface) { return interface->link() && interface->link()->carrier; });
    if (all_under_way) return {};
    return follow_links();
}

Result<std::vector<Link>> NetworkSetup::list_links() {
    auto links = netlink::list_links(*netlink_);
    if (links.ok() && maker_.wants_anything() && maker_.work(*netlink_, *links)) links = netlink::list_links(*netlink_);
    if (!links.ok()) return links;
    names_seen_.clear();
    for (const auto& link : *links) names_seen_.push_back(link.name);
    return links;
}

// One look-up by name needs no list of all links.
Result<std::vector<Link>> NetworkSetup::find_links() {
    if (interfaces_.size() != 1 || maker_.wants_anything()) return list_links();
    const auto& match = interfaces_.front()->wanted().match;
    if (kind_of(match) != MatchKind::exact || MacAddress::parse(match)) return list_links();
    auto link = netlink::find_link(*netlink_, match);
    if (!link.ok() && link.error().code == ENODEV) return list_links();
    if (!link.ok()) return link.error();
    return std::vector<Link>{*std::move(link)};
}

Result<> NetworkSetup::bring_up(const std::vector<LinkIndex>& indexes) {
    const auto parents = maker_.parents();
    std::vector<LinkIndex> all{netlink::kLoopback};
    for (const auto& parent : parents) all.push_back(parent.index);
    all.insert(all.end(), indexes.begin(), indexes.end());
    const auto name_of = [&](LinkIndex index) {
        if (const auto* owner = owner_of(index)) return owner->link()->name;
        const auto parent = std::ranges::find(parents, index, &Link::index);
        return parent == parents.end() ? std::string() : parent->name;
    };
    const auto result = netlink::bring_up(*netlink_, all, name_of);
    for (const auto& failure : result.failures) {
        if (failure.code == EPERM) return failure;
        log::error("net", to_string(failure));
    }
    read_other_claims();
    share_claims();
    update_all(result.links);
    const bool several_ways = std::ranges::count_if(interfaces_, may_lead_out) > 1;
    for (const auto& interface : interfaces_) {
        if (several_ways && may_lead_out(interface)) interface->yield_without_carrier();
        for (const auto& failure : interface->failures()) {
            if (failure.code == EPERM) return Error{EPERM, concat({interface->link()->name, ": ", failure.what})};
        }
    }
    return {};
}

void NetworkSetup::bring_up_new(std::span<const Link> links) {
    const auto indexes = attach_all(links);
    if (indexes.empty()) return;
    if (auto up = bring_up(indexes); !up.ok()) log::error("net", to_string(up.error()));
}

void NetworkSetup::update_all(std::span<const Link> links) {
    for (const auto& link : links) {
        if (auto* interface = owner_of(link.index)) interface->update(link);
    }
}

void NetworkSetup::renew() {
    for (const auto& interface : interfaces_) interface->renew();
}

void NetworkSetup::stop() {
    for (const auto& interface : interfaces_) interface->stop();
}

bool NetworkSetup::is_leaving() const noexcept {
    return !leaving_.empty() || std::ranges::any_of(interfaces_, [](const auto& each) { return each->is_leaving(); });
}

bool NetworkSetup::is_configured() const noexcept {
    return std::ranges::all_of(interfaces_, [](const auto& interface) {
        return interface->wanted().optional || interface->progress() == Progress::configured;
    });
}

bool NetworkSetup::is_settled(bool missing_excused) const noexcept {
    return std::ranges::all_of(interfaces_,
                               [&](const auto& interface) { return app::is_settled(*interface, missing_excused); });
}

const InterfaceSetup* NetworkSetup::spokesman() const noexcept {
    if (interfaces_.empty()) return nullptr;
    const auto unfinished =
        std::ranges::find_if(interfaces_, [](const auto& interface) { return !app::is_settled(*interface, false); });
    return unfinished == interfaces_.end() ? interfaces_.front().get() : unfinished->get();
}

bool NetworkSetup::is_decided(bool missing_excused) const noexcept {
    return std::ranges::all_of(interfaces_, [&](const auto& interface) {
        return app::is_settled(*interface, missing_excused) || interface->is_hopeless();
    });
}

const InterfaceSetup* NetworkSetup::way_out(std::optional<Family> family) const noexcept {
    const InterfaceSetup* best = nullptr;
    for (const auto& interface : interfaces_) {
        if (has_default_route(*interface, family) && (!best || leads_out_before(*interface, *best)))
            best = interface.get();
    }
    return best;
}

// The way out of IPv4, where there is one. A network may lead nowhere and have names all the same; while another
// interface may still come to lead out, nobody speaks for it.
const InterfaceSetup* NetworkSetup::uplink() const noexcept {
    const auto* of_ipv4 = way_out(Family::kIpv4);
    const auto* best = of_ipv4 != nullptr ? of_ipv4 : way_out(std::nullopt);
    if (best != nullptr || !is_settled(true)) return best;
    const auto found = std::ranges::find_if(
        interfaces_, [](const auto& interface) { return may_lead_out(interface) && is_in_use(*interface); });
    return found == interfaces_.end() ? nullptr : found->get();
}

NetworkSetup::NameService NetworkSetup::name_service() const {
    NameService service;
    const auto add = [](auto& list, const auto& more) {
        for (const auto& entry : more) {
            if (std::ranges::find(list, entry) == list.end()) list.push_back(entry);
        }
    };
    for (const auto* interface : {uplink(), way_out(Family::kIpv6)}) {
        if (interface == nullptr) continue;
        const auto plan = interface->plan();
        add(service.servers, plan.name_servers);
        add(service.search_domains, plan.search_domains);
    }
    // A router may withdraw itself as a way out in the same packet.
    service.withdrawn = left_name_servers_ || std::ranges::any_of(interfaces_, [](const auto& interface) {
                            return interface->ipv6() != nullptr && interface->ipv6()->has_withdrawn_name_servers();
                        });
    return service;
}

}  // namespace nlinit::app
