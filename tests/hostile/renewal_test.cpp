// SPDX-License-Identifier: Apache-2.0
// A lease in use, and what is said to it: before it is to be renewed, while it is renewed, and while every server is
// asked. `netsetup --keep` stays, so what it did shows in the kernel and in what it sent.
#include <csignal>

#include "hostile/hostile_fixture.hpp"

namespace nlinit {
namespace {

using namespace std::chrono_literals;
using dhcp::OptionCode;
using test::bytes_of;
using test::MessageType;
using test::RawAnswer;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::Optional;
using ::testing::StartsWith;
using ::testing::ValuesIn;

constexpr Ipv4Address kOtherServer{192, 0, 2, 7};
constexpr const char* kRenewal = "unicast 192.0.2.50 to 192.0.2.1 REQUEST ciaddr=192.0.2.50";
constexpr const char* kRequest = "broadcast REQUEST requested=192.0.2.50 server=192.0.2.1";
constexpr std::uint32_t kRenewedFor = 5000;

// What is sent to a client that has a lease, made of an ACK to its last question.
using test::Odd;

class LeaseInUse : public test::HostileFixture, public ::testing::WithParamInterface<Odd> {
  protected:
    // Bound, to renew after `t1` and to ask everybody after `t2` seconds.
    void bind(std::uint32_t t1, std::uint32_t t2) {
        answer_with([=](auto& answer) {
            answer.set(OptionCode::lease_time, bytes_of(60U));
            answer.set(OptionCode::renewal_time, bytes_of(t1));
            answer.set(OptionCode::rebinding_time, bytes_of(t2));
        });
        program_.emplace(loop_, command({"eth0", "--json", "--keep"}), test::Surroundings{.network = &cable_.client});
        ASSERT_TRUE(test::run_until(loop_, [&] { return !program_->output().empty(); }));
        question_ = *std::ranges::find(server_.requests(), MessageType::request,
                                       [](const auto& request) { return request.message.type; });
        events_.emplace(cable_.client);
        ASSERT_TRUE(
            loop_.watch(events_->fd(), [this] { std::ranges::move(events_->take(), std::back_inserter(seen_)); }).ok());
    }
    ~LeaseInUse() override {
        if (events_) loop_.unwatch(events_->fd());
    }
    // From then on answers are to this one.
    [[nodiscard]] bool hears_renewal(bool by_broadcast) {
        return test::run_until(loop_, [&] {
            const auto& last = server_.requests().back();
            if (server_.count(MessageType::request) < 2 || server_.requests().size() <= asked_before_ ||
                last.destination.is_broadcast() != by_broadcast)
                return false;
            question_ = last;
            return true;
        });
    }
    [[nodiscard]] RawAnswer ack_to_last() const { return RawAnswer::to(question_->message, MessageType::ack); }
    void send_hostile() {
        auto answer = ack_to_last();
        answer.set(OptionCode::lease_time, bytes_of(test::kPoisonedLease));
        GetParam().make(answer);
        send(answer);
    }
    void send_renewal() {
        auto answer = ack_to_last();
        answer.set(OptionCode::lease_time, bytes_of(kRenewedFor));
        send(answer);
    }
    [[nodiscard]] std::optional<std::uint32_t> lifetime() const {
        return test::lifetime_of("192.0.2.50/24", "eth0", cable_.client);
    }
    [[nodiscard]] bool is_renewed(std::uint32_t seconds = kRenewedFor) {
        return test::run_until(loop_, [&] {
            const auto left = lifetime();
            return left && *left > seconds - 30 && *left <= seconds;
        });
    }
    // By SIGUSR1, and not at T1.
    void renew_now() {
        asked_before_ = server_.requests().size();
        program_->signal(SIGUSR1);
    }
    void expect_lease_in_the_kernel() {
        EXPECT_THAT(seen_, Not(Contains(StartsWith("gone"))));
        EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
        EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 src 192.0.2.50 proto dhcp scope link",
                                          "default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
    }
    test::Finished end() {
        program_->signal(SIGTERM);
        return program_->wait();
    }
    // The address was there all the time, and nothing was said that was not asked for.
    void expect_undisturbed() {
        expect_lease_in_the_kernel();
        const auto ended = end();
        EXPECT_EQ(ended.exit_code, 0);
        EXPECT_THAT(ended.errors, IsEmpty());
        EXPECT_LE(ended.cpu, test::kMostCpu);
        EXPECT_LE(ended.sleeps, 200);
    }

