// SPDX-License-Identifier: Apache-2.0
#include "nlinit/dhcp_io/dhcp6_session.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "dhcp_io/dhcp6_session_fixture.hpp"
#include "nlinit/sys/log/log.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::dhcp6 {
namespace {

using test::ia_address;
using test::RawReply6;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class Dhcp6SessionTest : public test::Dhcp6SessionFixture {
  protected:
    using Request = test::Dhcp6Server::Request;

    // Forgets what has happened in the kernel up to now.
    void watch_kernel() { kernel_.emplace(cable_.client, Family::kIpv6); }
    [[nodiscard]] std::vector<std::string> kernel_events() { return kernel_->take(); }
    void refuse(MessageType type, StatusCode code) {
        server_.script = [type, code](test::Dhcp6Server& server, const Request& request) {
            if (request.message.type != type) return server.answer(request);
            auto reply = RawReply6::to(request.message, MessageType::reply);
            if (type == MessageType::solicit) reply = RawReply6::to(request.message, MessageType::advertise);
            reply.remove(OptionCode::ia_na);
            reply.add(OptionCode::status_code, test::status6(code, "none left"));
            server.send(reply, request);
        };
    }

    std::optional<test::KernelEvents> kernel_;
};

TEST_F(Dhcp6SessionTest, RapidCommitLeadsToAnAddressInOneRoundTrip) {
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    EXPECT_THAT(server_.heard(), ElementsAre("SOLICIT rapid"));
    EXPECT_THAT(addresses(), ElementsAre("2001:db8::50/128"));
    EXPECT_THAT(test::lifetime_of("2001:db8::50/128", "eth0", cable_.client),
                ::testing::Optional(AllOf(::testing::Le(4000U), ::testing::Ge(3990U))));
    EXPECT_THAT(session().plan().name_servers, ElementsAre(NameServer(*IpAddress::parse("2001:db8::53"))));
    EXPECT_THAT(session().plan().search_domains, ElementsAre("example.org"));
    EXPECT_TRUE(session().configured_at().has_value());
    EXPECT_GE(changes_, 1U);
}

TEST_F(Dhcp6SessionTest, WithoutRapidCommitTheAdvertisedAddressIsRequested) {
    server_.rapid_commit = false;
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    EXPECT_THAT(server_.heard(), ElementsAre("SOLICIT rapid", "REQUEST 2001:db8::50"));
    EXPECT_THAT(addresses(), ElementsAre("2001:db8::50/128"));
}

TEST_F(Dhcp6SessionTest, IsSentFromTheLinkLocalAddress) {
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    EXPECT_EQ(server_.requests().front().source, link_local_of(session().link().mac));
    EXPECT_THAT(session().packets(), Not(IsEmpty()));
    EXPECT_EQ(session().packets().front().type, "SOLICIT");
    EXPECT_EQ(session().packets().front().peer.to_string(), "ff02::1:2");
}

TEST_F(Dhcp6SessionTest, RenewalGivesTheAddressItsTimeBackAndRemovesNothing) {
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    watch_kernel();
    server_.script = [](test::Dhcp6Server& server, const Request& request) {
        auto reply = RawReply6::to(request.message, MessageType::reply);
        reply.grant(ia_address("2001:db8::50", 7000, 8000));
        server.send(reply, request);
    };
    session().renew();
    ASSERT_TRUE(run_until([this] { return session().client().state() == State::bound; }));
    EXPECT_THAT(server_.heard(), Contains("RENEW 2001:db8::50"));
    EXPECT_THAT(test::lifetime_of("2001:db8::50/128", "eth0", cable_.client),
                ::testing::Optional(::testing::Gt(7990U)));
    EXPECT_THAT(kernel_events(), AllOf(Contains("new address 2001:db8::50/128"), Each(Not(StartsWith("gone")))));
    EXPECT_TRUE(session().configured());
}

TEST_F(Dhcp6SessionTest, AfterAFlapTheLeaseIsConfirmedAndKept) {
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    watch_kernel();
    static_cast<void>(server_.heard());
    cable_.unplug();
    ASSERT_TRUE(run_until([this] { return session().client().state() == State::waiting_for_link; }));
    cable_.plug_in();
    ASSERT_TRUE(run_until([this] { return session().client().state() == State::bound; })) << session().diagnosis();
    EXPECT_THAT(server_.heard(), ElementsAre("CONFIRM 2001:db8::50"));
    EXPECT_THAT(addresses(), ElementsAre("2001:db8::50/128"));
    EXPECT_THAT(kernel_events(), Each(Not(StartsWith("gone address"))));
}

TEST_F(Dhcp6SessionTest, OnAnotherLinkTheAddressGoesAndAnotherComes) {
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    refuse(MessageType::confirm, StatusCode::not_on_link);
    server_.address = "2001:db8:1::7";
    cable_.unplug();
    ASSERT_TRUE(run_until([this] { return session().client().state() == State::waiting_for_link; }));
    cable_.plug_in();
    ASSERT_TRUE(run_until([this] { return addresses() == std::vector<std::string>{"2001:db8:1::7/128"}; }))
        << session().diagnosis();
}

// The kernel drops all of IPv6 then.
TEST_F(Dhcp6SessionTest, WhenTheLinkWasDownTheAddressIsThereAgain) {
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    test::set_link_down("eth0", cable_.client);
    ASSERT_TRUE(run_until([this] { return session().client().state() == State::waiting_for_link; }));
    EXPECT_THAT(addresses(), IsEmpty());
    static_cast<void>(server_.heard());
    test::set_link_up("eth0", cable_.client);
    ASSERT_TRUE(run_until([this] { return session().client().state() == State::bound && session().configured(); }))
        << session().diagnosis();
    EXPECT_THAT(server_.heard(), Contains("CONFIRM 2001:db8::50"));
    EXPECT_THAT(addresses(), ElementsAre("2001:db8::50/128"));
}

TEST_F(Dhcp6SessionTest, StopReleasesTheLease) {
    settings_.client.release_on_stop = true;
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    session().stop();
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_TRUE(session().plan().name_servers.empty());
    EXPECT_TRUE(run_until([this] { return server_.count(MessageType::release) == 1; }));
    EXPECT_THAT(server_.heard(), Contains("RELEASE 2001:db8::50"));
}

TEST_F(Dhcp6SessionTest, StopDoesNotWaitForTheAnswerAndIsToldOfIt) {
    settings_.client.release_on_stop = true;
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    session().stop();
    EXPECT_TRUE(session().is_leaving());
    EXPECT_THAT(server_.heard(), Not(Contains("RELEASE 2001:db8::50"))) << "it has not had a turn of the loop";
    const auto told = changes_;
    ASSERT_TRUE(run_until([this] { return !session().is_leaving(); }));
    EXPECT_GT(changes_, told);
    EXPECT_EQ(server_.count(MessageType::release), 1U);
}

TEST_F(Dhcp6SessionTest, AReleaseThatNobodyAnswersIsSentAgain) {
    settings_.client.release_on_stop = true;
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    server_.script = [](test::Dhcp6Server& server, const Request& request) {
        if (server.count(MessageType::release) == 2) server.answer(request);
    };
    session().stop();
    ASSERT_TRUE(run_until([this] { return !session().is_leaving(); }));
    EXPECT_EQ(server_.count(MessageType::release), 2U);
}

TEST_F(Dhcp6SessionTest, WithoutACarrierNobodyIsLeftToRelease) {
    settings_.client.release_on_stop = true;
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    server_.silent = true;
    session().stop();
    ASSERT_TRUE(run_until([this] { return server_.count(MessageType::release) == 1; }));
    EXPECT_TRUE(session().is_leaving());
    cable_.unplug();
    EXPECT_TRUE(run_until([this] { return !session().is_leaving(); }));
}

TEST_F(Dhcp6SessionTest, WhetherStopReleasesMayBeChanged) {
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    session().release_on_stop(true);
    session().stop();
    EXPECT_TRUE(run_until([this] { return server_.count(MessageType::release) == 1; }));
}

TEST_F(Dhcp6SessionTest, StopWithoutReleaseSaysNothing) {
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    static_cast<void>(server_.heard());
    session().stop();
    loop_.poll();
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(server_.heard(), IsEmpty());
}

TEST_F(Dhcp6SessionTest, StatelessAsksForNameServersAlone) {
    settings_.client.mode = Mode::stateless;
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    EXPECT_THAT(server_.heard(), ElementsAre("INFORMATION-REQUEST"));
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(session().plan().name_servers, ElementsAre(NameServer(*IpAddress::parse("2001:db8::53"))));
    EXPECT_TRUE(session().configured_at().has_value());
    session().stop();
    EXPECT_FALSE(session().configured());
    EXPECT_THAT(session().plan().name_servers, IsEmpty());
}

TEST_F(Dhcp6SessionTest, NameServersOfTheLinkHaveItsZone) {
    server_.script = [](test::Dhcp6Server& server, const Request& request) {
        auto reply = RawReply6::to(request.message, MessageType::reply);
        reply.set(OptionCode::name_servers, test::octets6("fe80::53"));
        server.send(reply, request);
    };
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    EXPECT_EQ(session().plan().name_servers.at(0).to_string(), "fe80::53%eth0");
}

TEST_F(Dhcp6SessionTest, WhoHasNoAddressesIsQuoted) {
    refuse(MessageType::solicit, StatusCode::no_addrs_avail);
    start();
    ASSERT_TRUE(run_until([this] { return session().client().refusal() != nullptr; }));
    EXPECT_THAT(session().diagnosis(),
                AllOf(StartsWith("eth0: SOLICITING, "), HasSubstr(" SOLICIT sent, 1 replies received"),
                      HasSubstr("dropped 1 of a server without addresses (NoAddrsAvail)"),
                      HasSubstr("DHCPv6 server 00030001020000000001 refuses (NoAddrsAvail): \"none left\"")));
    EXPECT_EQ(session().drops()[DropReason::no_addresses_available], 1U);
}

TEST_F(Dhcp6SessionTest, WhatOthersHaveSetStays) {
    test::set_link_up("eth0", cable_.client);
    test::add_address("2001:db8:9::1/64", "eth0", cable_.client);
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    EXPECT_THAT(addresses(), Contains("2001:db8:9::1/64"));
    session().stop();
    EXPECT_THAT(addresses(), ElementsAre("2001:db8:9::1/64"));
}

TEST_F(Dhcp6SessionTest, EndsTheLeaseInTimeWhenNobodyRenewsIt) {
    server_.script = [](test::Dhcp6Server& server, const Request& request) {
        auto reply = RawReply6::to(request.message, MessageType::reply);
        reply.grant(ia_address("2001:db8::50", 1, 1));
        server.send(reply, request);
        server.silent = true;
    };
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    EXPECT_TRUE(run_until([this] { return session().client().lease() == nullptr; }));
    EXPECT_TRUE(run_until([this] { return addresses().empty(); }));
    EXPECT_FALSE(session().configured());
}

TEST_F(Dhcp6SessionTest, TheEndOfALeaseSaysWhichAnswersWereOfNoUse) {
    server_.script = [](test::Dhcp6Server& server, const Request& request) {
        auto reply = RawReply6::to(request.message, MessageType::reply);
        reply.grant(ia_address("2001:db8::50", 2, 2));
        if (request.message.type == MessageType::renew) reply.remove(dhcp6::OptionCode::server_identifier);
        server.send(reply, request);
    };
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    log::open(log::Target::standard_error, log::Level::warning);
    ::testing::internal::CaptureStderr();
    session().renew();
    const bool has_ended = run_until([this] { return session().client().lease() == nullptr; });
    EXPECT_THAT(::testing::internal::GetCapturedStderr(),
                ::testing::ContainsRegex("eth0: lease of 2001:db8::50 from .* ended \\(expired\\): no answer since "
                                         "its last grant was of use; "
                                         "dropped [0-9]+ that do not say which server sent them\n"));
    EXPECT_TRUE(has_ended);
}

TEST_F(Dhcp6SessionTest, WhoWillNotRenewHasTheAddressForGood) {
    settings_.forever = true;
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    EXPECT_EQ(test::lifetime_of("2001:db8::50/128", "eth0", cable_.client), std::nullopt);
    EXPECT_THAT(addresses(), ElementsAre("2001:db8::50/128"));
}

TEST_F(Dhcp6SessionTest, WithoutAnAddressToSendFromItSaysSo) {
    test::set_ipv6_sysctl("addr_gen_mode", "1", "eth0", cable_.client);
    start();
    ASSERT_TRUE(run_until([this] { return session().link().carrier; }));
    EXPECT_EQ(session().diagnosis(),
              "eth0: STOPPED, nothing sent, 0 replies received; there is no link-local address to send from");
    test::add_address("fe80::7/64", "eth0", cable_.client);
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    EXPECT_EQ(server_.requests().front().source.to_string(), "fe80::7");
}

TEST_F(Dhcp6SessionTest, AnotherAddressIsSentFromWhenTheFirstHasGone) {
    start();
    test::add_address("fe80::7/64", "eth0", cable_.client);
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    test::remove_address(link_local_of(session().link().mac).to_string() + "/64", "eth0", cable_.client);
    loop_.poll();
    session().renew();
    ASSERT_TRUE(run_until([this] { return server_.count(MessageType::renew) > 0; })) << session().diagnosis();
    EXPECT_EQ(server_.requests().back().source.to_string(), "fe80::7");
}

// As after a loss of events.
TEST_F(Dhcp6SessionTest, ALookAtTheAddressesFindsWhatNoEventHasTold) {
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    session_->be_deaf();
    test::remove_address("2001:db8::50/128", "eth0", cable_.client);
    test::remove_address(link_local_of(session().link().mac).to_string() + "/64", "eth0", cable_.client);
    session().read_addresses();
    EXPECT_EQ(session().client().state(), State::waiting_for_link);
    EXPECT_THAT(session().diagnosis(), HasSubstr("there is no link-local address to send from"));
    EXPECT_THAT(addresses(), ElementsAre("2001:db8::50/128")) << "it is still leased";
}

TEST_F(Dhcp6SessionTest, ListensToNobodyBetweenTwoExchanges) {
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    const auto received = session().client().messages().total_received();
    server_.answer(server_.requests().front());
    cable_.unplug();  // is seen after what came before
    ASSERT_TRUE(run_until([this] { return session().client().state() == State::waiting_for_link; }));
    EXPECT_EQ(session().client().messages().total_received(), received);
}

TEST_F(Dhcp6SessionTest, EveryMessageIsInTheCapture) {
    const test::TemporaryDirectory directory;
    auto capture = dhcp_io::CaptureFile::create(directory / "dhcp6.pcap");
    ASSERT_TRUE(test::is_ok(capture));
    settings_.capture = &*capture;
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    std::ifstream file(directory / "dhcp6.pcap");
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const auto own = link_local_of(session().link().mac).octets();
    const std::string address(own.begin(), own.end());
    const auto sent = bytes.find(address + std::string(kAllServers.octets().begin(), kAllServers.octets().end()));
    EXPECT_NE(sent, std::string::npos) << "from us to all servers";
    EXPECT_NE(bytes.find(address, sent + address.size()), std::string::npos) << "and the answer";
    EXPECT_NE(bytes.find("\x86\xdd\x60"), std::string::npos) << "as IPv6";
}

// With the usual duplicate address detection on the client's side.
class Dhcp6ConflictTest : public Dhcp6SessionTest {
  protected:
    Dhcp6ConflictTest() {
        for (const auto* link : {"eth0", "all"}) test::set_ipv6_sysctl("accept_dad", "1", link, cable_.client);
        test::set_ipv6_sysctl("router_solicitation_delay", "0", "eth0", cable_.client);  // by chance up to 1 s
        test::set_ipv6_sysctl("dad_transmits", "1", "eth0", cable_.client);
    }
};

TEST_F(Dhcp6ConflictTest, AnAddressThatAnotherHostHasIsDeclinedAndAnotherTaken) {
    test::add_address("2001:db8::50/64", "srv0", cable_.server);
    server_.script = [](test::Dhcp6Server& server, const Request& request) {
        if (request.message.type == MessageType::decline) server.address = "2001:db8::51";
        server.answer(request);
    };
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    EXPECT_THAT(addresses(), ElementsAre("2001:db8::51/128"));
    EXPECT_THAT(server_.heard(), ElementsAre("SOLICIT rapid", "DECLINE 2001:db8::50", "SOLICIT rapid"));
}

TEST_F(Dhcp6ConflictTest, AnAddressForGoodThatAnotherHostHasIsDeclinedToo) {
    settings_.forever = true;
    test::add_address("2001:db8::50/64", "srv0", cable_.server);
    start();
    ASSERT_TRUE(run_until([this] { return server_.count(MessageType::decline) > 0; })) << session().diagnosis();
    EXPECT_THAT(session().diagnosis(), HasSubstr("2001:db8::50 is another host's already"));
    EXPECT_FALSE(session().configured());
    EXPECT_TRUE(run_until([this] { return addresses().empty(); }));
}

TEST_F(Dhcp6ConflictTest, AnAddressCountsWhenItMayBeUsed) {
    start();
    ASSERT_TRUE(run_until([this] { return session().client().lease() != nullptr; })) << session().diagnosis();
    EXPECT_FALSE(session().configured()) << "nobody has been asked yet whether he has it";
    ASSERT_TRUE(is_configured()) << session().diagnosis();
}

TEST_F(Dhcp6ConflictTest, AnOptimisticAddressCountsAtOnce) {
    for (const auto* key : {"optimistic_dad", "use_optimistic"}) test::set_ipv6_sysctl(key, "1", "eth0", cable_.client);
    start();
    ASSERT_TRUE(run_until([this] { return session().client().lease() != nullptr; })) << session().diagnosis();
    const auto leased = BootClock::now();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    EXPECT_LT(BootClock::now() - leased, std::chrono::milliseconds(500)) << "detection takes a second";
}

TEST_F(Dhcp6ConflictTest, ALinkLocalAddressThatAnotherHostHasIsNotSentFrom) {
    test::add_address("fe80::ff:fe00:77/64", "srv0", cable_.server);  // there before it is asked for
    test::set_mac("02:00:00:00:00:77", "eth0", cable_.client);
    start();
    ASSERT_TRUE(run_until([this] {
        return session().diagnosis().find("is another host's already") != std::string::npos;
    })) << session().diagnosis();
    EXPECT_THAT(session().diagnosis(), HasSubstr("fe80::ff:fe00:77, to send from, is another host's already"));
    EXPECT_THAT(server_.heard(), IsEmpty());
}

}  // namespace
}  // namespace nlinit::dhcp6
