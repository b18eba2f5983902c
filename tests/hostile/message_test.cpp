// SPDX-License-Identifier: Apache-2.0
// Answers that are whole, and that no client may believe: addresses that no host can have, servers that were not asked,
// and answers to what was not the question.
#include "hostile/hostile_fixture.hpp"

namespace nlinit {
namespace {

using dhcp::OptionCode;
using test::bytes_of;
using test::Dropped;
using test::Drops;
using test::MessageType;
using test::RawAnswer;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::ValuesIn;

constexpr Ipv4Address kOtherServer{192, 0, 2, 7};

Dropped granting(std::string name, Ipv4Address address, DropReason reason = DropReason::bad_offered_address) {
    return {std::move(name), [address](auto& a) { a.yiaddr = address; }, reason};
}

Dropped of_type(std::string name, std::uint8_t type, DropReason reason) {
    return {std::move(name), [type](auto& a) { a.set(OptionCode::message_type, {type}); }, reason};
}

// No server identifier, and this source.
Dropped from(std::string name, Ipv4Address source, DropReason reason) {
    return {std::move(name),
            [source](auto& a) {
                a.remove(OptionCode::server_identifier);
                a.ip.source = source;
            },
            reason};
}

std::vector<Dropped> offers() {
    using enum DropReason;
    return {
        granting("address_0", {}),
        granting("address_broadcast", kBroadcastAddress),
        granting("address_multicast", {224, 0, 0, 1}),
        granting("address_reserved", {240, 0, 0, 1}),
        granting("address_loopback", {127, 0, 0, 1}),
        granting("address_in_0_8", {0, 1, 2, 3}),
        granting("address_of_the_server", {192, 0, 2, 1}, address_of_server),
        granting("address_of_the_subnet", {192, 0, 2, 0}, address_of_subnet),
        granting("address_of_the_subnets_broadcast", {192, 0, 2, 255}, address_of_subnet),
        {"address_of_a_subnet_of_4",
         [](auto& a) {
             a.yiaddr = {192, 0, 2, 52}, a.set(OptionCode::subnet_mask, {255, 255, 255, 252});
         },
         address_of_subnet},
        from("no_server_and_source_0", {}, no_server_identifier),
        from("no_server_and_source_broadcast", kBroadcastAddress, no_server_identifier),
        from("no_server_and_source_multicast", {224, 0, 0, 1}, no_server_identifier),
        {"server_0", [](auto& a) { a.set(OptionCode::server_identifier, Bytes(4)); }, bad_server_identifier},
        {"server_broadcast", [](auto& a) { a.set(OptionCode::server_identifier, Bytes(4, 255)); },
         bad_server_identifier},
        {"server_multicast",
         [](auto& a) {
             a.set(OptionCode::server_identifier, {224, 0, 0, 1});
         },
         bad_server_identifier},
        of_type("nak_before_any_request", 6, not_expected_in_state),
        of_type("ack_without_rapid_commit", 5, rapid_commit_mismatch),
    };
}

std::vector<Dropped> acks() {
    using enum DropReason;
    return {
        {"of_another_server", [](auto& a) { a.set(OptionCode::server_identifier, bytes_of(kOtherServer)); },
         other_server},
        from("of_another_server_without_identifier", kOtherServer, other_server),
        {"of_server_0", [](auto& a) { a.set(OptionCode::server_identifier, Bytes(4)); }, other_server},
        {"for_another_address",
         [](auto& a) {
             a.yiaddr = {192, 0, 2, 66};
         },
         other_address},
        {"for_address_0", [](auto& a) { a.yiaddr = {}; }, other_address},
        {"for_address_broadcast", [](auto& a) { a.yiaddr = kBroadcastAddress; }, other_address},
        of_type("offer_again", 2, not_expected_in_state),
        {"offer_of_another_server",
         [](auto& a) {
             a.set(OptionCode::message_type, {2});
             a.set(OptionCode::server_identifier, bytes_of(kOtherServer));
             a.yiaddr = {192, 0, 2, 66};
         },
         not_expected_in_state},
        {"nak_of_another_server",
         [](auto& a) {
             a.become_nak();
             a.set(OptionCode::server_identifier, bytes_of(kOtherServer));
         },
         other_server},
        {"nak_without_server",
         [](auto& a) {
             a.become_nak();
             a.remove(OptionCode::server_identifier);
         },
         no_server_identifier},
        {"nak_of_an_earlier_transaction", [](auto& a) { a.become_nak(), a.xid ^= 1; }, other_transaction},
    };
}

class MessageBeforeTheOffer : public test::BeforeTheOffer {};
class MessageBeforeTheAck : public test::BeforeTheAck {};

TEST_P(MessageBeforeTheOffer, IsDropped) {
    send_before_the_good_one();
    expect_good_lease();
}
TEST_P(MessageBeforeTheAck, IsDropped) {
    send_before_the_good_one();
    expect_good_lease();
}
INSTANTIATE_TEST_SUITE_P(Message, MessageBeforeTheOffer, ValuesIn(offers()), test::kByName);
INSTANTIATE_TEST_SUITE_P(Message, MessageBeforeTheAck, ValuesIn(acks()), test::kByName);

const std::vector<test::Odd> kOddMessages{
    {"no_server_but_a_unicast_source", [](auto& a) { a.remove(OptionCode::server_identifier); }},
    {"server_of_0_bytes", [](auto& a) { a.set(OptionCode::server_identifier, {}); }},
    {"server_of_3_bytes",
     [](auto& a) {
         a.set(OptionCode::server_identifier, {192, 0, 2});
     }},
    {"source_0_and_a_server", [](auto& a) { a.ip.source = {}; }},
    {"source_of_a_relay",
     [](auto& a) {
         a.ip.source = a.giaddr = {198, 51, 100, 9};
     }},
};

class OddMessage : public test::OddExchange {};
TEST_P(OddMessage, IsTaken) {
    answer_oddly();
    expect_good_lease();
    EXPECT_THAT(drops(), IsEmpty());
}
INSTANTIATE_TEST_SUITE_P(Exchange, OddMessage, ValuesIn(kOddMessages), test::kByName);

class OddAnswer : public test::HostileFixture {
  protected:
    [[nodiscard]] static RawAnswer rapid(const test::DhcpServer::Request& request, MessageType type) {
        auto answer = RawAnswer::to(request.message, type);
        answer.add(OptionCode::rapid_commit, {});
        return answer;
    }
};

TEST_F(OddAnswer, OfferWithRapidCommitIsAPlainOffer) {
    on_discover_ = [this](const auto& request) { send(rapid(request, MessageType::offer)); };
    run();
    expect_good_lease();
    EXPECT_THAT(drops(), IsEmpty());
}

TEST_F(OddAnswer, RapidCommitThatWasNotAskedForIsDropped) {
    on_discover_ = [this](const auto& request) {
        send(rapid(request, MessageType::ack));
        offer(request);
    };
    run({"--no-rapid-commit"});
    expect_success();
    EXPECT_EQ(drops(), (Drops{{"rapid_commit_mismatch", 1}}));
    EXPECT_THAT(questions(),
                ElementsAre("broadcast DISCOVER", "broadcast REQUEST requested=192.0.2.50 server=192.0.2.1"));
}

// An OFFER of another server, before and behind it: the first one counts.
TEST_F(OddAnswer, OfferIsFollowedByOthers) {
    on_discover_ = [this](const auto& request) {
        offer(request);
        auto other = RawAnswer::to(request.message, MessageType::offer);
        other.set(OptionCode::server_identifier, bytes_of(kOtherServer));
        other.yiaddr = {192, 0, 2, 66};
        for (int i = 0; i < 3; ++i) send(other);
    };
    run();
    expect_good_lease();
    EXPECT_EQ(drops(), (Drops{{"not_expected_in_state", 3}}));
}

// The answer to the resent DISCOVER comes although the first one was answered too.
TEST_F(OddAnswer, EveryAnswerComesTwice) {
    const auto twice = [this](MessageType type) {
        return [this, type](const auto& request) {
            send(RawAnswer::to(request.message, type));
            send(RawAnswer::to(request.message, type));
        };
    };
    on_discover_ = twice(MessageType::offer);
    on_request_ = twice(MessageType::ack);
    run();
    expect_good_lease();
    EXPECT_EQ(drops(), (Drops{{"not_expected_in_state", 1}})) << "behind the ACK nobody listens any more";
}

TEST_F(OddAnswer, NothingGoodFollowsAndTheReasonsAreTold) {
    on_discover_ = [this](const auto& request) {
        auto answer = RawAnswer::to(request.message, MessageType::offer);
        answer.ip.udp_sum = 0x1234;
        for (int i = 0; i < 5; ++i) send(answer);
        answer.ip.udp_sum = std::nullopt;
        answer.set(OptionCode::message, bytes_of("\x1b[2J\nnlinit: all is well"));
        answer.yiaddr = {};
        send(answer);
    };
    run({"--timeout", "500ms"});
    EXPECT_EQ(finished().exit_code, 5);
    EXPECT_EQ(drops(), (Drops{{"bad_udp_checksum", 5}, {"bad_offered_address", 1}}));
    EXPECT_THAT(finished().errors, ::testing::HasSubstr("dropped 5 with a bad UDP checksum"));
    EXPECT_EQ(std::ranges::count(finished().errors, '\n'), 1);
    EXPECT_THAT(finished().errors, ::testing::Not(::testing::HasSubstr("\x1b")));
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(routes(), IsEmpty());
    expect_no_busy_loop();
}

}  // namespace
}  // namespace nlinit
