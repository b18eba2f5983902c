// SPDX-License-Identifier: Apache-2.0
// A kernel that does not play along while the client asks: sends that fail, a link that goes, what is already there.
#include "hostile/hostile_fixture.hpp"
#include "support/send_queue.hpp"

namespace nlinit {
namespace {

using namespace std::chrono_literals;
using test::MessageType;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Kernel : public test::HostileFixture {
  protected:
    Kernel() { test::set_link_down("eth0", cable_.client); }

    void answer_every_question() {
        server_.script = [this](test::DhcpServer&, const test::DhcpServer::Request& request) {
            if (request.message.type == MessageType::discover) on_discover_(request);
            if (request.message.type == MessageType::request) on_request_(request);
        };
    }
    void expect_lease() {
        EXPECT_EQ(finished().exit_code, 0) << finished().errors;
        EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
        EXPECT_THAT(routes(), ElementsAre("192.0.2.0/24 src 192.0.2.50 proto dhcp scope link",
                                          "default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
        expect_no_busy_loop(50);
    }
    std::function<void()> down_and_up_after(Duration delay) {
        return [this, delay] {
            test::set_link_down("eth0", cable_.client);
            after(delay, [this] { test::set_link_up("eth0", cable_.client); });
        };
    }
};

// ENETDOWN on receive, and on every send until it is up again: they count as sent, and the ladder goes on.
TEST_F(Kernel, LinkGoesDownBeforeTheOffer) {
    answer_every_question();
    bool went = false;
    on_discover_ = [&, down = down_and_up_after(400ms)](const auto& request) {
        if (went) return offer(request);
        went = true;
        down();
    };
    run();
    expect_lease();
    EXPECT_EQ(server_.count(MessageType::request), 1U);
}

TEST_F(Kernel, LinkGoesDownBeforeTheAck) {
    answer_every_question();
    bool went = false;
    on_request_ = [&, down = down_and_up_after(400ms)](const auto& request) {
        if (went) return acknowledge(request);
        went = true;
        down();
    };
    run();
    expect_lease();
}

// What is sent meanwhile is dropped in silence by the kernel.
TEST_F(Kernel, CarrierGoesBeforeTheOffer) {
    answer_every_question();
    bool went = false;
    on_discover_ = [&](const auto& request) {
        if (went) return offer(request);
        went = true;
        cable_.unplug();
        after(300ms, [this] { cable_.plug_in(); });
    };
    run();
    expect_lease();
}

// A queue without room: sendto(2) says ENOBUFS.
TEST_F(Kernel, HasNoBuffersForTheFirstDiscovers) {
    answer_every_question();
    test::refuse_to_send("eth0", cable_.client);
    after(500ms, [this] { test::send_again("eth0", cable_.client); });
    run();
    expect_lease();
    EXPECT_GE(finished().took, 500ms);
    EXPECT_LT(finished().took, 3s);
}

TEST_F(Kernel, HasTheAddressAndTheRoutesOfTheLeaseAlready) {
    ASSERT_EQ(netsetup({"eth0"}).exit_code, 0);
    static_cast<void>(server_.heard());
    answer_every_question();
    test::KernelEvents events(cable_.client);
    run();
    expect_lease();
    EXPECT_THAT(events.take(), ::testing::Not(::testing::Contains(::testing::StartsWith("gone address"))));
}

TEST_F(Kernel, HasTheSameAddressWithAnotherMask) {
    test::add_address("192.0.2.50/25", "eth0", cable_.client);
    answer_every_question();
    run();
    expect_lease();
}

}  // namespace
}  // namespace nlinit
