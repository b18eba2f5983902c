// SPDX-License-Identifier: Apache-2.0
// A DHCPv6 session on a LAN with a real server: what it asks on the wire, and what the kernel has of it then.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "lan.hpp"
#include "nlinit/sys/event_loop.hpp"
#include "servers.hpp"
#include "support/followed_dhcp6_session.hpp"
#include "support/ipv6_sysctl.hpp"
#include "support/kernel_view.hpp"
#include "support/run_until.hpp"
#include "support/temporary_directory.hpp"
#include "wiretap.hpp"

namespace nlinit::test {
namespace {

using dhcp6::State;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::ValuesIn;

constexpr const char* kAddress = "2001:db8::50/128";

class Server6Test : public ::testing::TestWithParam<const Server6Kind*> {
  protected:
    using Session = FollowedDhcp6Session;

    // Servers do not wait for duplicate address detection of their own addresses.
    Server6Test() {
        restart_ipv6_without_dad("srv0", lan_.server);
        without_dad("eth0", lan_.client);
        add_address("2001:db8::1/64", "srv0", lan_.server);
        await_ipv6("srv0", lan_.server);
    }
    void serve(const Terms6& terms) {
        server_ = GetParam()->make({loop_, lan_.server, directory_.path()});
        server_->start(terms);
    }
    [[nodiscard]] bool run_until(const std::function<bool()>& done) { return test::run_until(loop_, done); }
    // A client with a name of its own, on the same link.
    [[nodiscard]] static dhcp_io::Dhcp6Session::Settings client(std::uint8_t number = 1) {
        dhcp_io::Dhcp6Session::Settings settings;
        settings.client.duid = dhcp6::Duid::of_link_layer(MacAddress({2, 0, 0, 0, 6, number}));
        return settings;
    }
    void start(const dhcp_io::Dhcp6Session::Settings& settings) {
        session_.emplace(loop_, netlink_, settings, [] {});
    }
    [[nodiscard]] bool gets_its_lease(const dhcp_io::Dhcp6Session::Settings& settings = client()) {
        start(settings);
        return run_until([this] { return session().configured(); });
    }
    [[nodiscard]] bool comes_to(State state) {
        return run_until([&] { return session().client().state() == state; });
    }
    [[nodiscard]] dhcp_io::Dhcp6Session& session() { return **session_; }
    [[nodiscard]] std::vector<std::string> addresses() const {
        return addresses_of("eth0", lan_.client, Family::kIpv6);
    }
    // Everything there is to see, for a test that fails.
    [[nodiscard]] std::string story() {
        std::string text = "on the wire:\n";
        for (const auto& line : wire_.heard()) text += line + '\n';
        return text + "the server:\n" + server_->log() + "the client:\n" + session().diagnosis();
    }

