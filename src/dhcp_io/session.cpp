// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/session.hpp"

#include <algorithm>

#include "nlinit/dhcp_io/link_layer.hpp"
#include "nlinit/dhcp_io/random_bits.hpp"
#include "nlinit/dhcp_io/rehearsal.hpp"
#include "nlinit/wire/frame.hpp"

namespace nlinit::dhcp_io {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t kSmallestMaximumMessage = 576;  // RFC 2132 9.10

Session::Settings fitted(Session::Settings settings, const Link& link) {
    settings.client.mac = link.mac;
    settings.client.maximum_message_size = static_cast<std::uint16_t>(
        std::clamp<std::uint32_t>(link.mtu, kSmallestMaximumMessage, PacketSocket::kMaxPacketSize));
    return settings;
}

}  // namespace

Session::Session(sys::EventLoop& loop, netlink::Socket& netlink, const Link& link, Settings settings,
                 std::function<void()> on_change)
    : loop_(loop),
      link_(link),
      settings_(fitted(std::move(settings), link)),
      on_change_(std::move(on_change)),
      client_(settings_.client, random_bits),
      packets_(settings_.capture, link.mac),
      applier_(loop, netlink, link, netlink::RouteOrigin::dhcp, {Family::kIpv4}, [this] { on_applied(); }),
      guard_(loop, packets_, random_bits,
             [this](AddressGuard::Finding finding, MacAddress other) {
                 if (finding == AddressGuard::Finding::free) return handle(dhcp::AddressFree{});
                 on_conflict(other);
             }),
      client_timer_(loop.add_timer([this] { handle(dhcp::DeadlineReached{}); })),
      idle_timer_(loop.add_timer([this] { close_socket(); })) {
    link_.carrier = false;  // until update() says so
}

Session::~Session() {
    for (const auto timer : {client_timer_, idle_timer_}) loop_.remove_timer(timer);
    if (socket_) loop_.unwatch(socket_->fd());
}

Result<> Session::open() {
    if (socket_) return {};
    auto socket = PacketSocket::open(link_.index, link_.mac);
    if (!socket.ok()) return socket.error();
    socket_.emplace(*std::move(socket));
    applier_.read_stale();
    // Not between carrier and route, where it would cost what it is to save.
    if (!link_.admin_up && client_.state() == dhcp::State::stopped)
        applier_.rehearse(rehearse(settings_.client, settings_.routes, BootClock::now()));
    auto watched = loop_.watch(socket_->fd(), [this] { receive(); });
    if (!watched.ok()) socket_.reset();
    return watched;
}

void Session::update(const Link& link) {
    if (stopped_ || carrier_changes_between(link_, link) < 0) return;  // an older event tells nothing new
    const bool had_carrier = link_.carrier;
    const bool flapped = had_carrier && link.carrier && carrier_changes_between(link_, link) >= 2;
    link_ = link;
    applier_.update(link);
    if (flapped) handle(dhcp::LinkDown{});  // and up again, before anybody looked
    if (link.carrier == had_carrier && !flapped) return;
    if (link.carrier) {
        handle(dhcp::LinkUp{});
    } else {
        handle(dhcp::LinkDown{});
    }
}

void Session::prefer(dhcp::RoutePreferences routes) {
    settings_.routes = std::move(routes);
    const auto* lease = client_.lease();
    if (lease == nullptr) return;
    apply(*lease);
    tell_remarks_on(*lease);
}

void Session::adopt(std::string host_name, bool release_on_stop) {
    const bool renamed = host_name != settings_.client.host_name;
    settings_.client.host_name = host_name;
    settings_.client.release_on_stop = release_on_stop;
    client_.change_host_name(std::move(host_name), release_on_stop);
    // So that the server learns of it before half of the lease is over.
    if (client_.lease() != nullptr && renamed) renew();
}

void Session::recall(const dhcp::Lease& lease) {
    if (stopped_) return;
    settings_.client.previous_lease = lease;  // for the rehearsal, where there is one yet
    handle(dhcp::Recalled{lease});
}

dhcp::LeaseHolder Session::holder() const {
    return {settings_.client.mac, client_identifier(settings_.client)};
}

void Session::renew() {
    if (!stopped_) handle(dhcp::RenewNow{});
}

void Session::stop() {
    handle(dhcp::Stop{});
    stopped_ = true;
}

