// SPDX-License-Identifier: Apache-2.0
// DHCPv6 of a link as routers ask for it: a router and a server at the other end of the cable.
#include "app/network/interface_dhcp6.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/network/network_report.hpp"
#include "app/network/network_setup.hpp"
#include "net/router_options.hpp"
#include "support/cable.hpp"
#include "support/dhcp6_server.hpp"
#include "support/ipv6_sysctl.hpp"
#include "support/json.hpp"
#include "support/kernel_view.hpp"
#include "support/result.hpp"
#include "support/router.hpp"
#include "support/run_until.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using test::is_ok;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kAutoconfigured = "2001:db8:1::ff:fe00:42/64";  // of the router's prefix, with that MAC
constexpr const char* kLeasedByDhcp6 = "2001:db8::50/128";

class InterfaceDhcp6Test : public ::testing::Test {
  protected:
    InterfaceDhcp6Test() {
        test::set_mac("02:00:00:00:00:42", "eth0", cable_.client);
        test::without_dad("srv0", cable_.server);
        test::without_dad("eth0", cable_.client);
        row_.match = "eth0";
        row_.method = config::Method::none;
        row_.ipv6_required = true;
    }

    [[nodiscard]] bool comes(const std::function<bool()>& state) { return test::run_until(loop_, state); }
    [[nodiscard]] bool becomes_configured() {
        EXPECT_TRUE(is_ok(network_.start({row_}, settings_)));
        EXPECT_TRUE(is_ok(network_.follow_links()));
        return comes([this] { return network_.is_configured(); });
    }
    void advertise_prefix() { router_.says.prefixes = {{*Ipv6Address::parse("2001:db8:1::")}}; }
    [[nodiscard]] const InterfaceSetup& interface() const { return *network_.interfaces().front(); }
    [[nodiscard]] const dhcp_io::Dhcp6Session* session() const { return interface().dhcp6_session(); }
    [[nodiscard]] std::vector<std::string> addresses() const {
        return test::addresses_of("eth0", cable_.client, Family::kIpv6);
    }
    [[nodiscard]] std::vector<std::string> servers() const {
        std::vector<std::string> texts;
        for (const auto& server : network_.name_service().servers) texts.push_back(server.to_string());
        return texts;
    }
    [[nodiscard]] test::Json report() const {
        JsonWriter json;
        write_interface(json, interface(), BootClock::now());
        return test::Json::parse(json.text()).value_or(test::Json{});
    }

    test::Cable cable_;
    test::NetworkNamespace::Scope inside_ = cable_.client.enter();
    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::Router router_{loop_, cable_.server, "srv0"};
    test::Dhcp6Server server_{loop_, cable_.server, "srv0"};
    config::Interface row_;
    DhcpSettings settings_;
    int told_ = 0;
    NetworkSetup network_{loop_, [this] { ++told_; }};
};

TEST_F(InterfaceDhcp6Test, WhereRoutersSayManagedAnAddressIsLeased) {
    router_.says.managed = true;
    ASSERT_TRUE(becomes_configured()) << interface().describe();
    EXPECT_THAT(addresses(), ElementsAre(kLeasedByDhcp6));
    EXPECT_THAT(server_.heard(), ElementsAre("SOLICIT rapid"));
    EXPECT_EQ(interface().describe(), "eth0: 2001:db8::50/128, default via fe80::1");
    EXPECT_THAT(servers(), ElementsAre("2001:db8::53"));
    EXPECT_THAT(network_.name_service().search_domains, ElementsAre("example.org"));
}

TEST_F(InterfaceDhcp6Test, WhereRoutersSayOtherTheNameServersAreAskedFor) {
    advertise_prefix();
    router_.says.other = true;
    router_.says.more_options = test::rdnss(600, {"2001:db8::99"});
    ASSERT_TRUE(becomes_configured()) << interface().describe();
    EXPECT_THAT(addresses(), ElementsAre(kAutoconfigured));
    EXPECT_THAT(server_.heard(), ElementsAre("INFORMATION-REQUEST"));
    EXPECT_THAT(servers(), ElementsAre("2001:db8::53", "2001:db8::99")) << "DHCPv6's before the routers'";
}

TEST_F(InterfaceDhcp6Test, WhereRoutersSayNeitherNobodyIsAsked) {
    advertise_prefix();
    ASSERT_TRUE(becomes_configured()) << interface().describe();
    EXPECT_EQ(session(), nullptr);
    loop_.poll();
    EXPECT_THAT(server_.heard(), IsEmpty());
}

