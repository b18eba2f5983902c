// SPDX-License-Identifier: Apache-2.0
// A DHCPv6 client whose clock only the test moves, beside a server whose answers are values. What the client does is
// kept as one line an action, so that an exchange reads like a capture:
//
//     Dhcp6Harness guest;
//     guest.link_up();
//     guest.receive(guest.rapid_reply());
//     EXPECT_THAT(guest.take(), ElementsAre("SOLICIT rapid", "bind 2001:db8::15"));
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "nlinit/dhcp6/client.hpp"

namespace nlinit::test {

inline constexpr MacAddress kDhcp6Mac{{0x52, 0x54, 0x00, 0x12, 0x34, 0x56}};

inline Ipv6Address address_of(std::string_view text) {
    return Ipv6Address::parse(text).value_or(Ipv6Address());
}

// The server of that number.
inline dhcp6::Duid server_duid(std::uint8_t number = 1) {
    return dhcp6::Duid::of_link_layer(MacAddress({0x02, 0, 0, 0, 0, number}));
}

inline dhcp6::ClientConfig dhcp6_config() {
    dhcp6::ClientConfig config;
    config.duid = dhcp6::Duid::of_link_layer(kDhcp6Mac);
    config.iaid = dhcp6::iaid_of(kDhcp6Mac);
    return config;
}

inline dhcp6::ClientConfig stateless_config() {
    auto config = dhcp6_config();
    config.mode = dhcp6::Mode::stateless;
    return config;
}

// The addresses of a message or lease, each behind a space.
template <class Addresses>
std::string addresses_in(const Addresses& addresses) {
    std::string text;
    for (const auto& one : addresses) text += ' ' + one.address.to_string();
    return text;
}

struct Dhcp6Line {
    std::string operator()(const dhcp6::Send& sent) const {
        const auto& message = sent.message;
        std::string line(name_of(message.type));
        for (const auto& ia : message.ia_na) line += addresses_in(ia.addresses);
        if (!message.server.empty()) line += " to " + std::to_string(message.server.octets().back());
        if (message.rapid_commit) line += " rapid";
        return line;
    }
    std::string operator()(const dhcp6::Bind& bind) const { return "bind" + addresses_in(bind.lease.addresses); }
    std::string operator()(const dhcp6::Unbind& unbind) const {
        return "unbind" + addresses_in(unbind.lease.addresses) + ' ' + std::string(name_of(unbind.reason));
    }
    std::string operator()(const dhcp6::Configured& configured) const {
        std::string line = "configured";
        for (const auto& server : configured.configuration.name_servers) line += ' ' + server.to_string();
        for (const auto& domain : configured.configuration.search_domains) line += ' ' + domain;
        return line;
    }
};

class Dhcp6Harness {
  public:
    struct Done {
        TimePoint at;
        dhcp6::Action action;
    };

    explicit Dhcp6Harness(dhcp6::ClientConfig config = dhcp6_config(), std::uint32_t seed = 1)
        : config_(config),
          client_(config, [random = std::mt19937(seed)]() mutable { return static_cast<std::uint32_t>(random()); }) {}
    // A client that has got its lease, with nothing left in take().
    static Dhcp6Harness bound(dhcp6::ClientConfig config = dhcp6_config()) {
        Dhcp6Harness guest(config);
        guest.link_up();
        guest.receive(guest.rapid_reply());
        EXPECT_EQ(guest.state(), dhcp6::State::bound);
        guest.take();
        return guest;
    }

    void link_up() { handle(dhcp6::LinkUp{}); }
    void link_down() { handle(dhcp6::LinkDown{}); }
    void conflict(std::string_view address = "2001:db8::15") { handle(dhcp6::AddressConflict{address_of(address)}); }
    void renew_now() { handle(dhcp6::RenewNow{}); }
    void stop() { handle(dhcp6::Stop{}); }
    void wake() { handle(dhcp6::DeadlineReached{}); }
    void receive(const dhcp6::Message& message) { handle(dhcp6::Received{message}); }
    // Delivers the message and checks that nothing but the counter of the reason moves.
    void expect_drop(const dhcp6::Message& message, dhcp6::DropReason reason) {
        const auto before = client_;
        const auto done_before = history_.size();
        receive(message);
        EXPECT_EQ(client_.drops()[reason], before.drops()[reason] + 1) << name_of(reason);
        EXPECT_EQ(client_.drops().total(), before.drops().total() + 1);
        EXPECT_EQ(client_.state(), before.state()) << name_of(client_.state());
        EXPECT_EQ(client_.deadline(), before.deadline()) << "no drop moves a timer";
        EXPECT_EQ(client_.xid(), before.xid());
        for (auto i = done_before; i < history_.size(); ++i)
            ADD_FAILURE() << "did: " << std::visit(Dhcp6Line{}, history_[i].action);
    }