void Session::receive() {
    const auto dropped = [this] { return frame_drops_.total() + client_.drops().total(); };
    const auto before = dropped();
    receive_some();
    if (dropped() != before) narrow_filter();
}

void Session::receive_some() {
    const auto before = client_.state();
    for (int i = 0; i < kMaxPacketsPerTurn && socket_; ++i) {
        const auto received = socket_->receive();
        if (std::holds_alternative<PacketSocket::Nothing>(received)) return;
        if (const auto* reason = std::get_if<DropReason>(&received)) frame_drops_.count(*reason);
        if (const auto* packet = std::get_if<PacketSocket::Packet>(&received)) take(*packet);
        if (client_.state() != before) return;  // what is queued behind the answer waits for the next turn
    }
}

// From the first packet on that was of no use, and not before: on a link where nobody disturbs the exchange it costs no
// system call. What the kernel keeps out then is no longer counted.
void Session::narrow_filter() {
    if (socket_ && socket_->only_xid() != client_.xid()) filter_for(client_.xid());
}

// Before the question leaves, or its answer would be kept out.
void Session::follow_transaction() {
    if (socket_ && socket_->only_xid() && client_.xid() != 0 && socket_->only_xid() != client_.xid())
        filter_for(client_.xid());
}

void Session::filter_for(std::uint32_t xid) {
    const auto done = socket_->take_only(xid);
    if (done.ok()) return;
    log::debug("dhcp", {link_.name, ": ", to_string(done.error())});
    close_socket();  // another is opened for the next question, and hears all
}

void Session::take(const PacketSocket::Packet& packet) {
    packets_.heard(packet);
    const auto datagram = wire::unwrap(packet.bytes, packet.checksum);
    if (const auto* reason = std::get_if<DropReason>(&datagram)) {
        frame_drops_.count(*reason);
        return;
    }
    const auto& [source, destination, payload, port] = std::get<wire::Datagram>(datagram);
    auto message = dhcp::parse(payload);
    if (const auto* reason = std::get_if<DropReason>(&message)) {
        frame_drops_.count(*reason);
        return;
    }
    packets_.understood(std::get<dhcp::Message>(message), source);
    if (port != wire::kServerPort) ++from_other_ports_;
    handle(dhcp::Received{std::get<dhcp::Message>(std::move(message)), source});
}

void Session::handle(const dhcp::Event& event) {
    step(event);
    // Who cannot look for another host with the address sees none, and nothing is gained by waiting.
    if (std::exchange(cannot_probe_, false)) step(dhcp::AddressFree{});
}

void Session::step(const dhcp::Event& event) {
    const auto before = client_.state();
    const auto actions = client_.handle(event, BootClock::now());
    loop_.arm(client_timer_, client_.deadline());  // whatever becomes of the actions
    if (std::holds_alternative<dhcp::Received>(event)) tell_of_refusal();
    follow_transaction();
    for (const auto& action : actions) std::visit([this](const auto& wanted) { perform(wanted); }, action);
    const auto after = client_.state();
    if (before == after) return;
    // Refused before it was in use, or declined: not to be asked for at the next boot either.
    const bool refused = before == dhcp::State::rebooting && after != dhcp::State::bound &&
                         after != dhcp::State::checking && std::holds_alternative<dhcp::Received>(event);
    const bool declined = before == dhcp::State::checking && after == dhcp::State::init;
    if ((refused || declined) && client_.lease() == nullptr) keep_for_next_time(nullptr);
    if (after == dhcp::State::waiting_for_link || after == dhcp::State::stopped) guard_.stop();
    if (after != dhcp::State::renewing) udp_socket_.reset();
    if (before == dhcp::State::ipv6_only || after == dhcp::State::ipv6_only) on_change_();
    if (log::enabled(log::Level::debug))
        log::debug("dhcp", {link_.name, ": ", name_of(before), " -> ", name_of(after)});
    close_soon_if(after == dhcp::State::bound);
}

void Session::keep_for_next_time(const dhcp::Lease* lease) {
    if (settings_.keep_lease) settings_.keep_lease(lease);
}

void Session::close_socket() {
    if (!socket_) return;
    loop_.unwatch(socket_->fd());
    socket_.reset();
}

}  // namespace nlinit::dhcp_io