TEST_F(InterfaceDhcp6Test, WhereItIsConfiguredRoutersAreNotWaitedFor) {
    row_.asks_dhcp6 = true;
    router_.answers = false;
    EXPECT_TRUE(is_ok(network_.start({row_}, settings_)));
    EXPECT_TRUE(is_ok(network_.follow_links()));
    ASSERT_TRUE(comes([this] { return addresses() == std::vector<std::string>{kLeasedByDhcp6}; }))
        << interface().describe();
    EXPECT_EQ(interface().progress(), Progress::no_ipv6) << "there is no way out yet";
    router_.advertise();
    EXPECT_TRUE(comes([this] { return network_.is_configured(); })) << interface().describe();
}

TEST_F(InterfaceDhcp6Test, WhoAskedForNameServersAsksForAddressesWhenRoutersSayManaged) {
    advertise_prefix();
    router_.says.other = true;
    ASSERT_TRUE(becomes_configured()) << interface().describe();
    router_.says.managed = true;
    router_.advertise();
    ASSERT_TRUE(comes([this] { return session()->mode() == dhcp6::Mode::stateful && session()->configured(); }));
    EXPECT_THAT(addresses(), ::testing::UnorderedElementsAre(kAutoconfigured, kLeasedByDhcp6));
}

TEST_F(InterfaceDhcp6Test, WhatIsLeasedStaysWhenARouterSaysOtherwise) {
    router_.says.managed = true;
    ASSERT_TRUE(becomes_configured()) << interface().describe();
    router_.says.managed = false;
    router_.says.other = true;
    router_.advertise();
    ASSERT_TRUE(comes([this] { return !interface().ipv6()->router_flags().managed; }));
    EXPECT_EQ(session()->mode(), dhcp6::Mode::stateful);
    EXPECT_THAT(addresses(), ElementsAre(kLeasedByDhcp6));
}

// The kernel keeps the flags of the router before, or of the next one only a part came true.
TEST_F(InterfaceDhcp6Test, WhoAsksForAddressesInVainAsksForTheRestWhereThatIsAllThereIs) {
    advertise_prefix();
    router_.says.managed = true;
    server_.silent = true;
    EXPECT_TRUE(is_ok(network_.start({row_}, settings_)));
    EXPECT_TRUE(is_ok(network_.follow_links()));
    ASSERT_TRUE(comes([this] { return session() != nullptr; }));
    EXPECT_EQ(session()->mode(), dhcp6::Mode::stateful);
    router_.says.managed = false;
    router_.says.other = true;
    router_.advertise();
    ASSERT_TRUE(comes([this] { return session()->mode() == dhcp6::Mode::stateless; }));
    server_.silent = false;
    EXPECT_TRUE(comes([this] { return servers() == std::vector<std::string>{"2001:db8::53"}; }));
}

TEST_F(InterfaceDhcp6Test, WhatIsKnownStaysWhileAddressesAreAskedForInVain) {
    advertise_prefix();
    router_.says.other = true;
    ASSERT_TRUE(becomes_configured()) << interface().describe();
    server_.script = [](test::Dhcp6Server& server, const test::Dhcp6Server::Request& request) {
        auto reply = test::RawReply6::to(request.message, dhcp6::MessageType::advertise);
        reply.remove(dhcp6::OptionCode::ia_na);
        reply.add(dhcp6::OptionCode::status_code, test::status6(dhcp6::StatusCode::no_addrs_avail, "none left"));
        server.send(reply, request);
    };
    router_.says.managed = true;
    router_.advertise();
    ASSERT_TRUE(comes([this] { return session()->client().refusal() != nullptr; }));
    EXPECT_THAT(servers(), ElementsAre("2001:db8::53"));
    EXPECT_THAT(network_.name_service().search_domains, ElementsAre("example.org"));
}

TEST_F(InterfaceDhcp6Test, AServerThatDoesNotAnswerIsWaitedForAWhile) {
    advertise_prefix();
    router_.says.other = true;
    server_.silent = true;
    const auto before = BootClock::now();
    EXPECT_TRUE(is_ok(network_.start({row_}, settings_)));
    EXPECT_TRUE(is_ok(network_.follow_links()));
    // Nobody is asked before a router has said so, for which the kernel may have to solicit it again, after 4 s.
    ASSERT_TRUE(comes([this] { return server_.count(dhcp6::MessageType::information_request) > 0; }));
    const auto asked = BootClock::now();
    ASSERT_TRUE(comes([this] { return network_.is_configured(); })) << interface().describe();
    EXPECT_GE(BootClock::now() - before, 2s);
    EXPECT_LT(BootClock::now() - asked, 6s);
}

TEST_F(InterfaceDhcp6Test, WhatTheServerSaysOfWhyThereIsNoAddressIsTold) {
    router_.says.managed = true;
    server_.script = [](test::Dhcp6Server& server, const test::Dhcp6Server::Request& request) {
        auto reply = test::RawReply6::to(request.message, dhcp6::MessageType::advertise);
        reply.remove(dhcp6::OptionCode::ia_na);
        reply.add(dhcp6::OptionCode::status_code, test::status6(dhcp6::StatusCode::no_addrs_avail, "none left"));
        server.send(reply, request);
    };
    EXPECT_TRUE(is_ok(network_.start({row_}, settings_)));
    EXPECT_TRUE(is_ok(network_.follow_links()));
    ASSERT_TRUE(comes([this] { return session() && session()->client().refusal(); }));
    EXPECT_THAT(interface().describe(), HasSubstr("refuses (NoAddrsAvail): \"none left\""));
}

