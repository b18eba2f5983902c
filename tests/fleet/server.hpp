// SPDX-License-Identifier: Apache-2.0
// The one server: answers so many requests a second, in the order in which they came, lets so many wait and loses the
// others. Repeated requests cost it as much as new ones.
#pragma once

#include <deque>
#include <optional>
#include <unordered_map>

#include "packet.hpp"
#include "scenario.hpp"

namespace fleet {

class Server {
  public:
    explicit Server(const Scenario& scenario);

    struct Answer {
        Reply reply;
        TimePoint at;  // when it leaves
    };
    // A request that arrives now, not earlier than the one before; nothing if it was lost. What it is answered with is
    // settled at once, since requests are served in this order.
    [[nodiscard]] std::optional<Answer> take(const Request& request, TimePoint now);

    [[nodiscard]] std::uint64_t received() const noexcept { return received_; }
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

  private:
    [[nodiscard]] Reply answer_to(const Request& request);
    [[nodiscard]] nlinit::Ipv4Address address_for(ClientNumber client);

    Duration service_;
    std::size_t queue_;
    bool rapid_commit_;
    std::deque<TimePoint> ends_;  // of the service of each request that is being served or waits
    std::unordered_map<ClientNumber, nlinit::Ipv4Address> addresses_;
    std::uint64_t received_ = 0, dropped_ = 0;
};

}  // namespace fleet
