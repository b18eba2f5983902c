// SPDX-License-Identifier: Apache-2.0
// What the client drops, state by state. expect_drop() also checks that nothing else moves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlinit/dhcp/client.hpp"
#include "support/client_harness.hpp"

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;
using test::ClientHarness;
using test::guest_config;
using test::kDhcpServer;
using test::kOtherDhcpServer;
using test::without_option;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

ClientHarness selecting(ClientConfig config = guest_config()) {
    ClientHarness guest(std::move(config));
    guest.link_up();
    guest.take();
    return guest;
}

ClientHarness requesting(ClientConfig config = guest_config()) {
    auto guest = selecting(std::move(config));
    guest.receive(guest.offer());
    EXPECT_EQ(guest.state(), State::requesting);
    guest.take();
    return guest;
}

Message with_server(Message message, Ipv4Address server) {
    message.options.set_address(OptionCode::server_identifier, server);
    return message;
}

TEST(ClientDropTest, RepliesToOthersAreDropped) {
    auto guest = selecting();
    auto request = guest.offer();
    request.op = OpCode::boot_request;
    guest.expect_drop(request, DropReason::not_a_reply);

    auto neighbours = guest.offer();
    neighbours.chaddr = MacAddress({0x52, 0x54, 0x00, 0x12, 0x34, 0x57});
    guest.expect_drop(neighbours, DropReason::other_hardware_address);

    auto stale = guest.offer();
    stale.xid ^= 1;
    guest.expect_drop(stale, DropReason::other_transaction);

    auto echo = guest.offer();
    echo.options.set(OptionCode::client_identifier, Bytes{1, 0x52, 0x54, 0x00, 0x12, 0x34, 0x57});
    guest.expect_drop(echo, DropReason::other_client_identifier);
}

TEST(ClientDropTest, AnEchoOfOurOwnClientIdentifierIsFine) {
    auto guest = selecting();
    auto offer = guest.offer();
    offer.options.set(OptionCode::client_identifier, Bytes{1, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56});
    guest.receive(offer);
    EXPECT_EQ(guest.state(), State::requesting);
}

TEST(ClientDropTest, AnEmptyEchoOfTheIdentifierSaysNothing) {
    auto guest = selecting();
    auto offer = guest.offer();
    offer.options.set(OptionCode::client_identifier, {});
    guest.receive(offer);
    EXPECT_EQ(guest.state(), State::requesting);
}

TEST(ClientDropTest, WhoSentNoIdentifierTakesAnEchoOfItsHardwareAddressAlone) {
    auto config = guest_config();
    config.send_client_identifier = false;
    auto guest = selecting(config);
    auto offer = guest.offer();
    offer.options.set(OptionCode::client_identifier, Bytes{0xff, 1, 2});
    guest.expect_drop(offer, DropReason::other_client_identifier);
    offer.options.set(OptionCode::client_identifier, Bytes{1, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56});
    guest.receive(offer);
    EXPECT_EQ(guest.state(), State::requesting);
}

TEST(ClientDropTest, MessagesThatOnlyClientsSendAreDropped) {
    for (const auto type : {MessageType::discover, MessageType::request, MessageType::decline, MessageType::release,
                            MessageType::inform}) {
        auto guest = requesting();
        auto message = guest.ack();
        message.type = type;
        guest.expect_drop(message, DropReason::bad_message_type);
    }
}

TEST(ClientDropTest, OffersThatCannotBecomeALeaseAreDropped) {
    auto guest = selecting();
    auto bad_address = guest.offer();
    bad_address.yiaddr = {};
    guest.expect_drop(bad_address, DropReason::bad_offered_address);
    bad_address.yiaddr = kDhcpServer;
    guest.expect_drop(bad_address, DropReason::address_of_server);
    bad_address.yiaddr = {10, 0, 2, 255};
    guest.expect_drop(bad_address, DropReason::address_of_subnet);

    auto bad_mask = guest.offer();
    bad_mask.options.set_address(OptionCode::subnet_mask, {255, 0, 255, 0});
    guest.expect_drop(bad_mask, DropReason::bad_subnet_mask);

    guest.expect_drop(without_option(guest.offer(), OptionCode::lease_time), DropReason::no_lease_time);
    guest.expect_drop(without_option(guest.offer(), OptionCode::server_identifier), DropReason::no_server_identifier,
                      Ipv4Address());
}