    // Lets time pass: every deadline on the way is reached at its own time.
    void advance_to(TimePoint then) {
        for (int wakes = 0; client_.deadline() && *client_.deadline() <= then; ++wakes) {
            if (wakes == 100000) {
                ADD_FAILURE() << "a deadline follows the other without end";
                break;
            }
            advance_to_deadline();
        }
        now_ = std::max(now_, then);
    }
    void advance_by(Duration duration) { advance_to(now_ + duration); }
    // Goes to the next deadline and reaches it.
    void advance_to_deadline() {
        now_ = std::max(now_, deadline());
        wake();
    }
    // Lets time pass unnoticed, so that whatever comes next comes before the timer.
    void sleep_by(Duration duration) { now_ += duration; }

    // Answers to the exchange under way: 2001:db8::15, preferred for 2000 s and valid for 4000 s, T1 and T2 as RFC 8415
    // recommends, and no options beside.
    [[nodiscard]] dhcp6::Message reply(std::uint8_t server = 1) const {
        dhcp6::Message message;
        message.type = dhcp6::MessageType::reply;
        message.xid = client_.xid();
        message.client = config_.duid;
        message.server = server_duid(server);
        message.ia_na = {{config_.iaid, 1000, 1600, {{address_of("2001:db8::15"), 2000, 4000, {}}}, {}}};
        return message;
    }
    [[nodiscard]] dhcp6::Message rapid_reply() const {
        auto message = reply();
        message.rapid_commit = true;
        return message;
    }
    [[nodiscard]] dhcp6::Message advertise(std::uint8_t server = 1, std::optional<std::uint8_t> preference = {}) const {
        auto message = reply(server);
        message.type = dhcp6::MessageType::advertise;
        message.preference = preference;
        return message;
    }
    // Without addresses: in the message, and in the IA.
    [[nodiscard]] dhcp6::Message status(dhcp6::StatusCode code) const {
        auto message = reply();
        message.status = {code, "no such luck"};
        message.ia_na.clear();
        return message;
    }
    [[nodiscard]] dhcp6::Message ia_status(dhcp6::StatusCode code) const {
        auto message = reply();
        message.ia_na.front().status = {code, "no such luck"};
        message.ia_na.front().addresses.clear();
        return message;
    }

    // What was done since the last take(), one line an action.
    std::vector<std::string> take() {
        std::vector<std::string> lines;
        for (; taken_ < history_.size(); ++taken_) lines.push_back(std::visit(Dhcp6Line{}, history_[taken_].action));
        return lines;
    }
    [[nodiscard]] const std::vector<Done>& history() const noexcept { return history_; }
    [[nodiscard]] const dhcp6::Message& last_sent() const {
        for (auto done = history_.rbegin(); done != history_.rend(); ++done) {
            if (const auto* sent = std::get_if<dhcp6::Send>(&done->action)) return sent->message;
        }
        static const dhcp6::Message kNone;
        ADD_FAILURE() << "nothing was sent";
        return kNone;
    }
    [[nodiscard]] dhcp6::Lease lease() const {
        EXPECT_NE(client_.lease(), nullptr);
        return client_.lease() ? *client_.lease() : dhcp6::Lease{};
    }
    [[nodiscard]] const dhcp6::Client& client() const noexcept { return client_; }
    [[nodiscard]] dhcp6::State state() const noexcept { return client_.state(); }
    [[nodiscard]] TimePoint now() const noexcept { return now_; }
    [[nodiscard]] TimePoint deadline() const {
        EXPECT_TRUE(client_.deadline());
        return client_.deadline().value_or(now_);
    }

  private:
    void handle(const dhcp6::Event& event) {
        for (auto& action : client_.handle(event, now_)) history_.push_back({now_, std::move(action)});
    }

    dhcp6::ClientConfig config_;
    dhcp6::Client client_;
    TimePoint now_{std::chrono::seconds(3)};
    std::vector<Done> history_;
    std::size_t taken_ = 0;
};

}  // namespace nlinit::test
