// SPDX-License-Identifier: Apache-2.0
// What is hostile comes right before what is good, to a DHCPv6 session: it is counted by its reason, and the session
// has the lease that the good answer grants.
#include <gmock/gmock.h>

#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "dhcp_io/dhcp6_session_fixture.hpp"

namespace nlinit::dhcp6 {
namespace {

using test::ia_address;
using test::ia_na;
using test::octets6;
using test::option6;
using test::put_together;
using test::RawReply6;
using test::status6;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ValuesIn;

const Bytes kGoodAddress = ia_address("2001:db8::66");  // would show if it were taken

struct Dropped6 {
    std::string name;
    std::function<void(RawReply6&)> spoil;
    DropReason reason;
};
std::ostream& operator<<(std::ostream& out, const Dropped6& hostile) {
    return out << hostile.name;
}
constexpr auto kByName6 = [](const auto& info) { return info.param.name; };

Dropped6 with_ia(std::string name, const Bytes& ia_options, DropReason reason) {
    return {std::move(name), [ia_options](auto& reply) { reply.grant(ia_options); }, reason};
}

Dropped6 granting(std::string name, const std::string& address) {
    return with_ia(std::move(name), ia_address(address), DropReason::bad_address);
}

Dropped6 with_times(std::string name, std::uint32_t t1, std::uint32_t t2, const Bytes& address, DropReason reason) {
    return {std::move(name), [=](auto& reply) { reply.set(OptionCode::ia_na, ia_na(reply.iaid, address, t1, t2)); },
            reason};
}

Dropped6 with(std::string name, OptionCode code, const Bytes& value, DropReason reason) {
    return {std::move(name), [=](auto& reply) { reply.set(code, value); }, reason};
}

Dropped6 with_tail(std::string name, const Bytes& tail, DropReason reason) {
    return {std::move(name), [=](auto& reply) { reply.tail = tail; }, reason};
}

Dropped6 without(std::string name, OptionCode code, DropReason reason) {
    return {std::move(name), [code](auto& reply) { reply.remove(code); }, reason};
}

Dropped6 of_type(std::string name, std::uint8_t type, DropReason reason) {
    return {std::move(name), [type](auto& reply) { reply.type = type; }, reason};
}

Dropped6 failing(std::string name, std::uint16_t code, DropReason reason) {
    return with(std::move(name), OptionCode::status_code, status6(StatusCode{code}, "no"), reason);
}

Bytes in_an_ia(const Bytes& ia_options) {
    return option6(OptionCode::ia_na, ia_na(1, ia_options));
}

std::vector<Dropped6> layouts() {
    using enum DropReason;
    const Bytes two_bytes{1, 2};
    return {
        with_tail("option_past_the_end", {0, 23, 0xff, 0xff, 1}, options_overrun),
        with_tail("option_cut_in_its_head", {0, 23, 0}, options_overrun),
        with_ia("address_past_the_end_of_its_ia",
                option6(OptionCode::ia_address, put_together({octets6("2001:db8::66"), Bytes(8, 1)}), 200),
                nested_options_overrun),
        with_ia("status_past_the_end_of_its_address",
                ia_address("2001:db8::66", 2000, 4000, option6(OptionCode::status_code, {0, 0}, 60000)),
                nested_options_overrun),
        with_ia("address_of_10_bytes", option6(OptionCode::ia_address, Bytes(10, 0x20)), bad_option_size),
        with("ia_of_4_bytes", OptionCode::ia_na, Bytes(4), bad_option_size),
        with("preference_of_2_bytes", OptionCode::preference, two_bytes, bad_option_size),
        with("status_of_1_byte", OptionCode::status_code, Bytes(1), bad_option_size),
        with_ia("ia_in_an_ia", in_an_ia(kGoodAddress), no_address),
        with_ia("ia_in_an_ia_in_an_ia", in_an_ia(in_an_ia(in_an_ia(kGoodAddress))), no_address),
        {"two_clients", [](auto& a) { a.add(OptionCode::client_identifier, Bytes(10, 7)); }, repeated_option},
        {"two_servers", [](auto& a) { a.add(OptionCode::server_identifier, Bytes(10, 7)); }, repeated_option},
        with("client_of_2_bytes", OptionCode::client_identifier, two_bytes, bad_duid),
        with("server_of_0_bytes", OptionCode::server_identifier, {}, bad_duid),
        with("server_of_131_bytes", OptionCode::server_identifier, Bytes(131, 1), bad_duid),
    };
}

std::vector<Dropped6> identities() {
    using enum DropReason;
    return {
        of_type("type_0", 0, unknown_message_type),
        of_type("reconfigure", 10, unknown_message_type),
        of_type("relay_reply", 13, unknown_message_type),
        of_type("type_255", 255, unknown_message_type),
        of_type("own_question", 1, not_a_reply),
        {"another_transaction", [](auto& a) { a.xid ^= 1; }, other_transaction},
        without("no_client", OptionCode::client_identifier, no_client_identifier),
        with("another_client", OptionCode::client_identifier, Bytes(10, 7), other_client_identifier),
        without("no_server", OptionCode::server_identifier, no_server_identifier),
        without("reply_without_rapid_commit", OptionCode::rapid_commit, rapid_commit_mismatch),
        without("no_ia", OptionCode::ia_na, no_identity_association),
        {"another_ia", [](auto& a) { a.set(OptionCode::ia_na, ia_na(a.iaid + 1, kGoodAddress)); },
         no_identity_association},
    };
}

std::vector<Dropped6> grants() {
    using enum DropReason;
    const auto address = [](std::uint32_t preferred, std::uint32_t valid) {
        return ia_address("2001:db8::66", preferred, valid);
    };
    return {
        granting("multicast", "ff02::1"),
        granting("link_local", "fe80::66"),
        granting("unspecified", "::"),
        granting("loopback", "::1"),
        granting("ipv4_mapped", "::ffff:192.0.2.66"),
        with_ia("empty_ia", {}, no_address),
        with_ia("no_time", address(0, 0), no_lifetime),
        with_ia("preferred_longer_than_valid", address(4000, 2000), bad_lifetimes),
        with_times("t1_after_t2", 200, 100, address(2000, 4000), bad_renewal_times),
        with_times("t1_after_t2_after_valid", 9000, 8000, address(2000, 4000), bad_renewal_times),
        with_ia("address_with_a_status",
                ia_address("2001:db8::66", 2000, 4000,
                           option6(OptionCode::status_code, status6(StatusCode::not_on_link, "no"))),
                not_on_link),
        with_ia("ia_with_a_status", option6(OptionCode::status_code, status6(StatusCode::no_addrs_avail, "no")),
                no_addresses_available),
        failing("unspec_fail", 1, unspecified_failure),
        failing("no_addrs_avail", 2, no_addresses_available),
        failing("no_binding", 3, no_binding),
        failing("not_on_link_of_all", 4, not_on_link),
        failing("use_multicast", 5, use_multicast),
        failing("no_prefix_avail", 6, no_prefix_available),
        failing("status_65535", 65535, unknown_status),
    };
}

class Hostile6 : public test::Dhcp6SessionFixture {
  protected:
    using Request = test::Dhcp6Server::Request;
    using Send = std::function<void(const Request&)>;