    Lan lan_;
    TemporaryDirectory directory_{TemporaryDirectory::kMemory};  // see Place
    sys::EventLoop loop_ = *sys::EventLoop::create();
    Wiretap wire_{loop_, lan_.server, Lan::kClientPort};
    std::unique_ptr<Server6> server_;
    NetworkNamespace::Scope inside_ = lan_.client.enter();
    netlink::Socket netlink_ = *netlink::Socket::open();
    std::optional<Session> session_;
};

class Lease6 : public Server6Test {};
INSTANTIATE_TEST_SUITE_P(, Lease6, ValuesIn(able_to(Scenario6::lease)));

TEST_P(Lease6, LeadsToAnAddressAndNameServers) {
    serve({});
    auto settings = client();
    settings.client.rapid_commit = false;
    ASSERT_TRUE(gets_its_lease(settings)) << story();
    EXPECT_THAT(addresses(), ElementsAre(kAddress));
    EXPECT_THAT(lifetime_of(kAddress, "eth0", lan_.client), ::testing::Optional(::testing::Le(3600U)));
    EXPECT_THAT(session().plan().name_servers, ElementsAre(NameServer(*IpAddress::parse("2001:db8::3"))));
    EXPECT_THAT(session().plan().search_domains, ElementsAre("example.org"));
    EXPECT_TRUE(wire_.heard(" to ff02::1:2 SOLICIT")) << story();
    EXPECT_TRUE(wire_.heard(" to ff02::1:2 REQUEST 2001:db8::50")) << story();
    EXPECT_TRUE(wire_.heard(" REPLY 2001:db8::50")) << story();
}

class RapidCommit6 : public Server6Test {};
INSTANTIATE_TEST_SUITE_P(, RapidCommit6, ValuesIn(able_to(Scenario6::rapid_commit)));

TEST_P(RapidCommit6, TakesOneRoundTrip) {
    serve({.rapid_commit = true});
    ASSERT_TRUE(gets_its_lease()) << story();
    EXPECT_THAT(addresses(), ElementsAre(kAddress));
    EXPECT_TRUE(wire_.heard(" REPLY 2001:db8::50 rapid")) << story();
    EXPECT_FALSE(wire_.heard("REQUEST")) << story();
}

class Renewal6 : public Server6Test {};
INSTANTIATE_TEST_SUITE_P(, Renewal6, ValuesIn(able_to(Scenario6::renewal)));

TEST_P(Renewal6, KeepsTheAddressAndRemovesNothing) {
    serve({.rapid_commit = true});
    ASSERT_TRUE(gets_its_lease()) << story();
    const auto acquired_at = session().client().lease()->acquired_at;
    KernelEvents kernel(lan_.client, Family::kIpv6);
    session().renew();
    ASSERT_TRUE(comes_to(State::bound)) << story();
    EXPECT_GT(session().client().lease()->acquired_at, acquired_at);
    EXPECT_TRUE(wire_.heard(" RENEW 2001:db8::50")) << story();
    EXPECT_THAT(kernel.take(), Each(Not(StartsWith("gone"))));
    EXPECT_THAT(addresses(), ElementsAre(kAddress));
    EXPECT_TRUE(session().configured());
}

class Confirm6 : public Server6Test {};
INSTANTIATE_TEST_SUITE_P(, Confirm6, ValuesIn(able_to(Scenario6::confirm)));

TEST_P(Confirm6, FollowsAFlapAndTheLeaseGoesOn) {
    serve({.rapid_commit = true});
    ASSERT_TRUE(gets_its_lease()) << story();
    KernelEvents kernel(lan_.client, Family::kIpv6);
    lan_.unplug();
    ASSERT_TRUE(comes_to(State::waiting_for_link)) << story();
    lan_.plug_in();
    ASSERT_TRUE(comes_to(State::bound)) << story();
    EXPECT_TRUE(wire_.heard(" CONFIRM 2001:db8::50")) << story();
    EXPECT_EQ(session().client().messages().received[static_cast<std::size_t>(dhcp6::MessageType::reply)], 2U)
        << "without an answer the lease goes on too, after ten seconds\n"
        << story();
    EXPECT_THAT(kernel.take(), Each(Not(StartsWith("gone address"))));
    EXPECT_THAT(addresses(), ElementsAre(kAddress));
}

class Release6 : public Server6Test {};
INSTANTIATE_TEST_SUITE_P(, Release6, ValuesIn(able_to(Scenario6::release)));

TEST_P(Release6, LetsAnotherClientHaveTheAddress) {
    serve({.rapid_commit = true});
    auto settings = client(1);
    settings.client.release_on_stop = true;
    ASSERT_TRUE(gets_its_lease(settings)) << story();
    session().stop();
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_TRUE(wire_.heard(" RELEASE 2001:db8::50")) << story();
    ASSERT_TRUE(gets_its_lease(client(2))) << story();
    EXPECT_THAT(addresses(), ElementsAre(kAddress));
}

class Decline6 : public Server6Test {};
INSTANTIATE_TEST_SUITE_P(, Decline6, ValuesIn(able_to(Scenario6::decline)));

// The server's own host has it, and the client is told by duplicate address detection.
TEST_P(Decline6, OfAnAddressThatIsInUseLeadsToAnother) {
    for (const auto* link : {"eth0", "all"}) set_ipv6_sysctl("accept_dad", "1", link, lan_.client);
    set_ipv6_sysctl("router_solicitation_delay", "0", "eth0", lan_.client);
    serve({.last = "2001:db8::51", .rapid_commit = true});
    ASSERT_TRUE(gets_its_lease()) << story();
    const auto taken = session().client().lease()->addresses.front().address.to_string();
    session().stop();
    session_.reset();
    add_address(taken + "/64", "srv0", lan_.server);
    ASSERT_TRUE(gets_its_lease()) << story();
    EXPECT_TRUE(wire_.heard(" DECLINE " + taken)) << story();
    EXPECT_THAT(addresses(), ElementsAre(::testing::AnyOf(kAddress, "2001:db8::51/128")));
    EXPECT_THAT(addresses(), Not(ElementsAre(taken + "/128"))) << story();
}

class Exhausted6 : public Server6Test {};
INSTANTIATE_TEST_SUITE_P(, Exhausted6, ValuesIn(able_to(Scenario6::exhausted)));

TEST_P(Exhausted6, ServerIsQuotedAndAskedOnUntilItHasAnAddress) {
    serve({.rapid_commit = true});
    auto settings = client(1);
    ASSERT_TRUE(gets_its_lease(settings)) << story();
    session().stop();  // without RELEASE: the server holds the address for it
    start(client(2));
    ASSERT_TRUE(run_until([this] { return session().drops()[dhcp6::DropReason::no_addresses_available] > 0; }))
        << story();
    EXPECT_THAT(session().diagnosis(), ::testing::HasSubstr("NoAddrsAvail"));
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_EQ(session().client().state(), State::soliciting);
}

class Stateless6 : public Server6Test {};
INSTANTIATE_TEST_SUITE_P(, Stateless6, ValuesIn(able_to(Scenario6::stateless)));

TEST_P(Stateless6, LeadsToNameServersAlone) {
    set_ipv6_sysctl("accept_ra", "0", "eth0", lan_.client);
    serve({.stateless = true});
    auto settings = client();
    settings.client.mode = dhcp6::Mode::stateless;
    ASSERT_TRUE(gets_its_lease(settings)) << story();
    EXPECT_TRUE(wire_.heard(" to ff02::1:2 INFORMATION-REQUEST")) << story();
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_THAT(session().plan().name_servers, ElementsAre(NameServer(*IpAddress::parse("2001:db8::3"))));
    EXPECT_THAT(session().plan().search_domains, ElementsAre("example.org"));
}

}  // namespace
}  // namespace nlinit::test
