// SPDX-License-Identifier: Apache-2.0
#include "server.hpp"

#include <algorithm>

namespace fleet {
namespace {

using nlinit::dhcp::MessageType;

constexpr nlinit::Ipv4Address kFirstAddress{10, 0, 1, 0};

}  // namespace

Server::Server(const Scenario& scenario)
    : service_(static_cast<Duration::rep>(1e9 / scenario.rate)),
      queue_(scenario.queue),
      rapid_commit_(scenario.rapid_commit) {}

std::optional<Server::Answer> Server::take(const Request& request, TimePoint now) {
    ++received_;
    while (!ends_.empty() && ends_.front() <= now) ends_.pop_front();
    if (ends_.size() > queue_) {  // the first is not waiting, it is being served
        ++dropped_;
        return std::nullopt;
    }
    ends_.push_back((ends_.empty() ? now : ends_.back()) + service_);
    return Answer{answer_to(request), ends_.back()};
}

Reply Server::answer_to(const Request& request) {
    const auto address = address_for(request.client);
    if (request.type == MessageType::discover) {
        const bool at_once = rapid_commit_ && request.rapid_commit;
        return {at_once ? MessageType::ack : MessageType::offer, at_once, request.xid, address};
    }
    if (request.address != address) return {MessageType::nak, false, request.xid, {}};
    return {MessageType::ack, false, request.xid, address};
}

// The same for as long as the server runs, and nobody else's.
nlinit::Ipv4Address Server::address_for(ClientNumber client) {
    const auto next = kFirstAddress.to_integer() + static_cast<std::uint32_t>(addresses_.size());
    return addresses_.try_emplace(client, nlinit::Ipv4Address::from_integer(next)).first->second;
}

}  // namespace fleet
