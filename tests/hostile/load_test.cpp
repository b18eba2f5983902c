// SPDX-License-Identifier: Apache-2.0
// More than one client should have to hear: floods before, between and instead of answers, and a server that always
// says no. What is bounded is the client's work, not the time of a busy machine.
#include "hostile/hostile_fixture.hpp"
#include "support/run_until.hpp"

namespace nlinit {
namespace {

using namespace std::chrono_literals;
using dhcp::OptionCode;
using test::bytes_of;
using test::MessageType;
using test::RawAnswer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::size_t kFlood = 20000;

class Load : public test::HostileFixture {
  protected:
    // Two of them: a machine that is slow enough may lose the good answer in the midst of each.
    void flood(const RawAnswer& answer, std::size_t count) {
        if (++floods_ > 2) return;
        server_.await_running();
        link_.flood(answer.frame(), count);
    }
    // What the kernel had no room for is lost, also the good answer in the midst of it: it is asked for again.
    void answer_every_question() {
        server_.script = [this](test::DhcpServer&, const test::DhcpServer::Request& request) {
            if (request.message.type == MessageType::discover) on_discover_(request);
            if (request.message.type == MessageType::request) on_request_(request);
        };
    }
    void expect_lease() {
        EXPECT_EQ(finished().exit_code, 0) << finished().errors;
        EXPECT_THAT(finished().errors, IsEmpty());
        EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
        EXPECT_EQ(report()["dhcp"]["lease"]["seconds"].number(), 3600);
        EXPECT_LT(finished().took, 3s);
        expect_no_busy_loop(2 * kFlood);
    }
    [[nodiscard]] std::uint64_t dropped(DropReason reason) const { return drops()[std::string(name_of(reason))]; }

    Bytes flood_on_;
    int floods_ = 0;
};

TEST_F(Load, OffersOfAnotherTransactionDoNotHideTheGoodOne) {
    answer_every_question();
    on_discover_ = [this](const auto& request) {
        auto hostile = RawAnswer::to(request.message, MessageType::offer);
        hostile.xid ^= 1;
        flood(hostile, kFlood);
        offer(request);
    };
    run();
    expect_lease();
    // With the first one the kernel is told to keep the others out.
    EXPECT_GE(dropped(DropReason::other_transaction), 1U) << "a flood that was none shows nothing";
}

TEST_F(Load, OfManyGoodOffersTheFirstIsTakenAndTheOthersCostNoRequest) {
    on_discover_ = [this](const auto& request) {
        offer(request);
        auto other = RawAnswer::to(request.message, MessageType::offer);
        other.yiaddr = {192, 0, 2, 66};
        flood(other, kFlood);
    };
    // The ACK can find the queue full: it comes as often as the REQUEST.
    answer_every_question();
    run();
    expect_lease();
    EXPECT_LE(server_.count(MessageType::discover), 2U);
    for (const auto& request : server_.requests()) {
        if (request.message.type == MessageType::request) {
            EXPECT_EQ(request.message.options.address(OptionCode::requested_address), Ipv4Address(192, 0, 2, 50));
        }
    }
}

TEST_F(Load, NaksOfStrangersDoNotHideTheAck) {
    answer_every_question();
    on_request_ = [this](const auto& request) {
        auto hostile = RawAnswer::to(request.message, MessageType::nak);
        hostile.remove(OptionCode::server_identifier);
        flood(hostile, kFlood);
        acknowledge(request);
    };
    run();
    expect_lease();
    EXPECT_GT(dropped(DropReason::no_server_identifier), 100U);
    EXPECT_EQ(server_.count(MessageType::discover), 1U);
}

// The rest of the loop has its turn: the timer of --timeout is on it, and that of the second DISCOVER, which follows
// the first by 300 ms.
TEST_F(Load, AFloodWithoutEndDoesNotStarveTheTimers) {
    test::set_mtu(4096, "srv0", cable_.server);
    test::set_mtu(4096, "eth0", cable_.client);
    on_discover_ = [this](const auto& request) {
        auto hostile = RawAnswer::to(request.message, MessageType::offer);
        hostile.ip.udp_sum = 0x1234;
        hostile.padded_to = 4096 - 28;  // more work for who checks the sum than for who sends it
        flood_on_ = hostile.frame();
    };
    test::Program program(loop_, command({"eth0", "--json", "--timeout", "1500ms"}), {.network = &cable_.client});
    while (program.running()) {
        if (flood_on_.empty()) {
            loop_.wait();
            continue;
        }
        link_.flood(flood_on_, 2048);
        loop_.poll();
    }
    const auto finished = program.wait();
    EXPECT_EQ(finished.exit_code, 5);
    EXPECT_GE(finished.took, 1500ms);
    EXPECT_LT(finished.took, 4s);
    // What was sent while the flood went out is still to be read.
    EXPECT_TRUE(test::run_until(loop_, [this] { return server_.count(MessageType::discover) >= 2; }))
        << "nor the timer that sends again";
}

// Delays of 0, 1, 2, 4 … s after each: DISCOVERs at 0, 0, 1 and 3 s.
TEST_F(Load, ANakForEveryRequestIsNotAnsweredAtWireSpeed) {
    answer_every_question();
    on_request_ = [this](const auto& request) { send(RawAnswer::to(request.message, MessageType::nak)); };
    run({"--timeout", "1500ms"});
    EXPECT_EQ(finished().exit_code, 5);
    EXPECT_THAT(server_.count(MessageType::discover), ::testing::AllOf(::testing::Ge(2U), ::testing::Le(3U)));
    EXPECT_LE(server_.count(MessageType::request), 3U);
    EXPECT_THAT(addresses(), IsEmpty());
    expect_no_busy_loop();
}

TEST_F(Load, AHundredNaksForOneRequestAreOne) {
    answer_every_question();
    on_request_ = [this](const auto& request) { flood(RawAnswer::to(request.message, MessageType::nak), 100); };
    run({"--timeout", "800ms"});
    EXPECT_EQ(finished().exit_code, 5);
    EXPECT_LE(server_.count(MessageType::discover), 3U);
    expect_no_busy_loop(200);
}

}  // namespace
}  // namespace nlinit
