// SPDX-License-Identifier: Apache-2.0
// A lease that is kept: with the server that gave it, and with the one that took over.
#include <gmock/gmock.h>

#include <chrono>

#include "interop_fixture.hpp"

namespace nlinit::test {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ValuesIn;

Terms short_terms(const ServerKind& kind, std::chrono::seconds rebind_after) {
    return {.lease = 60s, .renew_after = kind.shortest_renewal, .rebind_after = rebind_after};
}

class Renewal : public ServerTest {
  protected:
    // The address stays while its lifetime starts anew.
    void expect_renewed(KernelEvents& events) {
        EXPECT_TRUE(run_until(loop_, [this] { return wire_.heard("ACK 192.0.2.50"); })) << story();
        EXPECT_THAT(wire_.heard(), Contains("192.0.2.50 to 192.0.2.1 REQUEST ciaddr=192.0.2.50"));
        EXPECT_FALSE(wire_.heard("DISCOVER") || wire_.heard("0.0.0.0 to")) << story();
        std::vector<std::string> changes;
        const auto is_set_again = [&] {
            for (auto& change : events.take()) changes.push_back(std::move(change));
            return std::ranges::find(changes, "new address 192.0.2.50/24") != changes.end();
        };
        EXPECT_TRUE(has(is_set_again)) << story();
        EXPECT_THAT(changes, Not(Contains(HasSubstr("gone"))));
    }
};
INSTANTIATE_TEST_SUITE_P(, Renewal, ValuesIn(able_to(Scenario::renewal)));

TEST_P(Renewal, AsksTheServerByUnicastAndKeepsTheAddress) {
    serve(short_terms(*GetParam(), 50s));
    ASSERT_TRUE(keeps()) << story();
    KernelEvents events(lan_.client);
    wire_.forget();
    expect_renewed(events);
    EXPECT_EQ(end_client(), 0);
}

class RenewalOnDemand : public Renewal {};
INSTANTIATE_TEST_SUITE_P(, RenewalOnDemand, ValuesIn(able_to(Scenario::renewal_on_demand)));

TEST_P(RenewalOnDemand, AsksLongBeforeItIsTime) {
    serve({});
    ASSERT_TRUE(keeps()) << story();
    KernelEvents events(lan_.client);
    wire_.forget();
    client_->signal(SIGUSR1);
    expect_renewed(events);
    EXPECT_EQ(end_client(), 0);
}

class Rebinding : public ServerTest {};
INSTANTIATE_TEST_SUITE_P(, Rebinding, ValuesIn(able_to(Scenario::rebinding)));

// The second server has the first one's leases, and addresses of its own: only what is broadcast reaches it. Should it
// be up too late for the first REQUEST of REBINDING, the next is half of the lease later.
TEST_P(Rebinding, FindsTheServerThatTookOver) {
    auto terms = short_terms(*GetParam(), GetParam()->shortest_renewal + 2s);
    serve(terms);
    ASSERT_TRUE(keeps()) << story();
    KernelEvents events(lan_.client);
    server_->stop();
    readdress("srv0", lan_.server, {"192.0.2.2/24"});
    set_mac("02:00:00:00:00:02", "srv0", lan_.server);
    wire_.forget();
    terms.server = {192, 0, 2, 2};
    serve(terms);
    const auto is_answered = [this] { return wire_.heard("192.0.2.2 to 192.0.2.50 ACK 192.0.2.50"); };
    EXPECT_TRUE(run_until(loop_, is_answered, 40s)) << story();
    EXPECT_THAT(wire_.heard(), Contains("0.0.0.0 to 255.255.255.255 REQUEST ciaddr=192.0.2.50"));
    EXPECT_TRUE(run_until(loop_, [this] { return wire_.heard("192.0.2.50 to 192.0.2.2 REQUEST"); }))
        << "which it asks from then on; " << story();
    EXPECT_FALSE(wire_.heard("DISCOVER")) << story();
    EXPECT_THAT(events.take(), Not(Contains(HasSubstr("gone"))));
    EXPECT_EQ(end_client(), 0);
}

}  // namespace
}  // namespace nlinit::test