  private:
    std::optional<test::DhcpServer::Request> question_;
    std::size_t asked_before_ = 0;
    std::optional<test::KernelEvents> events_;
    std::vector<std::string> seen_;
    std::optional<test::Program> program_;
};

test::Spoil of_type(std::uint8_t type) {
    return [type](auto& answer) { answer.set(OptionCode::message_type, {type}); };
}

const std::vector<Odd> kUnasked{
    {"ack_again", [](auto&) {}},
    {"ack_for_another_address",
     [](auto& a) {
         a.yiaddr = {192, 0, 2, 66};
     }},
    {"offer", of_type(2)},
    {"nak", [](auto& a) { a.become_nak(); }},
    {"nak_without_server", [](auto& a) { a.become_nak(), a.remove(OptionCode::server_identifier); }},
    {"forcerenew", of_type(9)},
    {"leaseactive", of_type(13)},
    {"discover", of_type(1)},
    {"garbage", [](auto& a) { a.end = {12}, a.padded_to = 0; }},
};

class Bound : public LeaseInUse {};
TEST_P(Bound, IgnoresWhatItDidNotAskFor) {
    bind(20, 30);
    for (int i = 0; i < 3; ++i) send_hostile();
    renew_now();
    ASSERT_TRUE(hears_renewal(false));
    EXPECT_THAT(lifetime(), Optional(AllOf(Ge(30U), Le(60U))));
    send_renewal();
    EXPECT_TRUE(is_renewed());
    EXPECT_THAT(questions(), ElementsAre("broadcast DISCOVER", kRequest, kRenewal));
    expect_undisturbed();
}
INSTANTIATE_TEST_SUITE_P(Unasked, Bound, ValuesIn(kUnasked), test::kByName);

std::vector<Odd> bad_answers() {
    return {
        {"ack_of_another_server", [](auto& a) { a.set(OptionCode::server_identifier, bytes_of(kOtherServer)); }},
        {"ack_for_another_address",
         [](auto& a) {
             a.yiaddr = {192, 0, 2, 66};
         }},
        {"ack_for_address_0", [](auto& a) { a.yiaddr = {}; }},
        {"ack_of_another_transaction", [](auto& a) { a.xid ^= 1; }},
        {"ack_with_a_bad_udp_sum", [](auto& a) { a.ip.udp_sum = 0x1234; }},
        {"ack_in_a_vlan",
         [](auto& a) {
             a.tags = {0x8100, 5};
         }},
        {"ack_without_lease_time", [](auto& a) { a.remove(OptionCode::lease_time); }},
        {"ack_with_lease_time_0", [](auto& a) { a.set(OptionCode::lease_time, Bytes(4)); }},
        {"ack_with_a_mask_with_a_hole",
         [](auto& a) {
             a.set(OptionCode::subnet_mask, {255, 0, 255, 0});
         }},
        {"ack_for_another_client_identifier",
         [](auto& a) {
             a.set(OptionCode::client_identifier, {1, 2, 3});
         }},
        {"offer", of_type(2)},
        {"forcerenew", of_type(9)},
    };
}

std::vector<Odd> bad_naks() {
    return {
        {"nak_of_another_server",
         [](auto& a) { a.become_nak(), a.set(OptionCode::server_identifier, bytes_of(kOtherServer)); }},
        {"nak_without_server", [](auto& a) { a.become_nak(), a.remove(OptionCode::server_identifier); }},
        {"nak_of_another_transaction", [](auto& a) { a.become_nak(), a.xid ^= 1; }},
        {"nak_with_a_bad_ip_sum", [](auto& a) { a.become_nak(), a.ip.ip_sum = 0x1234; }},
    };
}

class Renewing : public LeaseInUse {};
TEST_P(Renewing, DropsABadAnswerAndTakesTheGoodOne) {
    bind(20, 30);
    renew_now();
    ASSERT_TRUE(hears_renewal(false));
    send_hostile();
    send_renewal();
    EXPECT_TRUE(is_renewed());
    EXPECT_THAT(questions(), ElementsAre("broadcast DISCOVER", kRequest, kRenewal));
    expect_undisturbed();
}
INSTANTIATE_TEST_SUITE_P(Ack, Renewing, ValuesIn(bad_answers()), test::kByName);
INSTANTIATE_TEST_SUITE_P(Nak, Renewing, ValuesIn(bad_naks()), test::kByName);

// Any server may answer here, also with a NAK: what is of no server at all still may not.
const std::vector<Odd> kBadWhileRebinding{
    {"ack_for_another_address",
     [](auto& a) {
         a.yiaddr = {192, 0, 2, 66};
     }},
    {"nak_of_another_transaction", [](auto& a) { a.become_nak(), a.xid ^= 1; }},
    {"nak_with_a_bad_udp_sum", [](auto& a) { a.become_nak(), a.ip.udp_sum = 0x1234; }},
    {"forcerenew", of_type(9)},
};

class Rebinding : public LeaseInUse {};
TEST_P(Rebinding, DropsABadAnswerAndTakesTheGoodOne) {
    bind(15, 16);  // the soonest that there is
    ASSERT_TRUE(hears_renewal(true));
    send_hostile();
    send_renewal();
    EXPECT_TRUE(is_renewed());
    EXPECT_THAT(questions(), Contains("broadcast REQUEST ciaddr=192.0.2.50"));
    expect_undisturbed();
}
INSTANTIATE_TEST_SUITE_P(All, Rebinding, ValuesIn(kBadWhileRebinding), test::kByName);

// What a renewal leaves out goes on.
std::vector<Odd> short_answers() {
    const auto without = [](std::vector<OptionCode> codes) {
        return [codes](auto& a) {
            for (const auto code : codes) a.remove(code);
        };
    };
    using enum OptionCode;
    return {
        {"without_anything",
         [](auto& a) {
             std::erase_if(a.options, [](const auto& option) {
                 return option.code != message_type && option.code != server_identifier && option.code != lease_time;
             });
         }},
        {"without_mask", without({subnet_mask})},
        {"without_router", without({router})},
        {"without_name_servers", without({name_server})},
        {"with_empty_values",
         [](auto& a) {
             for (const auto code : {subnet_mask, router, name_server}) a.set(code, {});
         }},
    };
}

class RenewingInFewWords : public LeaseInUse {};
TEST_P(RenewingInFewWords, KeepsWhatTheLeaseHasAndSaysSoOnce) {
    bind(20, 30);
    renew_now();
    ASSERT_TRUE(hears_renewal(false));
    for (const auto seconds : {kRenewedFor - 1000, kRenewedFor}) {
        auto answer = ack_to_last();
        answer.set(OptionCode::lease_time, bytes_of(seconds));
        GetParam().make(answer);
        send(answer);
        ASSERT_TRUE(is_renewed(seconds));
        if (seconds == kRenewedFor) break;
        renew_now();
        ASSERT_TRUE(hears_renewal(false));
    }
    expect_lease_in_the_kernel();
    const auto errors = end().errors;
    EXPECT_THAT(errors, ::testing::HasSubstr(": kept from the lease before it"));
    EXPECT_EQ(std::ranges::count(errors, '\n'), 1) << errors;
}
INSTANTIATE_TEST_SUITE_P(All, RenewingInFewWords, ValuesIn(short_answers()), test::kByName);

}  // namespace
}  // namespace nlinit
