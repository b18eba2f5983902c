// SPDX-License-Identifier: Apache-2.0
#include "app/network/link_maker.hpp"

#include <algorithm>
#include <cerrno>

#include "nlinit/base/append.hpp"
#include "nlinit/net/primary_interface.hpp"
#include "nlinit/netlink/links.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::app {

void LinkMaker::wish(const config::Network& network) {
    names_ = network.link_names;
    vlans_ = network.vlans;
}

void LinkMaker::say_once(log::Level level, const std::string& sentence) {
    if (std::ranges::find(said_, sentence) != said_.end()) return;
    said_.push_back(sentence);
    log::write(level, "net", sentence);
}

bool LinkMaker::give_name(netlink::Socket& netlink, Link& link, const std::string& name) {
    if (auto done = netlink.transact(netlink::make_set_name(link.index, link.name, name)); !done.ok()) {
        const char* why = done.error().code == EBUSY    ? ": it is up already"
                          : done.error().code == EEXIST ? ": another interface has that name"
                                                        : "";
        say_once(log::Level::error, to_string(done.error()) + why);
        return false;
    }
    log::info("net", {link.name, " is now called ", name});
    link.name = name;
    return true;
}

bool LinkMaker::rename(netlink::Socket& netlink, std::vector<Link>& links) {
    bool changed = false;
    const auto wished_for = [&](const Link& link) {
        return std::ranges::find_if(names_, [&](const auto& wish) {
            const auto* its = find_interface(links, wish.mac.to_string());
            return its != nullptr && its->index == link.index;
        });
    };
    for (const auto& [name, mac] : names_) {
        const Link* found = find_interface(links, mac.to_string());
        if (found == nullptr)
            unmet_.push_back(
                concat({"there is no interface with the MAC address ", mac.to_string(), " to be called ", name}));
        if (found == nullptr || found->name == name) continue;
        auto& link = links[static_cast<std::size_t>(found - links.data())];
        // Two may change names with one another: the holder is moved aside, and gets its own name in its turn.
        const auto holder = std::ranges::find(links, name, &Link::name);
        if (holder != links.end() && wished_for(*holder) != names_.end())
            changed |= give_name(netlink, *holder, "rename" + std::to_string(static_cast<int>(holder->index)));
        changed |= give_name(netlink, link, name);
    }
    return changed;
}

bool LinkMaker::make(netlink::Socket& netlink, const config::Vlan& vlan, const Link& parent) {
    const auto made = netlink.transact(netlink::make_add_vlan(vlan.name, parent, vlan.id));
    if (made.ok()) {
        log::info("net", {vlan.name, " is VLAN ", std::to_string(vlan.id), " on ", parent.name});
        return true;
    }
    if (made.error().code == EOPNOTSUPP) {
        say_once(
            log::Level::error,
            concat({vlan.name, " cannot be made: the kernel has no VLANs (CONFIG_VLAN_8021Q), and there is no module ",
                    "8021q for it"}));
    } else {
        say_once(log::Level::error, to_string(made.error()));
    }
    return false;
}

bool LinkMaker::work(netlink::Socket& netlink, std::vector<Link> links) {
    unmet_.clear();
    bool changed = rename(netlink, links);
    parents_.clear();
    for (const auto& vlan : vlans_) {
        const auto parent = std::ranges::find(links, vlan.parent, &Link::name);
        if (parent == links.end()) {  // it may come yet
            append(unmet_, {vlan.name, " is not made: there is no interface ", vlan.parent});
            continue;
        }
        const auto there = std::ranges::find(links, vlan.name, &Link::name);
        const bool is_it = there != links.end() && there->kind == netlink::kVlanKind && there->lower == parent->index &&
                           there->vlan_id == vlan.id;
        if (there != links.end() && !is_it)
            say_once(log::Level::warning,
                     concat({vlan.name, " is there already, but is not VLAN ", std::to_string(vlan.id), " on ",
                             vlan.parent, "; it is used as it is"}));
        if (there == links.end() && !make(netlink, vlan, *parent)) continue;
        changed |= there == links.end();
        if (there == links.end() || is_it) parents_.push_back(*parent);
    }
    return changed;
}

}  // namespace nlinit::app