    // What send() sends comes before the good answer to the first question, and before no other.
    void send_before_the_good_one(const Send& send) {
        server_.script = [this, send](test::Dhcp6Server& server, const Request& request) {
            if (server_.requests().size() == 1) send(request);
            server.answer(request);
        };
        start();
    }
    void expect_good_lease() {
        ASSERT_TRUE(is_configured()) << session().diagnosis();
        EXPECT_THAT(addresses(), ElementsAre("2001:db8::50/128"));
        EXPECT_THAT(session().plan().name_servers, ElementsAre(NameServer(*IpAddress::parse("2001:db8::53"))));
    }
    [[nodiscard]] std::uint64_t total_drops() { return session().drops().total(); }
    void expect_only(DropReason reason) {
        EXPECT_EQ(session().drops()[reason], 1U) << session().diagnosis();
        EXPECT_EQ(total_drops(), 1U) << session().diagnosis();
    }
};

class HostileReply6 : public Hostile6, public ::testing::WithParamInterface<Dropped6> {};

TEST_P(HostileReply6, IsDropped) {
    send_before_the_good_one([this](const Request& request) {
        auto reply = RawReply6::to(request.message, MessageType::reply);
        reply.grant(kGoodAddress);
        GetParam().spoil(reply);
        server_.send(reply, request);
    });
    expect_good_lease();
    expect_only(GetParam().reason);
}
INSTANTIATE_TEST_SUITE_P(Layout, HostileReply6, ValuesIn(layouts()), kByName6);
INSTANTIATE_TEST_SUITE_P(Identity, HostileReply6, ValuesIn(identities()), kByName6);
INSTANTIATE_TEST_SUITE_P(Grant, HostileReply6, ValuesIn(grants()), kByName6);

TEST_F(Hostile6, MessagesShorterThanAHeaderAreDropped) {
    send_before_the_good_one([this](const Request& request) {
        for (std::size_t size = 0; size < kHeaderSize; ++size) server_.send(Bytes(size, 7), request);
    });
    expect_good_lease();
    EXPECT_GE(session().drops()[DropReason::short_message], 1U);
    EXPECT_EQ(total_drops(), session().drops()[DropReason::short_message]);
}

TEST_F(Hostile6, AStatusTextOf64KibibytesIsNotRead) {
    send_before_the_good_one([this](const Request& request) {
        auto reply = RawReply6::to(request.message, MessageType::reply);
        reply.add(OptionCode::status_code, status6(StatusCode::unspec_fail, std::string(65000, 'x')));
        server_.send(reply, request);
    });
    expect_good_lease();
    expect_only(DropReason::truncated_by_kernel);
}

TEST_F(Hostile6, AStatusTextIsShownCutAndWithoutWhatMovesTheCursor) {
    server_.script = [](test::Dhcp6Server& server, const Request& request) {
        auto reply = RawReply6::to(request.message, MessageType::reply);
        reply.add(OptionCode::status_code,
                  status6(StatusCode::no_addrs_avail, "\x1b[2J\nall is well" + std::string(3000, 'x')));
        server.send(reply, request);
    };
    start();
    ASSERT_TRUE(run_until([this] { return session().client().refusal() != nullptr; }));
    EXPECT_THAT(session().diagnosis(), HasSubstr("all is well"));
    EXPECT_THAT(session().diagnosis(), Not(HasSubstr("\x1b")));
    EXPECT_THAT(session().diagnosis(), Not(HasSubstr("\n")));
    EXPECT_LT(session().diagnosis().size(), 500U);
    EXPECT_TRUE(addresses().empty());
}

// RFC 8415 says to which address a server answers, and not from which. From beyond the link nothing comes to a
// link-local address.
TEST_F(Hostile6, AServerMayAnswerFromAnyOfItsAddresses) {
    test::add_address("2001:db8::1/64", "srv0", cable_.server);
    server_.script = [](test::Dhcp6Server& server, const Request& request) {
        auto reply = RawReply6::to(request.message, MessageType::reply);
        reply.grant(kGoodAddress);
        server.send_from("2001:db8::1", reply.message(), request);
    };
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    EXPECT_THAT(addresses(), ElementsAre("2001:db8::66/128"));
    EXPECT_EQ(total_drops(), 0U);
}

TEST_F(Hostile6, MoreAddressesThanAnybodyNeedsAreCut) {
    server_.script = [](test::Dhcp6Server& server, const Request& request) {
        auto reply = RawReply6::to(request.message, MessageType::reply);
        Bytes all;
        for (int i = 1; i <= 100; ++i) all = put_together({all, ia_address("2001:db8::" + std::to_string(i))});
        reply.grant(all);
        server.send(reply, request);
    };
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    EXPECT_EQ(addresses().size(), Lease::kMaxAddresses);
}

// Of lists the good entries count, and no more than a limit.
TEST_F(Hostile6, OddListsOfServersAndNamesCostNoLease) {
    server_.script = [](test::Dhcp6Server& server, const Request& request) {
        auto reply = RawReply6::to(request.message, MessageType::reply);
        Bytes servers = put_together({octets6("ff02::1"), octets6("::"), octets6("::1")});
        for (int i = 1; i <= 200; ++i) servers = put_together({servers, octets6("2001:db8::53:" + std::to_string(i))});
        reply.set(OptionCode::name_servers, servers);
        reply.set(OptionCode::domain_list, {63, 'a', 0xc0, 0x00, 0xff});
        server.send(reply, request);
    };
    start();
    ASSERT_TRUE(is_configured()) << session().diagnosis();
    EXPECT_EQ(session().plan().name_servers.size(), kMaxNameServers);
    EXPECT_EQ(session().plan().name_servers.front().to_string(), "2001:db8::53:1");
    EXPECT_TRUE(session().plan().search_domains.empty());
}

// The kernel is told to keep the others out when the first has come: the client reads between the batches.
TEST_F(Hostile6, AFloodOfAnotherTransactionIsKeptOutByTheKernel) {
    constexpr unsigned kBatch = 100;
    int batches = 20;
    std::optional<Request> question;
    sys::EventLoop::TimerId next_batch{};
    next_batch = loop_.add_timer([&] {
        auto reply = RawReply6::to(question->message, MessageType::reply);
        reply.grant(kGoodAddress);
        reply.xid ^= 1;
        const auto bytes = reply.message();
        for (unsigned i = 0; i < kBatch; ++i) server_.send(bytes, *question);
        if (--batches == 0) return server_.answer(*question);
        loop_.arm(next_batch, BootClock::now());
    });
    server_.script = [&](test::Dhcp6Server& server, const Request& request) {
        if (batches == 0) return server.answer(request);
        if (!std::exchange(question, request)) loop_.arm(next_batch, BootClock::now());
    };
    start();
    expect_good_lease();
    loop_.remove_timer(next_batch);
    const auto drops = session().drops()[DropReason::other_transaction];
    EXPECT_GE(drops, 1U) << "a flood that was none shows nothing";
    EXPECT_LE(drops, kBatch);
}

// Each answer leads to the next question: by RFC 8415 14.1 not at the speed of the wire.
TEST_F(Hostile6, AServerThatGrantsAndThenKnowsNothingIsAskedEverMoreSeldom) {
    server_.rapid_commit = false;
    server_.script = [](test::Dhcp6Server& server, const Request& request) {
        if (request.message.type == MessageType::solicit) return server.answer(request);
        auto reply = RawReply6::to(request.message, MessageType::reply);
        reply.remove(OptionCode::ia_na);
        reply.add(OptionCode::status_code, status6(StatusCode::no_addrs_avail, "no"));
        server.send(reply, request);
    };
    start();
    EXPECT_FALSE(test::run_until(
        loop_, [this] { return server_.requests().size() > 12; }, std::chrono::seconds(2)));
    EXPECT_GE(server_.requests().size(), 4U) << "refused once, and asked again";
}

}  // namespace
}  // namespace nlinit::dhcp6
