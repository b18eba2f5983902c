// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/dhcp6_session.hpp"

#include <algorithm>
#include <utility>

#include "nlinit/base/append.hpp"
#include "nlinit/dhcp_io/drops_in_words.hpp"
#include "nlinit/dhcp_io/link_layer.hpp"
#include "nlinit/dhcp_io/machine_duid.hpp"
#include "nlinit/dhcp_io/random_bits.hpp"

namespace nlinit::dhcp_io {
namespace {

Dhcp6Session::Settings of_link(Dhcp6Session::Settings settings, const Link& link) {
    settings.client.iaid = dhcp6::iaid_of(link.mac);
    if (settings.client.duid.empty()) settings.client.duid = machine_duid(link.mac);
    return settings;
}

}  // namespace

// Whatever else is on the link is a router's or the user's: the applier is to leave it alone.
Dhcp6Session::Dhcp6Session(sys::EventLoop& loop, netlink::Socket& netlink, const Link& link, Settings settings,
                           std::function<void()> on_change)
    : loop_(loop),
      netlink_(netlink),
      link_(link),
      settings_(of_link(std::move(settings), link)),
      on_change_(std::move(on_change)),
      client_(settings_.client, random_bits),
      packets_(settings_.capture, link.mac),
      applier_(loop, netlink, link, netlink::RouteOrigin::dhcp, {}, [this] { note_change(); }),
      timer_(loop.add_timer([this] { handle(dhcp6::DeadlineReached{}); })) {
    link_.carrier = false;  // until update() says so
}

Dhcp6Session::~Dhcp6Session() {
    loop_.remove_timer(timer_);
    close_socket();
}

void Dhcp6Session::update(const Link& link) {
    if (carrier_changes_between(link_, link) < 0) return;  // an older event tells nothing new
    if (stopped_) {
        if (is_leaving() && !link.carrier) handle(dhcp6::LinkDown{});  // nobody hears of it any more
        return;
    }
    const bool flapped = ready_ && link.carrier && carrier_changes_between(link_, link) >= 2;
    link_ = link;
    applier_.update(link);
    if (flapped && std::exchange(ready_, false)) handle(dhcp6::LinkDown{});  // and up again, before anybody looked
    follow_readiness();
}

void Dhcp6Session::update(const netlink::AddressEvent& event) {
    if (stopped_ || event.link != link_.index) return;
    event.address.address.is_link_local() ? follow_link_local(event) : follow_leased(event);
}

void Dhcp6Session::read_addresses() {
    std::vector<Ipv6Address> there;
    const auto listed = netlink::list_ipv6_addresses(netlink_, [&](const netlink::Ipv6Event& event) {
        const auto* address = std::get_if<netlink::AddressEvent>(&event);
        if (address == nullptr || address->link != link_.index) return;
        there.push_back(address->address.address);
        update(*address);
    });
    if (!listed.ok()) return log::debug("dhcp6", {link_.name, ": ", to_string(listed.error())});
    const auto is_missing = [&](const Ipv6Address& address) {
        return std::ranges::find(there, address) == there.end();
    };
    if (own_ && is_missing(*own_)) update({.link = link_.index, .address = {.address = *own_}, .removed = true});
    // What became of one that has gone unseen, another host's perhaps, the kernel finds out anew.
    const auto* lease = client_.lease();
    if (lease != nullptr && std::erase_if(usable_, is_missing) > 0) put_to_use(*lease);
}

// Any that may be sent from is as good as another, and the one in use the best.
void Dhcp6Session::follow_link_local(const netlink::AddressEvent& event) {
    const auto& address = event.address.address;
    const bool is_usable = !event.removed && event.address.is_in_use();
    if (is_usable && !own_) own_ = address;
    if (event.address.duplicate)
        said_.say(log::Level::debug, "dhcp6", link_.name,
                  conflict_ = address.to_string() + ", to send from, is another host's already");
    if (!is_usable && own_ == address) {
        own_.reset();
        close_socket();
        read_addresses();
    }
    follow_readiness();
}

void Dhcp6Session::follow_leased(const netlink::AddressEvent& event) {
    const auto& address = event.address.address;
    const auto* lease = client_.lease();
    if (lease == nullptr || !lease->has(address)) return;
    const bool was_usable = std::erase(usable_, address) > 0;
    const bool is_usable = !event.removed && event.address.is_in_use();
    if (is_usable) usable_.push_back(address);
    if (event.address.duplicate) {
        said_.say(log::Level::debug, "dhcp6", link_.name,
                  conflict_ = address.to_string() + " is another host's already");
        return handle(dhcp6::AddressConflict{address});
    }
    if (was_usable != is_usable) note_change();
}

void Dhcp6Session::follow_readiness() {
    const bool ready = link_.carrier && own_;
    if (std::exchange(ready_, ready) == ready) return;
    if (ready) {
        handle(dhcp6::LinkUp{});
    } else {
        handle(dhcp6::LinkDown{});
    }
}

void Dhcp6Session::renew() {
    if (!stopped_) handle(dhcp6::RenewNow{});
}

// RFC 8415 18.2.7: a RELEASE is sent again until it is answered. A server that has heard of none learns of the end by
// the lease's own.
void Dhcp6Session::stop() {
    if (std::exchange(stopped_, true)) return;
    handle(dhcp6::Stop{});
}

bool Dhcp6Session::configured() const noexcept {
    const auto* lease = client_.lease();
    if (lease == nullptr) return client_.configuration() != nullptr;
    return failures().empty() && std::ranges::all_of(lease->addresses, [this](const dhcp6::LeasedAddress& leased) {
               return std::ranges::find(usable_, leased.address) != usable_.end();
           });
}

void Dhcp6Session::note_change() {
    if (!configured_at_ && configured()) configured_at_ = BootClock::now();
    on_change_();
}

// From the first datagram on that was of no use the kernel keeps others out, and does not count them.
void Dhcp6Session::receive() {
    const auto dropped = [this] { return datagram_drops_.total() + client_.drops().total(); };
    const auto before = dropped();
    receive_some();
    if (dropped() != before && socket_ && socket_->only_xid() != client_.xid()) filter_for(client_.xid());
}

void Dhcp6Session::receive_some() {
    const auto before = client_.state();
    for (int i = 0; i < kMaxPacketsPerTurn && socket_ && client_.state() == before; ++i) {
        const auto received = socket_->receive();
        if (std::holds_alternative<Dhcp6Socket::Nothing>(received)) return;
        if (const auto* reason = std::get_if<dhcp6::DropReason>(&received)) datagram_drops_.count(*reason);
        if (const auto* datagram = std::get_if<Dhcp6Socket::Datagram>(&received)) take(*datagram);
    }
}

void Dhcp6Session::take(const Dhcp6Socket::Datagram& datagram) {
    packets_.heard(datagram, socket_->own());
    auto message = dhcp6::parse(datagram.payload);
    if (const auto* reason = std::get_if<dhcp6::DropReason>(&message)) return datagram_drops_.count(*reason);
    packets_.understood(std::get<dhcp6::Message>(message), datagram.sender.address);
    handle(dhcp6::Received{std::get<dhcp6::Message>(std::move(message))});
}

void Dhcp6Session::filter_for(std::uint32_t xid) {
    const auto done = socket_->take_only(xid);
    if (done.ok()) return;
    log::debug("dhcp6", {link_.name, ": ", to_string(done.error())});
    close_socket();  // another is opened for the next question, and hears all
}

void Dhcp6Session::handle(const dhcp6::Event& event) {
    const auto before = client_.state();
    const auto actions = client_.handle(event, BootClock::now());
    loop_.arm(timer_, client_.deadline());  // whatever becomes of the actions
    if (std::holds_alternative<dhcp6::Received>(event)) tell_of_refusal();
    for (const auto& action : actions) std::visit([this](const auto& wanted) { perform(wanted); }, action);
    if (client_.xid() == 0) close_socket();  // nobody may ask this client for anything
    if (before == dhcp6::State::releasing && !is_leaving()) end_leaving(event);
    if (before != client_.state() && log::enabled(log::Level::debug))
        log::debug("dhcp6", {link_.name, ": ", name_of(before), " -> ", name_of(client_.state())});
}

void Dhcp6Session::end_leaving(const dhcp6::Event& event) {
    if (!std::holds_alternative<dhcp6::Received>(event))
        log::warning("dhcp6", {link_.name, ": no server has answered RELEASE"});
    on_change_();
}

// Counts as sent in any case: the client's deadline repeats it.
void Dhcp6Session::perform(const dhcp6::Send& action) {
    const auto payload = dhcp6::serialize(action.message);
    if (socket_ && socket_->only_xid() && socket_->only_xid() != action.message.xid) filter_for(action.message.xid);
    auto sent = open_socket();
    if (sent.ok()) sent = socket_->send(payload);
    if (!sent.ok()) log::debug("dhcp6", {link_.name, ": ", to_string(sent.error())});
    packets_.sent(action.message, own_.value_or(Ipv6Address()), payload);
}

void Dhcp6Session::perform(const dhcp6::Bind& action) {
    if (action.lease.is_too_short_to_renew())
        said_.say(log::Level::warning, "dhcp6", link_.name,
                  "the lease is too short to renew: it is used to its end, and then asked for anew");
    conflict_.clear();
    // What is left of a lease when one of its addresses has ended is bound too.
    if (std::exchange(granted_at_, action.lease.acquired_at) != action.lease.acquired_at) drops_at_grant_ = drops();
    std::erase_if(usable_, [&](const Ipv6Address& address) { return !action.lease.has(address); });
    put_to_use(action.lease);
    tell_of(action.lease);
    tell_of(action.lease.configuration);
}

void Dhcp6Session::perform(const dhcp6::Unbind& action) {
    const bool asked_for = action.reason == dhcp6::UnbindReason::stopped;
    log::write(
        asked_for ? log::Level::info : log::Level::warning, "dhcp6",
        {link_.name, ": lease of ", leased_, " ended (", name_of(action.reason), ")",
         (action.reason == dhcp6::UnbindReason::expired ? answers_of_no_use(drops().since(drops_at_grant_)) : "")});
    leased_.clear();
    usable_.clear();
    applier_.apply({});
}

void Dhcp6Session::perform(const dhcp6::Configured& action) {
    applier_.apply(plan_for(action.configuration, {link_.name, settings_.forever}));
    tell_of(action.configuration);
}

void Dhcp6Session::put_to_use(const dhcp6::Lease& lease) {
    auto plan = plan_for(lease, {link_.name, settings_.forever}, BootClock::now());
    std::erase_if(plan.addresses, [this](const InterfaceAddress& address) {
        const auto taken = taken_by_address(settings_.claims, address.local);
        if (!taken.empty())
            said_.say(log::Level::warning, "dhcp6", link_.name,
                      concat({"the leased address is ", taken, ": it is not used"}));
        return !taken.empty();
    });
    applier_.apply(std::move(plan));
}

void Dhcp6Session::respect(std::vector<Claim> claims) {
    settings_.claims = std::move(claims);
    if (const auto* lease = client_.lease()) put_to_use(*lease);
}

Result<> Dhcp6Session::open_socket() {
    if (socket_) return {};
    if (!own_) return Error{0, "there is no address to send from"};
    auto socket = Dhcp6Socket::open(link_, *own_);
    if (!socket.ok()) return socket.error();
    socket_.emplace(*std::move(socket));
    auto watched = loop_.watch(socket_->fd(), [this] { receive(); });
    if (!watched.ok()) socket_.reset();
    return watched;
}

void Dhcp6Session::close_socket() {
    if (!socket_) return;
    loop_.unwatch(socket_->fd());
    socket_.reset();
}

}  // namespace nlinit::dhcp_io
