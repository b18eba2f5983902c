// SPDX-License-Identifier: Apache-2.0
// nlinit's own dhcp::Client in the fleet.
#include <cstdio>
#include <cstdlib>

#include "guest.hpp"
#include "nlinit/dhcp/client.hpp"

namespace fleet {
namespace {

namespace dhcp = nlinit::dhcp;

dhcp::ClientConfig config_of(ClientNumber number, bool rapid_commit) {
    dhcp::ClientConfig config;
    config.mac = mac_of(number);
    config.rapid_commit = rapid_commit;
    return config;
}

dhcp::Message over_the_wire(const dhcp::Message& message) {
    const auto parsed = dhcp::parse(dhcp::serialize(message));
    const auto* arrived = std::get_if<dhcp::Message>(&parsed);
    if (!arrived || !(*arrived == message)) {
        std::fprintf(stderr, "a %s does not survive the wire\n", std::string(name_of(message.type)).c_str());
        std::abort();
    }
    return *arrived;
}

class NlinitGuest final : public Guest {
  public:
    NlinitGuest(ClientNumber number, Random random, const Scenario& scenario)
        : client_(config_of(number, scenario.rapid_commit), [random]() mutable { return random.word(); }),
          number_(number),
          lease_(scenario.lease),
          wire_(scenario.wire) {}

    std::optional<Request> power_on(TimePoint now) override { return perform(client_.handle(dhcp::LinkUp{}, now)); }
    std::optional<Request> wake(TimePoint now) override {
        return perform(client_.handle(dhcp::DeadlineReached{}, now));
    }
    std::optional<Request> take(const Reply& reply, TimePoint now) override {
        const auto message = message_of(reply, number_, lease_);
        return perform(client_.handle(dhcp::Received{wire_ ? over_the_wire(message) : message, kServer}, now));
    }

    [[nodiscard]] TimePoint deadline() const override { return client_.deadline().value_or(nlinit::kNever); }
    [[nodiscard]] Progress progress() const override { return client_.lease() ? Progress::bound : Progress::trying; }
    [[nodiscard]] nlinit::Ipv4Address address() const override {
        return client_.lease() ? client_.lease()->address : nlinit::Ipv4Address();
    }

  private:
    // One event makes the client send one message at most.
    [[nodiscard]] std::optional<Request> perform(const std::vector<dhcp::Action>& actions) const {
        for (const auto& action : actions) {
            const auto* by_broadcast = std::get_if<dhcp::Broadcast>(&action);
            const auto* by_unicast = std::get_if<dhcp::Unicast>(&action);
            if (!by_broadcast && !by_unicast) continue;
            const auto& message = by_broadcast ? by_broadcast->message : by_unicast->message;
            return request_in(wire_ ? over_the_wire(message) : message);
        }
        return std::nullopt;
    }

    dhcp::Client client_;
    ClientNumber number_;
    Duration lease_;
    bool wire_;
};

}  // namespace

std::unique_ptr<Guest> make_nlinit_guest(ClientNumber number, Random random, const Scenario& scenario) {
    return std::make_unique<NlinitGuest>(number, random, scenario);
}

}  // namespace fleet