TEST(ClientDropTest, AFallbackMakesAnOfferWithoutLeaseTimeGood) {
    auto config = guest_config();
    config.rules.fallback_duration = 600s;
    auto guest = requesting(config);
    guest.receive(without_option(guest.ack(), OptionCode::lease_time));
    EXPECT_EQ(guest.lease().duration, 600s);
}

TEST(ClientDropTest, AnAckThatCannotBecomeALeaseIsDropped) {
    auto guest = requesting();
    guest.expect_drop(without_option(guest.ack(), OptionCode::lease_time), DropReason::no_lease_time);
    auto bad_mask = guest.ack();
    bad_mask.options.set_address(OptionCode::subnet_mask, {0, 255, 255, 0});
    guest.expect_drop(bad_mask, DropReason::bad_subnet_mask);
    guest.receive(guest.ack());
    EXPECT_EQ(guest.state(), State::bound) << "a good one still counts";
}

// A VM that was paused finds an old answer in its socket.
TEST(ClientDropTest, AnAckWhoseLeaseIsOverByNowIsDropped) {
    auto guest = requesting();
    guest.sleep_by(1h);
    guest.expect_drop(guest.ack(), DropReason::lease_over);
    auto early = selecting();
    early.sleep_by(1h);
    early.expect_drop(early.rapid_ack(), DropReason::lease_over);
}

TEST(ClientDropTest, AnAckWithoutRapidCommitIsDroppedWhileSelecting) {
    auto guest = selecting();
    guest.expect_drop(guest.ack(), DropReason::rapid_commit_mismatch);
    EXPECT_EQ(guest.client().lease(), nullptr);
}

TEST(ClientDropTest, ARapidAckIsDroppedWhenNoneWasAskedFor) {
    auto config = guest_config();
    config.rapid_commit = false;
    auto guest = selecting(config);
    guest.expect_drop(guest.rapid_ack(), DropReason::rapid_commit_mismatch);
}

TEST(ClientDropTest, ARapidAckThatCannotBecomeALeaseIsDropped) {
    auto guest = selecting();
    guest.expect_drop(without_option(guest.rapid_ack(), OptionCode::lease_time), DropReason::no_lease_time);
    auto bad_address = guest.rapid_ack();
    bad_address.yiaddr = {127, 0, 0, 1};
    guest.expect_drop(bad_address, DropReason::bad_offered_address);
}

TEST(ClientDropTest, AnAckFromAnotherServerOrForAnotherAddressIsNotOurs) {
    auto guest = requesting();
    guest.expect_drop(with_server(guest.ack(), kOtherDhcpServer), DropReason::other_server, kOtherDhcpServer);
    auto other = guest.ack();
    other.yiaddr = {10, 0, 2, 16};
    guest.expect_drop(other, DropReason::other_address);
}

TEST(ClientDropTest, NaksCountOnlyFromTheChosenServer) {
    auto guest = requesting();
    guest.expect_drop(guest.nak(kOtherDhcpServer), DropReason::other_server, kOtherDhcpServer);
    EXPECT_EQ(guest.state(), State::requesting);
}

TEST(ClientDropTest, ANakThatNamesNoServerIsDropped) {
    auto guest = requesting();
    const auto before = guest.client().drops().total();
    guest.receive(without_option(guest.nak(), OptionCode::server_identifier), kOtherDhcpServer);
    EXPECT_EQ(guest.client().drops().total(), before + 1);
    EXPECT_EQ(guest.state(), State::requesting);
    guest.expect_drop(without_option(guest.nak(), OptionCode::server_identifier), DropReason::no_server_identifier);
}

