// SPDX-License-Identifier: Apache-2.0
// Answers that do not count, and what goes on after each of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dhcp6/client_harness.hpp"

namespace nlinit::dhcp6 {
namespace {

using namespace std::chrono_literals;
using test::address_of;
using test::Dhcp6Harness;
using test::server_duid;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Dhcp6Harness soliciting() {
    Dhcp6Harness guest;
    guest.link_up();
    guest.take();
    return guest;
}

Dhcp6Harness requesting() {
    auto guest = soliciting();
    guest.receive(guest.advertise(1, 255));
    EXPECT_EQ(guest.state(), State::requesting);
    guest.take();
    return guest;
}

TEST(Dhcp6DropTest, WhatIsNoAnswerToUsIsDropped) {
    auto guest = soliciting();
    auto message = guest.rapid_reply();
    message.type = MessageType::renew;
    guest.expect_drop(message, DropReason::not_a_reply);
    message = guest.rapid_reply();
    message.xid ^= 1;
    guest.expect_drop(message, DropReason::other_transaction);
    message = guest.rapid_reply();
    message.client = {};
    guest.expect_drop(message, DropReason::no_client_identifier);
    message.client = server_duid(9);
    guest.expect_drop(message, DropReason::other_client_identifier);
    message = guest.rapid_reply();
    message.server = {};
    guest.expect_drop(message, DropReason::no_server_identifier);
}

TEST(Dhcp6DropTest, WhatNobodyHasAskedForIsDropped) {
    auto guest = Dhcp6Harness::bound();
    guest.expect_drop(guest.reply(), DropReason::not_expected_in_state);
    Dhcp6Harness unplugged;
    unplugged.expect_drop(unplugged.reply(), DropReason::not_expected_in_state);
    auto asked = requesting();
    asked.expect_drop(asked.advertise(), DropReason::not_expected_in_state);
    asked.expect_drop(asked.reply(2), DropReason::other_server);
}

TEST(Dhcp6DropTest, AnIaThatIsNoneOfOursOrMakesNoSenseIsNone) {
    auto guest = requesting();
    auto message = guest.reply();
    ++message.ia_na.front().iaid;
    guest.expect_drop(message, DropReason::no_identity_association);
    message.ia_na.clear();
    guest.expect_drop(message, DropReason::no_identity_association);
    message = guest.reply();
    message.ia_na.front().t1 = 1601;
    guest.expect_drop(message, DropReason::bad_renewal_times);
    message = guest.reply();
    message.ia_na.front().addresses.front().preferred = 4001;
    guest.expect_drop(message, DropReason::bad_lifetimes);
    message = guest.reply();
    message.ia_na.front().addresses.front().preferred = message.ia_na.front().addresses.front().valid = 0;
    guest.expect_drop(message, DropReason::no_lifetime);
    message.ia_na.front().addresses.clear();
    guest.expect_drop(message, DropReason::no_address);
}

TEST(Dhcp6DropTest, AnAddressThatIsNotForUseBeyondALinkIsNone) {
    auto guest = requesting();
    for (const auto* const text : {"ff02::1", "fe80::1", "::", "::1", "::ffff:10.0.0.1"}) {
        auto message = guest.reply();
        message.ia_na.front().addresses.front().address = address_of(text);
        guest.expect_drop(message, DropReason::bad_address);
    }
    auto message = guest.reply();
    message.ia_na.front().addresses.insert(message.ia_na.front().addresses.begin(), {address_of("ff02::1"), 1, 1, {}});
    guest.receive(message);
    EXPECT_THAT(guest.take(), ElementsAre("bind 2001:db8::15")) << "what else is granted is used";
}

TEST(Dhcp6DropTest, AnAddressWithAStatusOfItsOwnIsNone) {
    auto guest = requesting();
    auto message = guest.reply();
    message.ia_na.front().addresses.front().status = StatusCode::not_on_link;
    guest.expect_drop(message, DropReason::not_on_link);
}

TEST(Dhcp6DropTest, NoMoreThanEightAddressesAreKeptAndNoneTwice) {
    auto guest = requesting();
    auto message = guest.reply();
    for (int i = 0; i < 20; ++i)
        message.ia_na.front().addresses.push_back({address_of("2001:db8::" + std::to_string(i / 2 + 1)), 1, 1000, {}});
    guest.receive(message);
    EXPECT_EQ(guest.lease().addresses.size(), Lease::kMaxAddresses);
    EXPECT_EQ(guest.lease().addresses[1].address, address_of("2001:db8::1"));
    EXPECT_EQ(guest.lease().addresses[2].address, address_of("2001:db8::2"));
}

TEST(Dhcp6DropTest, ALateAnswerMayGrantWhatIsOver) {
    auto guest = requesting();
    guest.sleep_by(4000s);
    guest.expect_drop(guest.reply(), DropReason::lease_over);
}

// RFC 8415 18.2.10: the exchange goes on at its own pace.
TEST(Dhcp6StatusTest, AServerThatCannotDoItNowIsAskedAgain) {
    const std::pair<StatusCode, DropReason> kinds[] = {
        {StatusCode::unspec_fail, DropReason::unspecified_failure},
        {StatusCode::use_multicast, DropReason::use_multicast},
        {StatusCode::no_prefix_avail, DropReason::no_prefix_available},
        {StatusCode{4711}, DropReason::unknown_status},
    };
    for (const auto& [code, reason] : kinds) {
        auto guest = requesting();
        guest.expect_drop(guest.status(code), reason);
        guest.expect_drop(guest.ia_status(code), reason);
        guest.advance_to_deadline();
        EXPECT_THAT(guest.take(), ElementsAre("REQUEST 2001:db8::15 to 1")) << name_of(code);
    }
}

TEST(Dhcp6StatusTest, AServerThatHasNothingForUsIsLeftAlone) {
    for (const auto code : {StatusCode::no_addrs_avail, StatusCode::no_binding, StatusCode::not_on_link}) {
        auto guest = requesting();
        guest.receive(guest.ia_status(code));
        EXPECT_THAT(guest.take(), ElementsAre("SOLICIT rapid")) << name_of(code);
        ASSERT_NE(guest.client().refusal(), nullptr);
        EXPECT_EQ(guest.client().refusal()->code, code);
        EXPECT_EQ(guest.client().refusal()->server, server_duid());
    }
}

TEST(Dhcp6StatusTest, OneThatRefusesForEverIsAskedEverLater) {
    auto guest = requesting();
    std::vector<Duration> pauses;
    for (int i = 0; i < 9; ++i) {
        guest.receive(guest.ia_status(StatusCode::no_addrs_avail));
        const auto from = guest.now();
        if (guest.state() == State::init) guest.advance_to_deadline();
        pauses.push_back(guest.now() - from);
        guest.receive(guest.advertise(1, 255));
    }
    EXPECT_THAT(pauses, ElementsAre(0s, 1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s));
}

TEST(Dhcp6StatusTest, AnAdvertiseWithoutAddressesIsNoOffer) {
    auto guest = soliciting();
    auto message = guest.advertise(1, 255);
    message.ia_na.front().addresses.clear();
    guest.expect_drop(message, DropReason::no_address);
    message.ia_na.front().status = {StatusCode::no_addrs_avail, "the pool is empty"};
    guest.expect_drop(message, DropReason::no_addresses_available);
    message.ia_na.clear();
    message.status = {StatusCode::no_addrs_avail, ""};
    guest.expect_drop(message, DropReason::no_addresses_available);
    guest.receive(guest.advertise(2, 255));
    EXPECT_THAT(guest.take(), ElementsAre("REQUEST 2001:db8::15 to 2"));
}

TEST(Dhcp6StatusTest, WhatTheServerSaysOfItIsFitToPrint) {
    auto guest = requesting();
    auto message = guest.status(StatusCode::unspec_fail);
    message.status.message = "full\n\x1b[2J";
    guest.receive(message);
    ASSERT_NE(guest.client().refusal(), nullptr);
    EXPECT_EQ(guest.client().refusal()->message, "full\\x0a\\x1b[2J");
    guest.receive(guest.reply());
    EXPECT_EQ(guest.client().refusal(), nullptr);
}

TEST(Dhcp6StatusTest, ARenewalThatFailsIsTriedAgain) {
    auto guest = Dhcp6Harness::bound();
    guest.advance_to(guest.lease().renew_at);
    guest.take();
    guest.expect_drop(guest.status(StatusCode::unspec_fail), DropReason::unspecified_failure);
    auto without = guest.reply();
    without.ia_na.clear();
    guest.expect_drop(without, DropReason::no_identity_association);
    guest.advance_to_deadline();
    EXPECT_THAT(guest.take(), ElementsAre("RENEW 2001:db8::15 to 1"));
}

}  // namespace
}  // namespace nlinit::dhcp6
