// SPDX-License-Identifier: Apache-2.0
// What the kernel tells of links and of IPv6 on them while the network is in use, and the look at all of it.
#include <algorithm>
#include <utility>

#include "app/network/network_setup.hpp"
#include "nlinit/net/primary_interface.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

// A flood of events, as router advertisements can make, gets so much of the loop: a read, a pause, and after a loss of
// events a look at everything, not more often than this.
constexpr Duration kFloodPause = 10ms, kRereadInterval = 250ms;

}  // namespace

bool NetworkSetup::follows_ipv6() const noexcept {
    return std::ranges::any_of(interfaces_, [](const auto& interface) { return interface->follows_ipv6(); });
}

// Anew where rows have come that need more.
Result<> NetworkSetup::subscribe() {
    if (monitor_ && (monitor_->has_ipv6() || !follows_ipv6())) return {};
    auto monitor = netlink::LinkMonitor::open(follows_ipv6());
    if (!monitor.ok()) return monitor.error();
    if (std::exchange(is_watched_, false)) loop_.unwatch(monitor_->fd());
    monitor_.emplace(*std::move(monitor));
    reread_at_.reset();
    return {};
}

Result<> NetworkSetup::watch_events() {
    loop_.arm(watch_timer_, std::nullopt);
    auto watched = loop_.watch(monitor_->fd(), [this] { read_events(); });
    is_watched_ = watched.ok();
    return watched;
}

void NetworkSetup::watch_soon() {
    if (auto following = follow_links(); !following.ok()) log::error("net", to_string(following.error()));
}

Result<> NetworkSetup::follow_links() {
    if (!netlink_) return {};
    if (auto subscribed = subscribe(); !subscribed.ok()) return subscribed;
    if (is_watched_) return {};
    if (auto watched = watch_events(); !watched.ok()) return watched;
    if (!reread_at_) reread();  // for what happened before the subscription; from here on events tell
    return {};
}

void NetworkSetup::read_events() {
    bool is_to_reread = false;
    const auto done = monitor_->read([&](const netlink::LinkEvent& event) { is_to_reread |= take_link(event); },
                                     [this](const netlink::Ipv6Event& event) { take_ipv6(event); });
    if (!done.ok()) return on_lost_events(done.error());
    if (monitor_->has_more()) {
        loop_.unwatch(monitor_->fd());
        is_watched_ = false;
        loop_.arm(watch_timer_, BootClock::now() + kFloodPause);
    }
    if (is_to_reread) reread();
    for (const auto& interface : interfaces_) interface->settle_ipv6();
}

void NetworkSetup::on_lost_events(const Error& error) {
    log::debug("net", {to_string(error), "; looking at all links again"});
    const TimePoint now = BootClock::now();
    const bool is_soon = reread_at_ && now < *reread_at_ + kRereadInterval;
    if (!is_soon) return reread();
    loop_.arm(reread_timer_, *reread_at_ + kRereadInterval);
}

// True: what it means for others is seen by a look at all links.
bool NetworkSetup::take_link(const netlink::LinkEvent& event) {
    const auto& [link, removed] = event;
    auto* interface = owner_of(link.index);
    // It may have to be, or be what a VLAN is made on.
    if (!removed && maker_.wants_anything() && interface == nullptr) return true;
    if (interface == nullptr) return !removed && take_new_link(link);
    if (removed) {
        const auto& row = interface->wanted();
        const bool has_successors = kind_of(row.match) == MatchKind::glob && !takes_many(row);
        lose(*interface);
        return has_successors;
    }
    const bool is_renamed = interface->link()->name != link.name;
    interface->update(link);
    return is_renamed;
}

bool NetworkSetup::take_new_link(const Link& link) {
    bring_up_new({&link, 1});
    if (owner_of(link.index) == nullptr) return named_by(link) != nullptr;  // its row has another one yet
    return link.admin_up && monitor_->has_ipv6();                           // it has more to tell than from now on
}

void NetworkSetup::take_ipv6(const netlink::Ipv6Event& event) {
    if (auto* interface = owner_of(netlink::link_of(event))) interface->take(event);
}

void NetworkSetup::reread() {
    reread_at_ = BootClock::now();
    loop_.arm(reread_timer_, std::nullopt);
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
    if (monitor_ && monitor_->has_ipv6()) reread_ipv6();
}

void NetworkSetup::reread_ipv6() {
    std::vector<netlink::Ipv6Event> all;
    const auto listed = netlink::list_ipv6(*netlink_, [&](const netlink::Ipv6Event& event) { all.push_back(event); });
    if (!listed.ok()) return log::debug("net", to_string(listed.error()));
    for (const auto& interface : interfaces_) interface->begin_ipv6_anew();
    for (const auto& event : all) take_ipv6(event);
    for (const auto& interface : interfaces_) interface->settle_ipv6();
}

}  // namespace nlinit::app
