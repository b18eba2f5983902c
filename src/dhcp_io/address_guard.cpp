// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/address_guard.hpp"

#include "nlinit/dhcp_io/link_layer.hpp"
#include "nlinit/sys/log/log.hpp"

namespace nlinit::dhcp_io {

AddressGuard::AddressGuard(sys::EventLoop& loop, PacketLog& packets, dhcp::RandomBits random,
                           std::function<void(Finding, MacAddress)> on_finding)
    : loop_(loop),
      packets_(packets),
      random_(std::move(random)),
      on_finding_(std::move(on_finding)),
      timer_(loop.add_timer([this] { perform(detector_->wake(BootClock::now()), {}); })) {}

AddressGuard::~AddressGuard() {
    stop();
    loop_.remove_timer(timer_);
}

Result<> AddressGuard::watch(const Link& link, Ipv4Address address, const dhcp::ProbeTiming& timing) {
    stop();
    auto socket = ArpSocket::open(link.index, address);
    if (!socket.ok()) return socket.error();
    socket_.emplace(*std::move(socket));
    if (auto watched = loop_.watch(socket_->fd(), [this] { receive(); }); !watched.ok()) {
        socket_.reset();
        return watched;
    }
    mac_ = link.mac;
    detector_.emplace(link.mac, random_);
    detector_->start(address, timing, BootClock::now());
    loop_.arm(timer_, detector_->deadline());
    return {};
}

void AddressGuard::stop() noexcept {
    loop_.arm(timer_, std::nullopt);
    if (!socket_) return;
    loop_.unwatch(socket_->fd());
    socket_.reset();
}

void AddressGuard::receive() {
    for (int i = 0; i < kMaxPacketsPerTurn && socket_; ++i) {
        const auto packet = socket_->receive();
        if (!packet) return;
        packets_.heard(*packet);
        perform(detector_->take(*packet, BootClock::now()), packet->sender_mac);
    }
}

void AddressGuard::perform(std::optional<dhcp::ConflictDetector::Action> action, MacAddress other) {
    using Action = dhcp::ConflictDetector::Action;
    loop_.arm(timer_, detector_->deadline());
    if (!action) return;
    const auto address = detector_->address();
    switch (*action) {
        case Action::send_probe:
            return send(wire::make_arp_probe(mac_, address));
        case Action::announce:
            log::warning("dhcp",
                         {"another host, ", other.to_string(), ", claims ", address.to_string(), "; defending it"});
            return send(wire::make_arp_announcement(mac_, address));
        case Action::report_free:
            return on_finding_(Finding::free, other);
        case Action::report_conflict:
            stop();
            return on_finding_(Finding::conflict, other);
    }
}

void AddressGuard::send(const wire::ArpPacket& packet) {
    if (auto sent = socket_->broadcast(packet); !sent.ok()) log::debug("dhcp", to_string(sent.error()));
    packets_.sent(packet);
}

}  // namespace nlinit::dhcp_io