TEST(ClientDropTest, NaksThatNobodyAwaitsAreDropped) {
    auto guest = selecting();
    guest.expect_drop(guest.nak(), DropReason::not_expected_in_state);
    auto bound = ClientHarness::bound();
    bound.expect_drop(bound.nak(), DropReason::not_expected_in_state);
}

TEST(ClientDropTest, WhatComesUnaskedWhileBoundIsDropped) {
    auto guest = requesting();
    const auto offer = guest.offer(), ack = guest.ack(), nak = guest.nak();
    guest.receive(ack);
    ASSERT_EQ(guest.state(), State::bound);
    guest.take();
    for (const auto& again : {offer, ack, nak}) guest.expect_drop(again, DropReason::not_expected_in_state);
}

TEST(ClientDropTest, NothingIsTakenBeforeTheLinkIsUpOrAfterTheEnd) {
    ClientHarness early;
    early.expect_drop(early.rapid_ack(), DropReason::not_expected_in_state);
    auto stopped = ClientHarness::bound();
    const auto ack = stopped.ack();
    stopped.stop();
    stopped.take();
    stopped.expect_drop(ack, DropReason::not_expected_in_state);
}

TEST(ClientDropTest, OffersAreDroppedWhileAnythingButSelecting) {
    auto guest = ClientHarness::bound();
    guest.advance_to(guest.lease().renew_at);
    ASSERT_EQ(guest.state(), State::renewing);
    guest.expect_drop(guest.offer(), DropReason::not_expected_in_state);
    guest.advance_to(guest.lease().rebind_at);
    ASSERT_EQ(guest.state(), State::rebinding);
    guest.expect_drop(guest.offer(), DropReason::not_expected_in_state);
}

TEST(ClientDropTest, DeniedServersAreRefused) {
    auto config = guest_config();
    config.denied_servers = {kOtherDhcpServer};
    auto guest = selecting(config);
    guest.expect_drop(with_server(guest.offer(), kOtherDhcpServer), DropReason::server_refused, kOtherDhcpServer);
    guest.expect_drop(with_server(guest.rapid_ack(), kOtherDhcpServer), DropReason::server_refused, kOtherDhcpServer);
    guest.receive(guest.offer());
    EXPECT_THAT(guest.take(), ElementsAre("broadcast REQUEST requested=10.0.2.15 server=10.0.2.2"));
}

TEST(ClientDropTest, OnlyAllowedServersAreHeardWhenThereIsAList) {
    auto config = guest_config();
    config.allowed_servers = {kOtherDhcpServer};
    auto guest = selecting(config);
    guest.expect_drop(guest.offer(), DropReason::server_refused);
    guest.expect_drop(guest.rapid_ack(), DropReason::server_refused);
    guest.receive(with_server(guest.offer(), kOtherDhcpServer), kOtherDhcpServer);
    EXPECT_THAT(guest.take(), ElementsAre("broadcast REQUEST requested=10.0.2.15 server=10.0.2.3"));
}

TEST(ClientDropTest, AFloodOfBadOffersMovesNoTimer) {
    auto guest = selecting();
    const auto deadline = guest.deadline();
    auto bad = guest.offer();
    bad.yiaddr = {};
    for (int i = 0; i < 10000; ++i) guest.receive(bad);
    EXPECT_EQ(guest.client().drops()[DropReason::bad_offered_address], 10000U);
    EXPECT_EQ(guest.deadline(), deadline);
    EXPECT_THAT(guest.take(), IsEmpty());
    guest.receive(guest.offer());
    EXPECT_EQ(guest.state(), State::requesting);
}

}  // namespace
}  // namespace nlinit::dhcp
