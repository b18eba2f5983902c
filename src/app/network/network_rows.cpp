// SPDX-License-Identifier: Apache-2.0
// Which link is whose, of those that are there: at the start, when links come, go or are renamed, and when the rows
// change.
#include <algorithm>

#include "app/network/network_setup.hpp"
#include "nlinit/base/append.hpp"
#include "nlinit/base/complaint.hpp"
#include "nlinit/net/primary_interface.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {
namespace {

constexpr std::uint32_t kMetricStep = 100;

// A name that the link no longer has. A MAC address may be gone because the row itself wants another.
bool is_called_otherwise(const InterfaceSetup& interface) {
    const auto& match = interface.wanted().match;
    return kind_of(match) != MatchKind::primary && !MacAddress::parse(match) && !matches(*interface.link(), match);
}

const config::Interface* row_of(const std::vector<config::Interface>& rows, const std::string& match) {
    const auto found = std::ranges::find(rows, match, &config::Interface::match);
    return found == rows.end() ? nullptr : &*found;
}

bool is_same(const config::Interface& a, const DhcpSettings& dhcp_a, const config::Interface& b,
             const DhcpSettings& dhcp_b) {
    return a == b && (a.method != config::Method::dhcp || dhcp_a.of(a) == dhcp_b.of(b));
}

}  // namespace

// The kernel replaces a route by one with the same destination and metric, whatever interface that leads to: each has
// a metric of its own, in the order of the rows, and none that a row further down asks for.
std::uint32_t NetworkSetup::free_metric(std::uint32_t metric) const noexcept {
    const auto is_taken = [&](const auto& interface) { return interface->metric() == metric; };
    const auto is_asked_for = [&](const config::Interface& row) { return row.metric == metric && metric != 0; };
    while (std::ranges::any_of(interfaces_, is_taken) || std::ranges::any_of(rows_, is_asked_for))
        metric += kMetricStep;
    return metric;
}

InterfaceSetup& NetworkSetup::add(const config::Interface& wanted) {
    return *interfaces_.emplace_back(
        std::make_unique<InterfaceSetup>(loop_, *netlink_, wanted, dhcp_, free_metric(), [this] { tell(); }));
}

InterfaceSetup* NetworkSetup::owner_of(LinkIndex index) noexcept {
    const auto found = std::ranges::find_if(interfaces_, [&](const auto& interface) {
        return interface->link() != nullptr && interface->link()->index == index;
    });
    return found == interfaces_.end() ? nullptr : found->get();
}

bool NetworkSetup::takes_many(const config::Interface& wanted) const noexcept {
    return kind_of(wanted.match) == MatchKind::glob && !takes_one_link_each_ && !wanted.fits_one_link();
}

void NetworkSetup::attach_row(std::size_t row, std::span<const Link> links, std::vector<LinkIndex>& attached) {
    const auto wanted = interfaces_[row]->wanted();
    const bool for_many = takes_many(wanted);
    auto* interface = interfaces_[row].get();
    std::vector<Link> free;
    std::ranges::copy_if(links, std::back_inserter(free), [&](const Link& link) { return !owner_of(link.index); });
    while (interface->link() == nullptr || for_many) {
        const Link* chosen = find_interface(free, wanted.match);
        if (chosen == nullptr) return;
        if (interface->link() != nullptr) {
            interface = &add(wanted);
            if (wanted.metric != 0) interface->go_beyond_row(free_metric(wanted.metric) - wanted.metric);
        }
        // One client at a time has the port.
        std::erase_if(leaving_, [&](const auto& session) { return session->link().index == chosen->index; });
        interface->attach(*chosen);
        attached.push_back(chosen->index);
        free.erase(free.begin() + (chosen - free.data()));
    }
}

// Of those that no row has taken: links that a glob would have taken, had its address not gone to another one.
void NetworkSetup::tell_of_left_out(std::span<const Link> links) {
    for (const auto& link : links) {
        if (owner_of(link.index) != nullptr) continue;
        const auto row = std::ranges::find_if(interfaces_, [&](const auto& interface) {
            const auto& match = interface->wanted().match;
            return interface->link() != nullptr && kind_of(match) == MatchKind::glob && matches(link, match);
        });
        if (row == interfaces_.end()) continue;
        said_.say(log::Level::warning, "net", in_quotes((*row)->wanted().match),
                  concat({link.name, " stays as it is: the address is ", (*row)->link()->name, "'s"}));
    }
}

std::vector<LinkIndex> NetworkSetup::attach_all(std::span<const Link> links) {
    std::vector<LinkIndex> attached;
    const std::size_t rows = interfaces_.size();
    for (const auto kind : {MatchKind::exact, MatchKind::primary, MatchKind::glob}) {
        for (std::size_t row = 0; row < rows; ++row) {
            if (kind_of(interfaces_[row]->wanted().match) == kind) attach_row(row, links, attached);
        }
    }
    if (!takes_one_link_each_) tell_of_left_out(links);
    return attached;
}

