// SPDX-License-Identifier: Apache-2.0
// What the client's messages carry: RFC 2131 table 5, one test a rule.
#include "nlinit/dhcp/client_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "support/client_harness.hpp"

namespace nlinit::dhcp {
namespace {

using namespace std::chrono_literals;
using test::guest_config;
using test::kDhcpServer;
using test::kGuestAddress;
using test::kGuestMac;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsSubsetOf;
using ::testing::IsSupersetOf;

constexpr Envelope kEnvelope{.xid = 0x12345678, .elapsed = 7s};

std::vector<int> codes_of(const Message& message) {
    std::vector<int> codes;
    for (const auto& option : message.options.all()) codes.push_back(static_cast<int>(option.code));
    return codes;
}

Bytes value_of(const Message& message, OptionCode code) {
    const auto value = message.options.find(code);
    return value ? Bytes(value->begin(), value->end()) : Bytes{};
}

std::vector<Message> one_of_each(const ClientConfig& config) {
    return {make_discover(config, kEnvelope, true, std::nullopt),
            make_request(config, kEnvelope, kGuestAddress, kDhcpServer),
            make_reboot_request(config, kEnvelope, kGuestAddress),
            make_renewal_request(config, kEnvelope, kGuestAddress),
            make_decline(config, kEnvelope, kGuestAddress, kDhcpServer),
            make_release(config, kEnvelope, kGuestAddress, kDhcpServer)};
}

TEST(ClientMessageTest, EveryMessageIsARequestFromTheGuest) {
    for (const auto& message : one_of_each(guest_config())) {
        SCOPED_TRACE(name_of(message.type));
        EXPECT_EQ(message.op, OpCode::boot_request);
        EXPECT_EQ(message.xid, kEnvelope.xid);
        EXPECT_EQ(message.chaddr, kGuestMac);
        EXPECT_TRUE(message.yiaddr.is_unspecified());
        EXPECT_TRUE(message.siaddr.is_unspecified());
        EXPECT_TRUE(message.giaddr.is_unspecified());
        EXPECT_GE(serialize(message).size(), kMinimumRequestSize);
    }
}

TEST(ClientMessageTest, EveryMessageNamesTheClientByHardwareTypeAndAddress) {
    for (const auto& message : one_of_each(guest_config())) {
        EXPECT_THAT(value_of(message, OptionCode::client_identifier),
                    ElementsAre(1, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56))
            << name_of(message.type);
    }
}

TEST(ClientMessageTest, AConfiguredClientIdentifierIsUsedInstead) {
    auto config = guest_config();
    config.client_identifier = {0xff, 1, 2, 3};
    for (const auto& message : one_of_each(config)) {
        EXPECT_THAT(value_of(message, OptionCode::client_identifier), ElementsAre(0xff, 1, 2, 3));
    }
    EXPECT_EQ(client_identifier(config), (Bytes{0xff, 1, 2, 3}));
}

TEST(ClientMessageTest, NoMessageNamesAClientThatIsNotToBeNamed) {
    auto config = guest_config();
    config.client_identifier = {1, 2, 3};
    config.send_client_identifier = false;
    EXPECT_TRUE(client_identifier(config).empty());
    for (const auto& message : one_of_each(config))
        EXPECT_FALSE(message.options.has(OptionCode::client_identifier)) << name_of(message.type);
}

TEST(ClientMessageTest, RequestsAskForWhatTheLeaseUses) {
    const auto discover = make_discover(guest_config(), kEnvelope, false, std::nullopt);
    const Bytes asked = value_of(discover, OptionCode::parameter_request_list);
    EXPECT_EQ(std::set<int>(asked.begin(), asked.end()),
              (std::set<int>{1, 3, 6, 12, 15, 26, 28, 33, 42, 51, 54, 58, 59, 114, 119, 121}));
    EXPECT_EQ(asked.size(), 16U) << "each once";
    const auto position = [&](int code) { return std::ranges::find(asked, code) - asked.begin(); };
    EXPECT_LT(position(121), position(3)) << "RFC 3442";
    EXPECT_LT(position(121), position(33)) << "RFC 3442";
    for (const auto& message : one_of_each(guest_config())) {
        const bool asks = message.type == MessageType::discover || message.type == MessageType::request;
        EXPECT_EQ(value_of(message, OptionCode::parameter_request_list), asks ? asked : Bytes{})
            << "RFC 2131 4.3.1: the same list in every one";
    }
}

TEST(ClientMessageTest, MicrosoftsRoutesAreAskedForWhenTheyCount) {
    auto config = guest_config();
    config.rules.ms_routes = true;
    const Bytes asked =
        value_of(make_discover(config, kEnvelope, false, std::nullopt), OptionCode::parameter_request_list);
    EXPECT_THAT(asked, testing::Contains(249));
}

TEST(ClientMessageTest, DiscoverAndRequestSayTheLargestMessageAndWhoWeAre) {
    auto config = guest_config();
    config.host_name = "vm-7";
    config.maximum_message_size = 1400;
    for (const auto& message : {make_discover(config, kEnvelope, true, std::nullopt),
                                make_request(config, kEnvelope, kGuestAddress, kDhcpServer),
                                make_renewal_request(config, kEnvelope, kGuestAddress)}) {
        EXPECT_EQ(message.options.u16(OptionCode::maximum_message_size), 1400);
        EXPECT_THAT(value_of(message, OptionCode::host_name), ElementsAreArray(std::string("vm-7")));
        EXPECT_THAT(value_of(message, OptionCode::vendor_class_identifier), ElementsAreArray(std::string("nlinit")));
    }
}

TEST(ClientMessageTest, EmptyNamesAreNotSent) {
    auto config = guest_config();
    config.vendor_class = "";
    for (const auto& message : one_of_each(config)) {
        EXPECT_FALSE(message.options.has(OptionCode::host_name)) << name_of(message.type);
        EXPECT_FALSE(message.options.has(OptionCode::vendor_class_identifier)) << name_of(message.type);
    }
}

TEST(ClientMessageTest, DiscoverHasNoAddressesAndMayHaveRapidCommit) {
    const auto discover = make_discover(guest_config(), kEnvelope, true, std::nullopt);
    EXPECT_EQ(discover.type, MessageType::discover);
    EXPECT_EQ(discover.elapsed, 7s);
    EXPECT_TRUE(discover.ciaddr.is_unspecified());
    EXPECT_TRUE(discover.options.has(OptionCode::rapid_commit));
    EXPECT_THAT(value_of(discover, OptionCode::rapid_commit), testing::IsEmpty());
    EXPECT_FALSE(discover.options.has(OptionCode::requested_address));
    EXPECT_FALSE(discover.options.has(OptionCode::server_identifier));
    EXPECT_FALSE(make_discover(guest_config(), kEnvelope, false, std::nullopt).options.has(OptionCode::rapid_commit));
    EXPECT_EQ(
        make_discover(guest_config(), kEnvelope, false, kGuestAddress).options.address(OptionCode::requested_address),
        kGuestAddress);
}

TEST(ClientMessageTest, EachKindOfRequestHasItsOwnAddresses) {
    struct Row {
        Message message;
        Ipv4Address ciaddr;
        std::optional<Ipv4Address> requested, server;
    };
    const auto config = guest_config();
    // RFC 2131 4.3.2 tells the kinds apart by nothing else.
    const Row rows[] = {
        {make_request(config, kEnvelope, kGuestAddress, kDhcpServer), {}, kGuestAddress, kDhcpServer},
        {make_reboot_request(config, kEnvelope, kGuestAddress), {}, kGuestAddress, {}},
        {make_renewal_request(config, kEnvelope, kGuestAddress), kGuestAddress, {}, {}},
    };
    for (const auto& [message, ciaddr, requested, server] : rows) {
        EXPECT_EQ(message.type, MessageType::request);
        EXPECT_EQ(message.elapsed, 7s);
        EXPECT_EQ(message.ciaddr, ciaddr);
        EXPECT_EQ(message.options.address(OptionCode::requested_address), requested);
        EXPECT_EQ(message.options.address(OptionCode::server_identifier), server);
        EXPECT_FALSE(message.options.has(OptionCode::rapid_commit)) << "RFC 4039 4: in a DISCOVER alone";
        EXPECT_FALSE(message.options.has(OptionCode::lease_time));
    }
}

TEST(ClientMessageTest, DeclineSaysWhatAndToWhomAndNothingElse) {
    const auto decline = make_decline(guest_config(), kEnvelope, kGuestAddress, kDhcpServer);
    EXPECT_EQ(decline.type, MessageType::decline);
    EXPECT_TRUE(decline.ciaddr.is_unspecified());
    EXPECT_EQ(decline.options.address(OptionCode::requested_address), kGuestAddress);
    EXPECT_EQ(decline.options.address(OptionCode::server_identifier), kDhcpServer);
    EXPECT_THAT(codes_of(decline), IsSupersetOf({50, 54, 61}));
    EXPECT_THAT(codes_of(decline), IsSubsetOf({50, 54, 56, 61}));
}

TEST(ClientMessageTest, ReleaseNamesTheAddressInCiaddrAndNothingElse) {
    const auto release = make_release(guest_config(), kEnvelope, kGuestAddress, kDhcpServer);
    EXPECT_EQ(release.type, MessageType::release);
    EXPECT_EQ(release.ciaddr, kGuestAddress);
    EXPECT_EQ(release.options.address(OptionCode::server_identifier), kDhcpServer);
    EXPECT_THAT(codes_of(release), IsSupersetOf({54, 61}));
    EXPECT_THAT(codes_of(release), IsSubsetOf({54, 56, 61}));
}

TEST(ClientMessageTest, TheBroadcastFlagIsOffUnlessConfigured) {
    for (const auto& message : one_of_each(guest_config())) EXPECT_FALSE(message.broadcast) << name_of(message.type);
    auto config = guest_config();
    config.broadcast_flag = true;
    EXPECT_TRUE(make_discover(config, kEnvelope, true, std::nullopt).broadcast);
    EXPECT_TRUE(make_request(config, kEnvelope, kGuestAddress, kDhcpServer).broadcast);
    EXPECT_TRUE(make_reboot_request(config, kEnvelope, kGuestAddress).broadcast);
    EXPECT_FALSE(make_decline(config, kEnvelope, kGuestAddress, kDhcpServer).broadcast);
    EXPECT_FALSE(make_release(config, kEnvelope, kGuestAddress, kDhcpServer).broadcast);
}

}  // namespace
}  // namespace nlinit::dhcp