TEST_F(InterfaceDhcp6Test, AfterAFlapTheLeaseIsConfirmed) {
    router_.says.managed = true;
    ASSERT_TRUE(becomes_configured()) << interface().describe();
    cable_.unplug();
    ASSERT_TRUE(comes([this] { return session()->client().state() == dhcp6::State::waiting_for_link; }));
    cable_.plug_in();
    ASSERT_TRUE(comes([this] { return session()->client().state() == dhcp6::State::bound; }));
    EXPECT_THAT(server_.heard(), Contains("CONFIRM 2001:db8::50"));
    EXPECT_THAT(addresses(), ElementsAre(kLeasedByDhcp6));
}

TEST_F(InterfaceDhcp6Test, TheEndReleasesTheLease) {
    settings_.common.release = true;
    router_.says.managed = true;
    ASSERT_TRUE(becomes_configured()) << interface().describe();
    network_.stop();
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_TRUE(network_.is_leaving());
    const auto told = told_;
    EXPECT_TRUE(comes([this] { return !network_.is_leaving(); }));
    EXPECT_GT(told_, told);
    EXPECT_EQ(server_.count(dhcp6::MessageType::release), 1U);
}

// What the interface had before is given back while it has begun anew, and nobody waits for that.
TEST_F(InterfaceDhcp6Test, ARowThatGoesReleasesItsLeaseAndOneThatComesDoesNotWaitForThat) {
    settings_.common.release = true;
    router_.says.managed = true;
    ASSERT_TRUE(becomes_configured()) << interface().describe();
    ASSERT_TRUE(is_ok(network_.change({}, settings_)));
    EXPECT_TRUE(network_.is_leaving());
    EXPECT_TRUE(comes([this] { return !network_.is_leaving(); }));
    EXPECT_EQ(server_.count(dhcp6::MessageType::release), 1U);

    ASSERT_TRUE(is_ok(network_.change({row_}, settings_)));
    ASSERT_TRUE(comes([this] { return network_.is_configured() && !addresses().empty(); })) << interface().describe();
    row_.asks_dhcp6 = true;  // all of it begins anew
    ASSERT_TRUE(is_ok(network_.change({row_}, settings_)));
    EXPECT_FALSE(network_.is_leaving()) << "the port is the new one's";
    ASSERT_TRUE(comes([this] { return network_.is_configured() && !addresses().empty(); })) << interface().describe();
}

// As at SIGHUP.
TEST_F(InterfaceDhcp6Test, AnotherConfigurationKeepsTheLeaseAndHasAnotherEnd) {
    router_.says.managed = true;
    ASSERT_TRUE(becomes_configured()) << interface().describe();
    const auto sent = session()->client().messages().total_sent();
    settings_.common.release = true;
    row_.metric = 300;
    ASSERT_TRUE(is_ok(network_.change({row_}, settings_)));
    EXPECT_EQ(session()->client().messages().total_sent(), sent);
    EXPECT_THAT(addresses(), ElementsAre(kLeasedByDhcp6));
    ASSERT_TRUE(is_ok(network_.change({}, settings_)));
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_TRUE(comes([this] { return server_.count(dhcp6::MessageType::release) == 1; }));
}

TEST_F(InterfaceDhcp6Test, RenewAsksTheServerToo) {
    router_.says.managed = true;
    ASSERT_TRUE(becomes_configured()) << interface().describe();
    network_.renew();
    EXPECT_TRUE(comes([this] { return server_.count(dhcp6::MessageType::renew) == 1; }));
}

TEST_F(InterfaceDhcp6Test, TheReportHasTheLease) {
    router_.says.managed = true;
    ASSERT_TRUE(becomes_configured()) << interface().describe();
    const auto json = report()["dhcp6"];
    EXPECT_EQ(json["state"].text(), "BOUND");
    EXPECT_EQ(json["mode"].text(), "stateful");
    EXPECT_EQ(json["sent"].number(), 1);
    EXPECT_EQ(json["lease"]["server"].text(), "00030001020000000001");
    EXPECT_EQ(json["lease"]["addresses"][0]["address"].text(), "2001:db8::50");
    EXPECT_EQ(json["lease"]["addresses"][0]["valid"].number(), 4000);
    EXPECT_EQ(json["packets"][0]["type"].text(), "SOLICIT");
    EXPECT_EQ(json["packets"][0]["peer"].text(), "ff02::1:2");
}

}  // namespace
}  // namespace nlinit::app
