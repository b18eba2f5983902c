// SPDX-License-Identifier: Apache-2.0
// What becomes of a lease in use: T1, T2, its end, flaps of the link, conflicts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dhcp6/client_harness.hpp"

namespace nlinit::dhcp6 {
namespace {

using namespace std::chrono_literals;
using test::address_of;
using test::dhcp6_config;
using test::Dhcp6Harness;
using test::server_duid;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Message with_two_addresses(Message message) {
    message.ia_na.front().addresses.push_back({address_of("2001:db8::16"), 2000, 3000, {}});
    return message;
}

Dhcp6Harness bound_with_two(ClientConfig config = dhcp6_config()) {
    Dhcp6Harness guest(std::move(config));
    guest.link_up();
    guest.receive(with_two_addresses(guest.rapid_reply()));
    guest.take();
    return guest;
}

Dhcp6Harness renewing() {
    auto guest = Dhcp6Harness::bound();
    guest.advance_to(guest.lease().renew_at);
    EXPECT_THAT(guest.take(), ElementsAre("RENEW 2001:db8::15 to 1"));
    return guest;
}

TEST(Dhcp6RenewalTest, OneTickBeforeT1NothingAtT1ARenew) {
    auto guest = Dhcp6Harness::bound();
    const auto t1 = guest.lease().renew_at;
    EXPECT_GE(t1, guest.lease().acquired_at + 900s);
    EXPECT_LE(t1, guest.lease().acquired_at + 1100s);
    guest.advance_to(t1 - 1ns);
    guest.wake();
    EXPECT_THAT(guest.take(), IsEmpty());
    guest.advance_to(t1);
    EXPECT_THAT(guest.take(), ElementsAre("RENEW 2001:db8::15 to 1"));
}

TEST(Dhcp6RenewalTest, OneTickBeforeT2ARenewAtT2ARebindOfAnyServer) {
    auto guest = renewing();
    const auto t2 = guest.lease().rebind_at;
    guest.advance_to(t2 - 1ns);
    EXPECT_THAT(guest.take(), Each("RENEW 2001:db8::15 to 1"));
    EXPECT_EQ(guest.state(), State::renewing);
    guest.advance_to(t2);
    EXPECT_THAT(guest.take(), ElementsAre("REBIND 2001:db8::15"));
    guest.receive(guest.reply(2));
    EXPECT_THAT(guest.take(), ElementsAre("bind 2001:db8::15"));
    EXPECT_EQ(guest.lease().server, server_duid(2));
}

TEST(Dhcp6RenewalTest, AtTheEndTheAddressGoesAndTheSearchBegins) {
    auto guest = renewing();
    const auto end = guest.lease().last_end();
    EXPECT_EQ(end, guest.lease().acquired_at + 4000s);
    guest.advance_to(end - 1ns);
    EXPECT_EQ(guest.state(), State::rebinding);
    guest.take();
    guest.advance_to(end);
    EXPECT_THAT(guest.take(), ElementsAre("unbind 2001:db8::15 expired", "SOLICIT rapid"));
}

TEST(Dhcp6RenewalTest, ARenewalCountsFromTheRequestAndKeepsWhatItLeavesOut) {
    Dhcp6Harness guest;
    guest.link_up();
    auto first = guest.rapid_reply();
    first.name_servers = {address_of("2001:db8::53")};
    first.search_domains = {"lan"};
    guest.receive(first);
    guest.advance_to(guest.lease().renew_at);
    const auto asked_at = guest.now();
    guest.sleep_by(2s);
    guest.receive(guest.reply());
    EXPECT_EQ(guest.lease().acquired_at, asked_at);
    EXPECT_EQ(guest.lease().last_end(), asked_at + 4000s);
    EXPECT_THAT(guest.lease().configuration.name_servers, ElementsAre(address_of("2001:db8::53")));
    EXPECT_THAT(guest.lease().configuration.search_domains, ElementsAre("lan"));
}

TEST(Dhcp6RenewalTest, ARenewIsAnsweredByTheServerThatWasAsked) {
    auto guest = renewing();
    guest.expect_drop(guest.reply(2), DropReason::other_server);
}

// RFC 8415 18.2.10.1.
TEST(Dhcp6RenewalTest, AServerThatHasForgottenTheLeaseIsAskedForItAnew) {
    auto guest = renewing();
    guest.receive(guest.ia_status(StatusCode::no_binding));
    EXPECT_THAT(guest.take(), ElementsAre("REQUEST 2001:db8::15 to 1"));
    EXPECT_NE(guest.client().lease(), nullptr) << "it is used meanwhile";
    guest.receive(guest.reply());
    EXPECT_THAT(guest.take(), ElementsAre("bind 2001:db8::15"));
}

TEST(Dhcp6RenewalTest, OneThatThenRefusesItEndsTheLease) {
    auto guest = renewing();
    guest.receive(guest.ia_status(StatusCode::no_binding));
    guest.take();
    guest.receive(guest.ia_status(StatusCode::no_addrs_avail));
    EXPECT_THAT(guest.take(), ElementsAre("unbind 2001:db8::15 refused", "SOLICIT rapid"));
}

TEST(Dhcp6RenewalTest, OneThatThenIsSilentMakesItAQuestionToAll) {
    auto guest = renewing();
    guest.receive(guest.ia_status(StatusCode::no_binding));
    guest.take();
    for (int i = 0; i < 10; ++i) guest.advance_to_deadline();
    EXPECT_EQ(guest.take().back(), "REBIND 2001:db8::15");
    EXPECT_NE(guest.client().lease(), nullptr);
}

TEST(Dhcp6RenewalTest, AValidLifetimeOfZeroWithdrawsTheAddress) {
    auto guest = renewing();
    auto withdrawal = guest.reply();
    withdrawal.ia_na.front().addresses.front().preferred = 0;
    withdrawal.ia_na.front().addresses.front().valid = 0;
    guest.receive(withdrawal);
    EXPECT_THAT(guest.take(), ElementsAre("unbind 2001:db8::15 refused", "SOLICIT rapid"));
}

TEST(Dhcp6RenewalTest, OfSeveralAddressesOneMayBeReplacedAndTheOtherStays) {
    auto guest = bound_with_two();
    guest.advance_to(guest.lease().renew_at);
    auto reply = guest.reply();
    reply.ia_na.front().addresses = {{address_of("2001:db8::17"), 2000, 4000, {}},
                                     {address_of("2001:db8::15"), 0, 0, {}}};
    guest.receive(reply);
    EXPECT_EQ(guest.take().back(), "bind 2001:db8::17 2001:db8::16");
}

TEST(Dhcp6RenewalTest, EachOfSeveralAddressesEndsAtItsOwnTime) {
    auto guest = bound_with_two();
    const auto start = guest.lease().acquired_at;
    guest.advance_to(start + 3000s - 1ns);
    EXPECT_THAT(guest.take(), ::testing::Not(::testing::Contains("bind 2001:db8::15")));
    guest.advance_to(start + 3000s);
    EXPECT_EQ(guest.take().front(), "bind 2001:db8::15");
    guest.advance_to(start + 4000s);
    EXPECT_THAT(guest.take(), ::testing::Contains("unbind 2001:db8::15 expired"));
}

TEST(Dhcp6RenewalTest, AnInfiniteLeaseHasNoTimers) {
    Dhcp6Harness guest;
    guest.link_up();
    auto forever = guest.rapid_reply();
    forever.ia_na.front().t1 = forever.ia_na.front().t2 = kInfinity;
    forever.ia_na.front().addresses.front().preferred = forever.ia_na.front().addresses.front().valid = kInfinity;
    guest.receive(forever);
    EXPECT_FALSE(guest.client().deadline());
    guest.advance_by(24h * 365 * 50);
    EXPECT_EQ(guest.state(), State::bound);
}

TEST(Dhcp6RenewalTest, ALeaseThatIsTooShortToRenewEndsAndIsNotAskedForAtItsSpeed) {
    Dhcp6Harness guest;
    guest.link_up();
    const auto grant = [&] {
        auto brief = guest.rapid_reply();
        brief.ia_na.front().t1 = brief.ia_na.front().t2 = 0;
        brief.ia_na.front().addresses.front().preferred = brief.ia_na.front().addresses.front().valid = 1;
        guest.receive(brief);
    };
    for (int i = 0; i < 20; ++i) {
        grant();
        guest.advance_to_deadline();
        if (guest.state() == State::init) guest.advance_to_deadline();
    }
    EXPECT_GE(guest.now(), TimePoint(3s) + 19 * 10s - 10s);
    EXPECT_EQ(guest.client().messages().sent[5], 0U) << "nothing was renewed";
}

TEST(Dhcp6FlapTest, AfterAFlapTheLeaseIsConfirmed) {
    auto guest = Dhcp6Harness::bound();
    guest.link_down();
    guest.sleep_by(1min);
    EXPECT_THAT(guest.take(), IsEmpty()) << "the address stays";
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre("CONFIRM 2001:db8::15"));
    EXPECT_TRUE(guest.last_sent().server.empty());
    guest.receive(guest.status(StatusCode::success));
    EXPECT_THAT(guest.take(), ElementsAre("bind 2001:db8::15"));
    EXPECT_EQ(guest.state(), State::bound);
}

TEST(Dhcp6FlapTest, OnAnotherLinkTheAddressGoes) {
    auto guest = Dhcp6Harness::bound();
    guest.link_down();
    guest.link_up();
    guest.take();
    guest.receive(guest.status(StatusCode::not_on_link));
    EXPECT_THAT(guest.take(), ElementsAre("unbind 2001:db8::15 refused", "SOLICIT rapid"));
}

TEST(Dhcp6FlapTest, WhenNobodyConfirmsTheLeaseIsUsedAfterTenSeconds) {
    auto guest = Dhcp6Harness::bound();
    guest.link_down();
    guest.link_up();
    const auto started_at = guest.now();
    guest.advance_to(started_at + 10s - 1ns);
    EXPECT_THAT(guest.take(), Each("CONFIRM 2001:db8::15"));
    guest.advance_to(started_at + 10s);
    EXPECT_THAT(guest.take(), ElementsAre("bind 2001:db8::15"));
}

TEST(Dhcp6FlapTest, WithoutALinkALeaseEndsAllTheSame) {
    auto guest = Dhcp6Harness::bound();
    guest.link_down();
    guest.advance_by(4000s);
    EXPECT_THAT(guest.take(), ElementsAre("unbind 2001:db8::15 expired"));
    guest.link_up();
    EXPECT_THAT(guest.take(), ElementsAre("SOLICIT rapid"));
}

TEST(Dhcp6ConflictTest, AnAddressOfAnotherHostIsDeclined) {
    auto guest = Dhcp6Harness::bound();
    guest.conflict();
    EXPECT_THAT(guest.take(), ElementsAre("unbind 2001:db8::15 conflict", "DECLINE 2001:db8::15 to 1"));
    EXPECT_EQ(guest.state(), State::declining);
    guest.receive(guest.status(StatusCode::success));
    EXPECT_THAT(guest.take(), ElementsAre("SOLICIT rapid"));
}

TEST(Dhcp6ConflictTest, AfterFourDeclinesWithoutAnAnswerTheSearchBegins) {
    auto guest = Dhcp6Harness::bound();
    guest.conflict();
    for (int i = 0; i < 3; ++i) guest.advance_to_deadline();
    EXPECT_EQ(guest.client().messages().sent[9], 4U);
    guest.take();
    guest.advance_to_deadline();
    EXPECT_THAT(guest.take(), ElementsAre("SOLICIT rapid"));
}

TEST(Dhcp6ConflictTest, AServerThatGivesTheSameAddressAgainIsAskedEverLater) {
    auto guest = Dhcp6Harness::bound();
    std::vector<Duration> pauses;
    for (int i = 0; i < 5; ++i) {
        guest.conflict();
        guest.receive(guest.status(StatusCode::success));
        const auto from = guest.now();
        if (guest.state() == State::init) guest.advance_to_deadline();
        pauses.push_back(guest.now() - from);
        guest.receive(guest.rapid_reply());
    }
    EXPECT_THAT(pauses, ElementsAre(0s, 1s, 2s, 4s, 8s));
}

TEST(Dhcp6ConflictTest, TheOtherAddressesStayInUse) {
    auto guest = bound_with_two();
    guest.conflict();
    EXPECT_THAT(guest.take(), ElementsAre("bind 2001:db8::16", "DECLINE 2001:db8::15 to 1"));
    guest.receive(guest.status(StatusCode::success));
    EXPECT_EQ(guest.state(), State::bound);
    guest.advance_to(guest.lease().renew_at);
    EXPECT_THAT(guest.take(), ElementsAre("RENEW 2001:db8::16 to 1"));
}

TEST(Dhcp6ConflictTest, ASecondConflictIsDeclinedWithTheFirst) {
    auto guest = bound_with_two();
    guest.conflict("2001:db8::15");
    guest.take();
    guest.conflict("2001:db8::16");
    EXPECT_THAT(guest.take(), ElementsAre("unbind 2001:db8::16 conflict", "DECLINE 2001:db8::16 2001:db8::15 to 1"));
}

TEST(Dhcp6ConflictTest, AConflictOverAnAddressThatIsNotOursIsNone) {
    auto guest = Dhcp6Harness::bound();
    guest.conflict("2001:db8::99");
    EXPECT_THAT(guest.take(), IsEmpty());
    EXPECT_EQ(guest.state(), State::bound);
}

TEST(Dhcp6RenewNowTest, TheServerIsAskedAtOnce) {
    auto guest = Dhcp6Harness::bound();
    guest.renew_now();
    EXPECT_THAT(guest.take(), ElementsAre("RENEW 2001:db8::15 to 1"));
    guest.receive(guest.reply());
    EXPECT_THAT(guest.take(), ElementsAre("bind 2001:db8::15"));
}

}  // namespace
}  // namespace nlinit::dhcp6
