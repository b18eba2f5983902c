// SPDX-License-Identifier: Apache-2.0
// What netsetup's DHCP options make of the client, and what the report says of the lease.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "netsetup_fixture.hpp"
#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/machine/settings.hpp"
#include "support/json.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using dhcp::MessageType;
using dhcp::OptionCode;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class NetsetupDhcpTest : public test::NetsetupFixture {
  protected:
    test::Finished run(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "eth0");
        return netsetup(std::move(arguments));
    }
    [[nodiscard]] std::string sent_option(OptionCode code) const {
        const auto value = server_.requests().front().message.options.find(code);
        return value ? std::string(value->begin(), value->end()) : "none";
    }
};

TEST_F(NetsetupDhcpTest, TheServerIsToldWhatItIsToBeTold) {
    EXPECT_EQ(run({"--hostname", "guest", "--vendor-class", "acme", "--user-class", "lab", "--client-id", "01:61:62",
                   "--request", "43,66", "--broadcast"})
                  .exit_code,
              0);
    EXPECT_EQ(sent_option(OptionCode::host_name), "guest");
    EXPECT_EQ(sent_option(OptionCode::vendor_class_identifier), "acme");
    EXPECT_EQ(sent_option(OptionCode::user_class), "\3lab") << "RFC 3004";
    EXPECT_EQ(sent_option(OptionCode::client_identifier), "\1ab");
    EXPECT_THAT(sent_option(OptionCode::parameter_request_list), AllOf(Contains(43), Contains(66)));
    EXPECT_TRUE(server_.requests().front().message.broadcast);
}

TEST_F(NetsetupDhcpTest, AnEmptyVendorClassIsNotSent) {
    EXPECT_EQ(run({"--vendor-class", ""}).exit_code, 0);
    EXPECT_EQ(sent_option(OptionCode::vendor_class_identifier), "none");
}

TEST_F(NetsetupDhcpTest, WhatTheServerSaysOfARefusalIsSaid) {
    server_.script = [](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        if (request.message.type != dhcp::MessageType::request) return server.answer(request);
        auto nak = server.reply_to(request.message, dhcp::MessageType::nak);
        nak.options.set_text(OptionCode::message, "no lease for\nyou");
        server.send(nak);
    };
    const auto finished = run({"--timeout", "500ms"});
    EXPECT_EQ(finished.exit_code, 5);
    const std::string sentence = R"(DHCP server 192.0.2.1 refuses 192.0.2.50 (NAK): "no lease for\x0ayou")";
    EXPECT_THAT(finished.errors, HasSubstr("eth0: " + sentence)) << "as it happens";
    EXPECT_THAT(finished.errors, HasSubstr("; " + sentence)) << "in the end";
}

TEST_F(NetsetupDhcpTest, WhatNlinitDoesNotKnowIsInTheReport) {
    const std::string portal = "https://portal.test/api";
    server_.grant.options.set(OptionCode::vendor_specific, Bytes{1, 2, 0xff});
    server_.grant.options.set_text(OptionCode::captive_portal, portal);
    server_.grant.options.set_address(OptionCode::ntp_server, {192, 0, 2, 123});
    const auto finished = run({"--json"});
    const auto report = test::Json::parse(finished.output);
    ASSERT_TRUE(report) << finished.output;
    const auto& lease = (*report)["dhcp"]["lease"];
    EXPECT_EQ(lease["other_options"]["43"].text(), "0102ff");
    EXPECT_EQ(lease["other_options"].size(), 1U) << finished.output;
    EXPECT_EQ(lease["captive_portal"].text(), portal);
    EXPECT_THAT(lease["ntp_servers"].texts(), ElementsAre("192.0.2.123"));
}

TEST_F(NetsetupDhcpTest, EveryPacketIsReportedWithItsTimeAndTransaction) {
    const auto finished = run({"--json"});
    const auto report = test::Json::parse(finished.output);
    ASSERT_TRUE(report) << finished.output;
    const auto& packets = (*report)["dhcp"]["packets"];
    ASSERT_EQ(packets.size(), 4U);
    double before = 0;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        EXPECT_GE(packets[i]["ms"].number().value_or(-1), before);
        EXPECT_EQ(packets[i]["xid"].text(), packets[0]["xid"].text());
        before = packets[i]["ms"].number().value_or(-1);
    }
    EXPECT_EQ(packets[0]["xid"].text().size(), 8U);
}

TEST_F(NetsetupDhcpTest, ANetworkThatWantsNoIpv4IsExit8AtOnce) {
    server_.grant.options.set_u32(OptionCode::ipv6_only_preferred, 1800);
    const auto finished = run({"--ipv6-only"});
    EXPECT_EQ(finished.exit_code, 8) << finished.errors;
    EXPECT_THAT(finished.errors, HasSubstr("option 108"));
    EXPECT_LT(finished.took, 3s);
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_EQ(server_.count(MessageType::request), 0U);
}

