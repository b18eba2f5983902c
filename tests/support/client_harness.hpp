// SPDX-License-Identifier: Apache-2.0
// A DHCP client whose clock only the test moves, beside a server whose answers are values. What the client does is
// kept as one line an action, so that an exchange reads like a capture:
//
//     ClientHarness guest;
//     guest.link_up();
//     guest.receive(guest.offer());
//     guest.receive(guest.ack());
//     EXPECT_THAT(guest.take(), ElementsAre("broadcast DISCOVER rapid",
//                                           "broadcast REQUEST requested=10.0.2.15 server=10.0.2.2",
//                                           "bind 10.0.2.15/24"));
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "nlinit/dhcp/client.hpp"

namespace nlinit::test {

inline constexpr MacAddress kGuestMac{{0x52, 0x54, 0x00, 0x12, 0x34, 0x56}};
inline constexpr Ipv4Address kGuestAddress{10, 0, 2, 15};
inline constexpr Ipv4Address kDhcpServer{10, 0, 2, 2}, kOtherDhcpServer{10, 0, 2, 3};

// A generator of bits that gives the same ones each time.
dhcp::RandomBits seeded_bits(std::uint32_t seed);

dhcp::ClientConfig guest_config();  // all defaults, and the guest's MAC

// "broadcast REQUEST ciaddr=10.0.2.15", "unbind 10.0.2.15 expired": the fields that tell one REQUEST from another.
std::string to_line(const dhcp::Action& action);

dhcp::Message without_option(dhcp::Message message, dhcp::OptionCode code);

class ClientHarness {
  public:
    struct Done {
        TimePoint at;
        dhcp::Action action;
    };

    explicit ClientHarness(dhcp::ClientConfig config = guest_config(), std::uint32_t seed = 1);
    // A client that has got its lease by DISCOVER and REQUEST, with nothing left in take().
    static ClientHarness bound(std::chrono::seconds lease_time = std::chrono::hours(1),
                               dhcp::ClientConfig config = guest_config());

    void link_up() { handle(dhcp::LinkUp{}); }
    void link_down() { handle(dhcp::LinkDown{}); }
    void conflict() { handle(dhcp::AddressConflict{}); }
    void address_is_free() { handle(dhcp::AddressFree{}); }
    void renew_now() { handle(dhcp::RenewNow{}); }
    void recall(const dhcp::Lease& lease) { handle(dhcp::Recalled{lease}); }
    void stop() { handle(dhcp::Stop{}); }
    void receive(const dhcp::Message& message, Ipv4Address source = kDhcpServer) {
        handle(dhcp::Received{message, source});
    }
    // Delivers the message and checks that nothing but the counter of the reason moves.
    void expect_drop(const dhcp::Message& message, DropReason reason, Ipv4Address source = kDhcpServer);

    // Lets time pass: every deadline on the way is reached at its own time.
    void advance_to(TimePoint then);
    void advance_by(Duration duration) { advance_to(now_ + duration); }
    // Goes to the next deadline and reaches it.
    void advance_to_deadline();
    // Lets time jump, as for a VM that was paused: what is due by then is found to be due at once.
    void pause_by(Duration duration);
    // Lets time pass unnoticed, so that whatever comes next comes before the timer.
    void sleep_by(Duration duration) { now_ += duration; }
    // Wakes the client although nothing may be due.
    void wake() { handle(dhcp::DeadlineReached{}); }

    // Answers of kDhcpServer to the transaction under way: 10.0.2.15/24 for an hour, with a router.
    [[nodiscard]] dhcp::Message offer() const { return reply(dhcp::MessageType::offer); }
    [[nodiscard]] dhcp::Message ack() const { return reply(dhcp::MessageType::ack); }
    [[nodiscard]] dhcp::Message ack_for(std::chrono::seconds lease_time) const;
    [[nodiscard]] dhcp::Message rapid_ack() const;
    [[nodiscard]] dhcp::Message nak(Ipv4Address server = kDhcpServer) const;

    // What was done since the last take(), one line an action.
    std::vector<std::string> take();
    [[nodiscard]] const std::vector<Done>& history() const noexcept { return history_; }
    [[nodiscard]] const dhcp::Message& last_sent() const;
    [[nodiscard]] dhcp::Lease lease() const;  // the one in use
    [[nodiscard]] dhcp::Client& client() noexcept { return client_; }
    [[nodiscard]] dhcp::State state() const noexcept { return client_.state(); }
    [[nodiscard]] TimePoint now() const noexcept { return now_; }
    [[nodiscard]] TimePoint deadline() const;  // fails the test when there is none

  private:
    [[nodiscard]] dhcp::Message reply(dhcp::MessageType type) const;
    void handle(const dhcp::Event& event);

    dhcp::Client client_;
    TimePoint now_{std::chrono::seconds(3)};
    std::vector<Done> history_;
    std::size_t taken_ = 0;
};

}  // namespace nlinit::test
