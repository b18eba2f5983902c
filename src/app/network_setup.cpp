#include "nlinit/app/network_setup.hpp"

#include <algorithm>
#include <cerrno>

#include "nlinit/net/primary_interface.hpp"
#include "nlinit/netlink/links.hpp"
#include "nlinit/sys/log.hpp"

namespace nlinit::app {
namespace {

constexpr std::string_view kPrimary = "primary";

// A match that one look-up by name can answer, without a list of all links.
bool is_plain_name(std::string_view match) {
    return match != kPrimary && match.find_first_of("*?:") == std::string_view::npos;
}

bool has_default_route(const NetworkPlan& plan) {
    return std::ranges::any_of(plan.routes, [](const Route& route) { return route.destination.is_default(); });
}

}  // namespace

NetworkSetup::NetworkSetup(sys::EventLoop& loop, DhcpSettings dhcp, std::function<void()> on_change)
    : loop_(loop), dhcp_(std::move(dhcp)), on_change_(std::move(on_change)) {}

NetworkSetup::~NetworkSetup() {
    if (monitor_) loop_.unwatch(monitor_->fd());
}

Result<> NetworkSetup::start(const std::vector<config::Interface>& wanted) {
    auto socket = netlink::Socket::open();
    if (!socket.ok()) return socket.error();
    netlink_.emplace(*std::move(socket));
    for (const auto& interface : wanted)
        interfaces_.push_back(std::make_unique<InterfaceSetup>(loop_, *netlink_, interface, dhcp_, on_change_));
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
    if (!links.ok()) return links;
    names_seen_.clear();
    for (const auto& link : *links) names_seen_.push_back(link.name);
    return links;
}

Result<std::vector<Link>> NetworkSetup::find_links() {
    if (interfaces_.size() != 1 || !is_plain_name(interfaces_.front()->wanted().match)) return list_links();
    auto link = netlink::find_link(*netlink_, interfaces_.front()->wanted().match);
    if (!link.ok() && link.error().code == ENODEV) return list_links();
    if (!link.ok()) return link.error();
    return std::vector<Link>{*std::move(link)};
}

InterfaceSetup* NetworkSetup::owner_of(LinkIndex index) noexcept {
    const auto found = std::ranges::find_if(interfaces_, [&](const auto& interface) {
        return interface->link() != nullptr && interface->link()->index == index;
    });
    return found == interfaces_.end() ? nullptr : found->get();
}

bool NetworkSetup::attach_one(InterfaceSetup& interface, std::span<const Link> links) {
    std::vector<Link> free;
    std::ranges::copy_if(links, std::back_inserter(free), [&](const Link& link) { return !owner_of(link.index); });
    const Link* chosen = find_interface(free, interface.wanted().match);
    if (chosen == nullptr) return false;
    interface.attach(*chosen);
    return true;
}

std::vector<LinkIndex> NetworkSetup::attach_all(std::span<const Link> links) {
    std::vector<LinkIndex> indexes;
    for (const auto& interface : interfaces_) {
        if (interface->link() == nullptr && attach_one(*interface, links)) indexes.push_back(interface->link()->index);
    }
    return indexes;
}

Result<> NetworkSetup::bring_up(std::vector<LinkIndex> indexes) {
    indexes.insert(indexes.begin(), netlink::kLoopback);
    const auto result = netlink::bring_up(*netlink_, indexes);
    for (const auto& failure : result.failures) {
        if (failure.code == EPERM) return failure;
        log::warning("net", to_string(failure));
    }
    update_all(result.links);
    for (const auto& interface : interfaces_) {
        for (const auto& failure : interface->failures()) {
            if (failure.code == EPERM) return failure;
        }
    }
    return {};
}

void NetworkSetup::bring_up_new(std::span<const Link> links) {
    auto indexes = attach_all(links);
    if (indexes.empty()) return;
    if (auto up = bring_up(std::move(indexes)); !up.ok()) log::warning("net", to_string(up.error()));
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
    for (const auto& [link, removed] : *events) {
        auto* interface = owner_of(link.index);
        if (removed) {
            if (interface) interface->detach();
        } else if (interface) {
            interface->update(link);
        } else {
            bring_up_new({&link, 1});
        }
    }
}

void NetworkSetup::reread() {
    const auto links = list_links();
    if (!links.ok()) {
        log::warning("net", to_string(links.error()));
        return;
    }
    for (const auto& interface : interfaces_) {
        const auto is_there = [&](const Link& link) { return link.index == interface->link()->index; };
        if (interface->link() && std::ranges::none_of(*links, is_there)) interface->detach();
    }
    update_all(*links);
    bring_up_new(*links);
}

void NetworkSetup::renew() {
    for (const auto& interface : interfaces_) interface->renew();
}

void NetworkSetup::stop() {
    for (const auto& interface : interfaces_) interface->stop();
}

bool NetworkSetup::all_required(bool (*is_so)(Progress progress)) const noexcept {
    return std::ranges::all_of(interfaces_, [&](const auto& interface) {
        return interface->wanted().optional || is_so(interface->progress());
    });
}

bool NetworkSetup::is_configured() const noexcept {
    return all_required([](Progress progress) { return progress == Progress::configured; });
}

bool NetworkSetup::is_settled() const noexcept {
    return all_required(
        [](Progress progress) { return progress == Progress::configured || progress == Progress::ipv6_only; });
}

const InterfaceSetup* NetworkSetup::spokesman() const noexcept {
    if (interfaces_.empty()) return nullptr;
    const auto unfinished = std::ranges::find_if(interfaces_, [](const auto& interface) {
        return !interface->wanted().optional && interface->progress() != Progress::configured;
    });
    return unfinished == interfaces_.end() ? interfaces_.front().get() : unfinished->get();
}

const InterfaceSetup* NetworkSetup::uplink() const noexcept {
    const auto found = std::ranges::find_if(interfaces_, [](const auto& interface) {
        return interface->progress() == Progress::configured && has_default_route(interface->plan());
    });
    return found == interfaces_.end() ? nullptr : found->get();
}

}  // namespace nlinit::app
