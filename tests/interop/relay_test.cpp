// SPDX-License-Identifier: Apache-2.0
// A server in another network, behind ISC's dhcrelay: eth0 | srv0, router and relay, up0 | srv0, server.
#include <gmock/gmock.h>

#include <chrono>

#include "datagram.hpp"
#include "interop_fixture.hpp"
#include "nlinit/sys/file/file.hpp"

namespace nlinit::test {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ValuesIn;

class Relay : public ServerTest {
  protected:
    Relay() {
        make_veth("up0", lan_.server, "srv0", far_);
        set_link_up("up0", lan_.server);
        set_link_up("srv0", far_);
        await_running("srv0", far_);
        add_address("203.0.113.2/24", "up0", lan_.server);
        add_address("203.0.113.1/24", "srv0", far_);
        add_route("192.0.2.0/24", "203.0.113.2", "srv0", far_);
        const auto inside = lan_.server.enter();
        EXPECT_TRUE(sys::write_sysctl("net.ipv4.ip_forward", "1").ok());
    }
    void relay() {
        relay_.emplace(loop_,
                       std::vector<std::string>{"/usr/sbin/dhcrelay", "-4", "-d", "--no-pid", "-id", "srv0", "-iu",
                                                "up0", "203.0.113.1"},
                       Surroundings{.network = &lan_.server});
        ASSERT_TRUE(run_until(loop_, [this] { return relay_->errors().find("fallback") != std::string::npos; }))
            << relay_->errors();
    }

    NetworkNamespace far_;
    std::optional<Program> relay_;
};
INSTANTIATE_TEST_SUITE_P(, Relay, ValuesIn(able_to(Scenario::relay)));

TEST_P(Relay, BringsALeaseThatIsRenewedByUnicastThroughTheRouter) {
    relay();
    serve({.server = {203, 0, 113, 1}, .lease = 60s, .renew_after = GetParam()->shortest_renewal, .rebind_after = 50s},
          far_);
    ASSERT_TRUE(keeps()) << story() << relay_->errors();
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
    EXPECT_THAT(routes(), Contains("default via 192.0.2.1 src 192.0.2.50 proto dhcp"));
    EXPECT_EQ(sender_of_a_datagram(loop_, lan_.client, far_, {203, 0, 113, 1}), "192.0.2.50");
    wire_.forget();
    // The relay takes part unasked: it passes on what it overhears, so there may be a second answer, through it.
    const std::string answer = GetParam()->answers_through_routers ? "203.0.113.1 to 192.0.2.50 ACK" : " ACK";
    EXPECT_TRUE(run_until(loop_, [&] { return wire_.heard(answer); })) << story();
    EXPECT_THAT(wire_.heard(), Contains("192.0.2.50 to 203.0.113.1 REQUEST ciaddr=192.0.2.50"));
    EXPECT_FALSE(wire_.heard("DISCOVER")) << story();
    EXPECT_EQ(end_client(), 0);
}

}  // namespace
}  // namespace nlinit::test