// The row that says by name or MAC address that the link is its own.
const InterfaceSetup* NetworkSetup::named_by(const Link& link) const noexcept {
    const auto found = std::ranges::find_if(interfaces_, [&](const auto& interface) {
        const auto& match = interface->wanted().match;
        return kind_of(match) == MatchKind::exact && matches(link, match);
    });
    return found == interfaces_.end() ? nullptr : found->get();
}

void NetworkSetup::release(InterfaceSetup& interface) {
    left_name_servers_ |= interface.ipv6() != nullptr && interface.ipv6()->had_name_servers();
    auto leaving = interface.release();
    if (!leaving) return;
    leaving->tell([this] { loop_.arm(leave_timer_, BootClock::now()); });  // not from within itself
    leaving_.push_back(std::move(leaving));
}

void NetworkSetup::end_leaving() {
    std::erase_if(leaving_, [](const auto& session) { return !session->is_leaving(); });
    on_change_();
}

// Links that are not their row's by name, where another row names them or another link has that name.
void NetworkSetup::let_go(std::span<const Link> links) {
    for (const auto& interface : interfaces_) {
        if (interface->link() == nullptr) continue;
        const auto& match = interface->wanted().match;
        const bool otherwise = is_called_otherwise(*interface);
        const auto* other = named_by(*interface->link());
        const bool named_elsewhere =
            other != nullptr && other != interface.get() && (otherwise || kind_of(match) != MatchKind::exact);
        const bool replaced = otherwise && std::ranges::any_of(links, [&](const Link& link) {
                                  return kind_of(match) == MatchKind::exact && matches(link, match);
                              });
        if (!named_elsewhere && !replaced) continue;
        log::info("net", {interface->link()->name, ": the interface goes to another row"});
        release(*interface);
    }
}

void NetworkSetup::lose(InterfaceSetup& interface) {
    interface.detach();
    const auto is_other_of_row = [&](const auto& other) {
        return other.get() != &interface && other->wanted().match == interface.wanted().match;
    };
    if (std::ranges::none_of(interfaces_, is_other_of_row)) return;
    std::erase_if(interfaces_, [&](const auto& each) { return each.get() == &interface; });
}

// Where an interface's row is gone: one that names its link by name or MAC address, as a more exact config does.
const config::Interface* NetworkSetup::new_row_of(const InterfaceSetup& interface,
                                                  const std::vector<config::Interface>& wanted) const {
    if (interface.link() == nullptr) return nullptr;
    const auto names_it = [&](const config::Interface& row) {
        return row_of(rows_, row.match) == nullptr && kind_of(row.match) == MatchKind::exact &&
               matches(*interface.link(), row.match);
    };
    const auto found = std::ranges::find_if(wanted, names_it);
    return found == wanted.end() ? nullptr : &*found;
}

NetworkSetup::Changes NetworkSetup::changes_to(const std::vector<config::Interface>& wanted,
                                               const DhcpSettings& dhcp) const {
    Changes changes;
    for (const auto& row : wanted) {
        const auto* before = row_of(rows_, row.match);
        if (before == nullptr) ++changes.added;
        if (before != nullptr && !is_same(*before, dhcp_, row, dhcp)) ++changes.changed;
    }
    for (const auto& row : rows_) {
        if (row_of(wanted, row.match) == nullptr) ++changes.removed;
    }
    return changes;
}

Result<NetworkSetup::Changes> NetworkSetup::change(const std::vector<config::Interface>& wanted,
                                                   const DhcpSettings& dhcp) {
    const Changes changes = changes_to(wanted, dhcp);
    if (!netlink_) {
        if (auto started = start(wanted, dhcp); !started.ok()) return started.error();
        return changes;
    }
    if (changes == Changes{}) return changes;
    is_changing_ = true;
    const auto done = change_rows(wanted, dhcp);
    is_changing_ = false;
    if (!done.ok()) return done.error();
    return changes;
}

Result<> NetworkSetup::change_rows(const std::vector<config::Interface>& wanted, const DhcpSettings& dhcp) {
    std::vector<const InterfaceSetup*> released;
    for (const auto& interface : interfaces_) {
        const auto* row = row_of(wanted, interface->wanted().match);
        if (row == nullptr) row = new_row_of(*interface, wanted);
        if (row != nullptr && is_same(interface->wanted(), dhcp_, *row, dhcp)) continue;
        if (row != nullptr && interface->adapt(*row, dhcp)) continue;
        release(*interface);
        released.push_back(interface.get());
    }
    std::erase_if(interfaces_,
                  [&](const auto& each) { return std::ranges::find(released, each.get()) != released.end(); });
    rows_ = wanted;
    dhcp_ = dhcp;
    for (const auto& row : wanted) {
        const auto is_its = [&](const auto& interface) { return interface->wanted().match == row.match; };
        if (std::ranges::none_of(interfaces_, is_its)) add(row);
    }
    const auto position = [&](const auto& interface) { return row_of(rows_, interface->wanted().match); };
    std::ranges::stable_sort(interfaces_, {}, position);
    const auto before = reread_at_;
    if (auto following = follow_links(); !following.ok()) return following;
    if (reread_at_ == before) reread();
    return {};
}

void NetworkSetup::tell() {
    share_claims();
    if (!is_changing_) on_change_();
}

}  // namespace nlinit::app
