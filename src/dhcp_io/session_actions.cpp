// SPDX-License-Identifier: Apache-2.0
// What a session does when its client wants it: packets, the plan in the kernel, the look for another host.
#include "nlinit/base/append.hpp"
#include "nlinit/dhcp_io/drops_in_words.hpp"
#include "nlinit/dhcp_io/link_layer.hpp"
#include "nlinit/dhcp_io/session.hpp"
#include "nlinit/dhcp_io/udp_socket.hpp"
#include "nlinit/net/route_plan.hpp"
#include "nlinit/wire/frame.hpp"

namespace nlinit::dhcp_io {
namespace {

using namespace std::chrono_literals;

constexpr Duration kIdleDelay = 1s;  // closing the packet socket blocks for up to 20 ms: not while a boot is under way
constexpr Duration kDepartureLimit = 500ms;

}  // namespace

void Session::perform(const dhcp::Broadcast& action) {
    const auto packet = wire::wrap({}, kBroadcastAddress, dhcp::serialize(action.message));
    Result<> sent = open();
    if (sent.ok()) sent = socket_->broadcast(packet);
    // Counts as sent: the client's deadline repeats it.
    if (!sent.ok()) log::debug("dhcp", {link_.name, ": ", to_string(sent.error())});
    packets_.sent(action.message, kBroadcastAddress, packet);
}

void Session::perform(const dhcp::Unicast& action) {
    const auto payload = dhcp::serialize(action.message);
    // Where no route leads to it, a socket bound to the device would ask the link for a neighbour that is not there.
    const bool reachable = leads_to(plan().routes, action.destination);
    const auto destination = reachable ? action.destination : kBroadcastAddress;
    const auto packet = wire::wrap(action.source, destination, payload);
    // The answer comes to the packet socket, so it must be there before the question leaves.
    Result<> ready = open();
    Result<sys::UniqueFd> sent = Error{0, "no route leads to the DHCP server " + action.destination.to_string()};
    if (reachable) sent = send_unicast(link_.name, action.source, action.destination, payload);
    if (sent.ok()) {
        udp_socket_ = *std::move(sent);
    } else {
        say_once(log::Level::info, to_string(sent.error()) + ": what is for it is broadcast");
        if (ready.ok()) ready = socket_->broadcast(packet);
    }
    if (!ready.ok()) log::debug("dhcp", {link_.name, ": ", to_string(ready.error())});
    packets_.sent(action.message, destination, packet);
}

void Session::apply(const dhcp::Lease& lease) {
    unusable_.clear();
    if (auto why = why_without_address(lease, settings_.routes); !why.empty()) unusable_.push_back({0, std::move(why)});
    for (const auto& failure : unusable_) say_once(log::Level::error, to_string(failure));
    applier_.apply(plan_for(lease, settings_.routes, BootClock::now()));
}

void Session::perform(const dhcp::Bind& action) {
    if (action.lease.is_too_short_to_renew())
        say_once(log::Level::warning,
                 concat({"lease of ", std::to_string(action.lease.duration.count()),
                         " s is too short to renew: it is used to its end, and then asked for anew"}));
    to_announce_ = action.lease.address;
    drops_at_grant_ = drops();
    apply(action.lease);
    conflict_.clear();
    tell_of(action.lease);
    keep_for_next_time(&action.lease);
}

// Neighbours that knew the address by another MAC address can answer only after the announcement: whoever hears of the
// lease may count on both. What the kernel refused at first is announced when it is there.
void Session::on_applied() {
    if (to_announce_ && failures().empty()) announce(*std::exchange(to_announce_, std::nullopt));
    on_change_();
}

void Session::perform(const dhcp::Probe& action) {
    const bool somebody_waits = client_.state() == dhcp::State::checking;
    const auto& timing = somebody_waits ? dhcp::kQuickProbing : dhcp::kStandardProbing;
    const auto watched = guard_.watch(link_, action.lease.address, timing);
    if (watched.ok()) return;
    cannot_probe_ = true;
    say_once(log::Level::warning,
             to_string(watched.error()) + ": no conflict will be noticed, and the address counts as free");
}

void Session::perform(const dhcp::Unbind& action) {
    if (guard_.watches(action.lease.address)) guard_.stop();  // and not when the next one is looked at already
    const bool asked_for = action.reason == dhcp::UnbindReason::stopped;
    leased_.clear();
    to_announce_.reset();
    log::write(
        asked_for ? log::Level::info : log::Level::warning, "dhcp",
        {link_.name, ": lease of ", action.lease.address.to_string(), " ended (", name_of(action.reason), ")",
         (action.reason == dhcp::UnbindReason::expired ? answers_of_no_use(drops().since(drops_at_grant_)) : "")});
    // With the address goes what still waits for the server's MAC address.
    if (asked_for && udp_socket_.valid() && !is_sent_by(udp_socket_.get(), BootClock::now() + kDepartureLimit))
        log::warning("dhcp", {link_.name, ": RELEASE could not be sent: nobody answers for the server's address"});
    unusable_.clear();
    applier_.apply({});
    // A lease that was not given back is still ours when the next boot asks for it.
    if (!asked_for || (settings_.client.release_on_stop && link_.carrier)) keep_for_next_time(nullptr);
}

void Session::on_conflict(MacAddress other) {
    const auto address = guard_.address();
    conflict_ = concat({address.to_string(), " is another host's already, ", other.to_string()});
    say_once(log::Level::warning, conflict_);
    handle(dhcp::AddressConflict{});
}

// Gratuitous ARP: whoever knew the address by another MAC address learns of it.
void Session::announce(Ipv4Address address) {
    if (!socket_) close_soon_if(open().ok());  // the kernel took long to take the address
    if (!socket_) return;
    const auto announcement = wire::make_arp_announcement(link_.mac, address);
    if (auto sent = socket_->broadcast(announcement); !sent.ok())
        log::debug("dhcp", {link_.name, ": ", to_string(sent.error())});
    packets_.sent(announcement);
}

void Session::close_soon_if(bool idle) {
    loop_.arm(idle_timer_, idle ? std::optional(BootClock::now() + kIdleDelay) : std::nullopt);
}

}  // namespace nlinit::dhcp_io