TEST_F(NetsetupDhcpTest, WithoutAskingTheSameNetworkGivesALease) {
    server_.grant.options.set_u32(OptionCode::ipv6_only_preferred, 1800);
    EXPECT_EQ(run({}).exit_code, 0);
}

TEST_F(NetsetupDhcpTest, AServerThatIsDeniedIsNoServerAndTheSentenceSaysSo) {
    const auto finished = run({"--deny-server", "192.0.2.1", "--timeout", "400ms"});
    EXPECT_EQ(finished.exit_code, 5);
    EXPECT_THAT(finished.errors, HasSubstr("of a server that the configuration refuses"));
    EXPECT_EQ(run({"--allow-server", "192.0.2.1"}).exit_code, 0);
}

TEST_F(NetsetupDhcpTest, AServerThatNamesNoTimeIsTakenWithOneOfOurs) {
    dhcp::Options without;
    for (const auto& option : server_.grant.options.all()) {
        if (option.code != OptionCode::lease_time) without.set(option.code, option.value);
    }
    server_.grant.options = without;
    EXPECT_EQ(run({"--timeout", "400ms"}).exit_code, 5);
    const auto finished = run({"--fallback-lease", "10min", "--json"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.output, HasSubstr("\"seconds\": 600"));
}

TEST_F(NetsetupDhcpTest, AnAddressThatIsTakenIsNotConfigured) {
    test::add_address("192.0.2.50/24", "srv0", cable_.server);
    const auto finished = run({"--acd", "probe", "--timeout", "700ms"});
    EXPECT_EQ(finished.exit_code, 5);
    EXPECT_EQ(server_.count(MessageType::decline), 1U);
    EXPECT_THAT(finished.errors, HasSubstr("1 DECLINE"));
    EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(NetsetupDhcpTest, AnInterfaceThatGoesWhileItIsWaitedForIsExit3) {
    server_.silent = true;
    after(300ms, [this] { test::delete_link("eth0", cable_.client); });
    const auto finished = run({"--timeout", "5s"});
    EXPECT_EQ(finished.exit_code, 3) << finished.errors;
    EXPECT_THAT(finished.errors, HasSubstr("there is no interface eth0"));
}

TEST_F(NetsetupDhcpTest, TheNameThatTheServerGivesIsTakenWhereThatIsWanted) {
    test::enter_own_uts_namespace();
    ASSERT_TRUE(sys::set_hostname("before").ok());
    server_.grant.options.set_text(OptionCode::host_name, "guest7");
    EXPECT_EQ(run({}).exit_code, 0);
    EXPECT_EQ(sys::hostname(), "before");
    EXPECT_EQ(run({"--set-hostname"}).exit_code, 0);
    EXPECT_EQ(sys::hostname(), "guest7");
    server_.grant.options.set_text(OptionCode::host_name, "localhost");
    EXPECT_EQ(run({"--set-hostname"}).exit_code, 0);
    EXPECT_EQ(sys::hostname(), "guest7");
}

// The packets, behind the headers of file and record, as pcap-savefile(5) has them.
std::vector<std::string> packets_in(const std::string& capture) {
    std::vector<std::string> packets;
    constexpr std::size_t kFileHeader = 24, kRecordHeader = 16;
    for (std::size_t at = kFileHeader; at + kRecordHeader <= capture.size();) {
        const auto size = static_cast<std::size_t>(static_cast<std::uint8_t>(capture[at + 10])) << 8 |
                          static_cast<std::uint8_t>(capture[at + 11]);
        packets.push_back(capture.substr(at + kRecordHeader, size));
        at += kRecordHeader + size;
    }
    return packets;
}

TEST_F(NetsetupDhcpTest, WhatWasSentAndReceivedIsInTheCaptureFile) {
    const test::TemporaryDirectory directory;
    EXPECT_EQ(run({"--pcap", directory / "dhcp.pcap", "--acd", "probe"}).exit_code, 0);
    std::vector<std::string> kinds;
    for (const auto& packet : packets_in(*sys::read_file(directory / "dhcp.pcap", 65536))) {
        ASSERT_GT(packet.size(), 16U);
        kinds.push_back(std::string(packet[1] == 4 ? "sent " : "received ") + (packet[15] == 6 ? "ARP" : "IPv4"));
    }
    EXPECT_THAT(kinds, ElementsAre("sent IPv4", "received IPv4", "sent IPv4", "received IPv4", "sent ARP", "sent ARP",
                                   "sent ARP", "sent ARP"))
        << "DISCOVER, OFFER, REQUEST, ACK, three probes and the announcement";
}

TEST_F(NetsetupDhcpTest, ACaptureFileThatCannotBeMadeIsExit2AndNothingDone) {
    const auto finished = run({"--pcap", "/no/such/directory/file"});
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.errors, HasSubstr("/no/such/directory/file"));
    EXPECT_FALSE(is_up("eth0"));
}

}  // namespace
}  // namespace nlinit::app
