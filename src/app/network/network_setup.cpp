#include "app/network/network_setup.hpp"

#include <algorithm>
#include <cerrno>

#include "nlinit/net/primary_interface.hpp"
#include "nlinit/netlink/links.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

bool has_default_route(const InterfaceSetup& interface) {
    if (interface.progress() != Progress::configured) return false;
    const auto plan = interface.plan();
    return std::ranges::any_of(plan.routes, [](const Route& route) { return route.destination.is_default(); });
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
    : loop_(loop), on_change_(std::move(on_change)) {}

NetworkSetup::~NetworkSetup() {
    if (monitor_) loop_.unwatch(monitor_->fd());
}

Result<> NetworkSetup::start(const std::vector<config::Interface>& wanted, const DhcpSettings& dhcp) {
    auto socket = netlink::Socket::open();
    if (!socket.ok()) return socket.error();
    netlink_.emplace(*std::move(socket));
    rows_ = wanted;
    dhcp_ = dhcp;
    for (const auto& row : wanted) add(row);
    const auto links = find_links();
    if (!links.ok()) return links.error();
    if (auto up = bring_up(attach_all(*links)); !up.ok()) return up;
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
    update_all(result.links);
    const bool several_ways = std::ranges::count_if(interfaces_, may_lead_out) > 1;
    for (const auto& interface : interfaces_) {
        if (several_ways && may_lead_out(interface)) interface->yield_without_carrier();
        for (const auto& failure : interface->failures()) {
            if (failure.code == EPERM) return Error{EPERM, interface->link()->name + ": " + failure.what};
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

Result<> NetworkSetup::follow_links() {
    if (monitor_ || !netlink_) return {};
    auto monitor = netlink::LinkMonitor::open();
    if (!monitor.ok()) return monitor.error();
    monitor_.emplace(*std::move(monitor));
    if (auto watched = loop_.watch(monitor_->fd(), [this] { read_events(); }); !watched.ok()) return watched.error();
    reread();  // for what happened before the subscription; from here on events tell
    return {};
}

void NetworkSetup::read_events() {
    const auto events = monitor_->read();
    if (!events.ok()) {
        log::debug("net", to_string(events.error()) + "; looking at all links again");
        reread();
        return;
    }
    bool renamed = false;
    for (const auto& [link, removed] : *events) {
        if (!removed && maker_.wants_anything() && owner_of(link.index) == nullptr) {
            renamed = true;  // it may have to be, or be what a VLAN is made on
            continue;
        }
        auto* interface = owner_of(link.index);
        if (removed) {
            if (interface) lose(*interface);
        } else if (interface) {
            renamed |= interface->link()->name != link.name;
            interface->update(link);
        } else {
            bring_up_new({&link, 1});
            renamed |= owner_of(link.index) == nullptr && named_by(link) != nullptr;  // its row has another one yet
        }
    }
    if (renamed) reread();
}

void NetworkSetup::reread() {
    const auto links = list_links();
    if (!links.ok()) {
        log::error("net", to_string(links.error()));
        return;
    }
    for (std::size_t i = interfaces_.size(); i-- > 0;) {
        auto& interface = *interfaces_[i];
        const auto is_there = [&](const Link& link) { return link.index == interface.link()->index; };
        if (interface.link() && std::ranges::none_of(*links, is_there)) lose(interface);
    }
    update_all(*links);
    let_go(*links);
    bring_up_new(*links);
}

void NetworkSetup::renew() {
    for (const auto& interface : interfaces_) interface->renew();
}

void NetworkSetup::stop() {
    for (const auto& interface : interfaces_) interface->stop();
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

const InterfaceSetup* NetworkSetup::uplink() const noexcept {
    const InterfaceSetup* best = nullptr;
    for (const auto& interface : interfaces_) {
        if (has_default_route(*interface) && (!best || leads_out_before(*interface, *best))) best = interface.get();
    }
    return best;
}

}  // namespace nlinit::app
