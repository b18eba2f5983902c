// SPDX-License-Identifier: Apache-2.0
// IPv6 of a link: the kernel with a router at the other end, and what is made of its events.
#include "app/network/interface_ipv6.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "app/network/network_setup.hpp"
#include "net/router_options.hpp"
#include "nlinit/sys/log/log.hpp"
#include "support/cable.hpp"
#include "support/kernel_view.hpp"
#include "support/result.hpp"
#include "support/router.hpp"
#include "support/run_until.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using test::Advertisement;
using test::dnssl;
using test::is_ok;
using test::joined;
using test::rdnss;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;

constexpr const char* kMac = "02:00:00:00:00:42";
constexpr const char* kAddress = "2001:db8:1::ff:fe00:42";  // with that MAC

Ipv6Address ipv6(std::string_view text) {
    return *Ipv6Address::parse(text);
}

class InterfaceIpv6Test : public ::testing::Test {
  protected:
    InterfaceIpv6Test() {
        test::set_mac(kMac, "eth0", cable_.client);
        row_.match = "eth0";
        row_.method = config::Method::none;
        row_.ipv6_required = true;
        router_.says.prefixes = {{ipv6("2001:db8:1::")}};
    }

    void start() { ASSERT_TRUE(is_ok(network_.start({row_}, {}))); }
    [[nodiscard]] bool comes(const std::function<bool()>& state) { return test::run_until(loop_, state); }
    [[nodiscard]] bool becomes_usable() {
        start();
        return comes([this] { return network_.is_configured(); });
    }
    // Turns of the loop for so long.
    void pass(Duration time) {
        EXPECT_FALSE(test::run_until(
            loop_, [] { return false; }, time));
    }
    [[nodiscard]] InterfaceIpv6& state() const { return *network_.interfaces().front()->ipv6(); }
    [[nodiscard]] NetworkPlan plan() const { return network_.interfaces().front()->plan(); }
    [[nodiscard]] std::vector<std::string> servers() const {
        std::vector<std::string> texts;
        for (const auto& server : network_.name_service().servers) texts.push_back(server.to_string());
        return texts;
    }
    [[nodiscard]] std::string words() const { return network_.interfaces().front()->describe(); }
    [[nodiscard]] bool has(const std::vector<std::string>& name_servers) {
        return comes([&] { return servers() == name_servers; });
    }
    static std::string read(const std::string& sysctl) {
        std::ifstream file("/proc/sys/net/ipv6/conf/" + sysctl);
        std::string value;
        file >> value;
        return value;
    }
    static void write(const std::string& sysctl, const std::string& value) {
        std::ofstream("/proc/sys/net/ipv6/conf/" + sysctl) << value;
    }

    test::Cable cable_;
    test::NetworkNamespace::Scope inside_ = cable_.client.enter();
    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::Router router_{loop_, cable_.server, "srv0"};
    config::Interface row_;
    int told_ = 0;
    NetworkSetup network_{loop_, [this] { ++told_; }};
};

// Of a run in which the interface was no way out, and a prefix was refused.
TEST_F(InterfaceIpv6Test, PrefixesThatWereRefusedBeforeAreTakenAgain) {
    write("eth0/accept_ra_pinfo", "0");
    ASSERT_TRUE(becomes_usable()) << words();
    EXPECT_EQ(read("eth0/accept_ra_pinfo"), "1");
}

TEST_F(InterfaceIpv6Test, ARowsOwnWordOnPrefixesCounts) {
    row_.sysctl = {{"ipv6.accept_ra_pinfo", "0"}};
    start();
    EXPECT_EQ(read("eth0/accept_ra_pinfo"), "0");
}

TEST_F(InterfaceIpv6Test, MoreNameServersThanAreTakenAreSpokenOf) {
    router_.says.more_options = rdnss(600, {"2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4", "2001:db8::5",
                                            "2001:db8::6", "2001:db8::7", "2001:db8::8", "2001:db8::9"});
    log::open(log::Target::standard_error, log::Level::warning);
    ::testing::internal::CaptureStderr();
    const bool is_usable = becomes_usable();
    const auto said = ::testing::internal::GetCapturedStderr();
    ASSERT_TRUE(is_usable) << words();
    EXPECT_EQ(servers().size(), 8U);
    EXPECT_THAT(said, HasSubstr("eth0: router fe80::1 advertises more than 8 name servers"));
}

TEST_F(InterfaceIpv6Test, ARoutersPrefixMakesAnAddressAndADefaultRoute) {
    router_.says.more_options = joined({rdnss(600, {"2001:db8::53", "fe80::53"}), dnssl(600, {"example.org"})});
    ASSERT_TRUE(becomes_usable()) << words();
    EXPECT_EQ(words(), std::string("eth0: ") + kAddress + "/64, default via fe80::1");
    EXPECT_THAT(servers(), ElementsAre("2001:db8::53", "fe80::53%eth0")) << "those of the same packet";
    EXPECT_THAT(network_.name_service().search_domains, ElementsAre("example.org"));
    EXPECT_EQ(network_.uplink(), network_.interfaces().front().get());
    EXPECT_EQ(network_.interfaces().front()->configured_at(), state().usable_at());
}

// The kernel asks a second later, when it knows that nobody else has the address that it asks from.
TEST_F(InterfaceIpv6Test, IsUsableAtOnce) {
    ASSERT_TRUE(becomes_usable()) << words();
    const auto* interface = network_.interfaces().front().get();
    EXPECT_LT(*interface->configured_at() - *interface->carrier_at(), 900ms);
    EXPECT_EQ(router_.solicitations(), 1U);
}

TEST_F(InterfaceIpv6Test, SaysWhatIsMissing) {
    router_.answers = false;
    start();
    ASSERT_TRUE(comes([this] { return state().lack() == Ipv6Lack::router; }));
    EXPECT_FALSE(network_.is_settled());
    EXPECT_EQ(words(), "eth0: no IPv6: no router has answered");
    router_.says.prefixes.clear();
    router_.says.managed = true;
    router_.advertise();
    ASSERT_TRUE(comes([this] { return state().router_flags().managed; }));
    EXPECT_THAT(words(), HasSubstr("it advertises no prefix to make one of; DHCPv6: eth0: "));
    router_.advertise({.lifetime = 0, .prefixes = {{ipv6("2001:db8:1::")}}});
    ASSERT_TRUE(comes([this] { return state().lack() == Ipv6Lack::way_out; })) << words();
    EXPECT_EQ(words(), "eth0: no IPv6: there is an address and no default route");
    router_.advertise({.prefixes = {{ipv6("2001:db8:1::")}}, .more_options = {}});
    ASSERT_TRUE(comes([this] { return network_.is_configured(); }));
}

// Of an advertisement without anything of use the kernel tells no listener.
TEST_F(InterfaceIpv6Test, AnAdvertisementOfNothingIsOneAllTheSame) {
    router_.says = {.lifetime = 0};
    start();
    ASSERT_TRUE(comes([this] { return router_.solicitations() >= 2; })) << "the kernel's own is the second";
    EXPECT_THAT(words(), HasSubstr("it advertises no prefix to make one of"));
}

TEST_F(InterfaceIpv6Test, WhatIsNotAWayOutNeedsNone) {
    row_.default_route = false;
    ASSERT_TRUE(becomes_usable()) << words();
    EXPECT_EQ(words(), std::string("eth0: ") + kAddress + "/64");
    EXPECT_EQ(network_.uplink(), nullptr);
}

TEST_F(InterfaceIpv6Test, NobodyWaitsForWhatIsNotRequired) {
    router_.answers = false;
    row_.ipv6_required = false;
    start();
    EXPECT_TRUE(network_.is_settled());
    EXPECT_TRUE(network_.is_configured());
}

TEST_F(InterfaceIpv6Test, AnAdvertisementOnALinkWithoutIpv6CountsForNothing) {
    row_.ipv6 = config::Ipv6::none;
    row_.ipv6_required = false;
    test::make_veth("eth1", cable_.client, "srv1", cable_.server);
    test::set_link_up("srv1", cable_.server);
    config::Interface other;
    other.match = "eth1";
    other.method = config::Method::none;
    other.ipv6_required = true;
    test::Router second(loop_, cable_.server, "srv1");
    second.says.prefixes = {{ipv6("2001:db8:2::")}};
    router_.says.more_options = rdnss(600, {"2001:db8::53"});
    ASSERT_TRUE(is_ok(network_.start({row_, other}, {})));
    router_.advertise();
    ASSERT_TRUE(comes([this] { return network_.is_configured(); }));
    EXPECT_EQ(plan(), NetworkPlan());
    EXPECT_THAT(servers(), IsEmpty());
}

TEST_F(InterfaceIpv6Test, ALinkThatIsTooNarrowHasNoneUntilItIsWider) {
    ASSERT_EQ(std::system("ip link set eth0 mtu 1000"), 0);
    start();
    EXPECT_EQ(network_.interfaces().front()->ipv6(), nullptr);
    ASSERT_TRUE(comes([this] { return network_.is_decided(); }));
    EXPECT_EQ(words(), "eth0: no IPv6: this link can have none, as with an MTU below 1280");
    ASSERT_EQ(std::system("ip link set eth0 mtu 1500"), 0);
    ASSERT_TRUE(comes([this] { return network_.is_configured(); })) << words();
    ASSERT_EQ(std::system("ip link set eth0 mtu 1000"), 0);
    ASSERT_TRUE(comes([this] { return !network_.is_configured(); }));
    EXPECT_EQ(words(), "eth0: no IPv6: this link can have none, as with an MTU below 1280");
    ASSERT_EQ(std::system("ip link set eth0 mtu 1280"), 0);
    ASSERT_TRUE(comes([this] { return network_.is_configured(); })) << words();
}

// As sysctls of an image and the kernel's command line have it (ipv6.disable_ipv6=1).
TEST_F(InterfaceIpv6Test, WhereItIsDisabledARowThatAsksForItTurnsItOn) {
    write("all/disable_ipv6", "1");
    write("default/disable_ipv6", "1");
    ASSERT_TRUE(becomes_usable()) << words();
    EXPECT_EQ(read("eth0/disable_ipv6"), "0");
    EXPECT_EQ(read("lo/disable_ipv6"), "1") << "of no other link";
}

TEST_F(InterfaceIpv6Test, ARowThatWritesTheDefaultAsksForIt) {
    write("eth0/disable_ipv6", "1");
    row_.ipv6_required = false;
    row_.ipv6_written = true;
    start();
    EXPECT_EQ(read("eth0/disable_ipv6"), "0");
    EXPECT_TRUE(comes([this] { return state().is_usable(); }));
}

TEST_F(InterfaceIpv6Test, WhereItIsDisabledAndNobodyAsksForItItStaysSo) {
    write("eth0/disable_ipv6", "1");
    row_.ipv6_required = false;
    start();
    EXPECT_EQ(network_.interfaces().front()->ipv6(), nullptr);
    EXPECT_EQ(read("eth0/disable_ipv6"), "1");
    EXPECT_TRUE(network_.is_configured());
    row_.ipv6_required = true;  // by SIGHUP
    ASSERT_TRUE(is_ok(network_.change({row_}, {})));
    EXPECT_TRUE(comes([this] { return network_.is_configured(); })) << words();
}

TEST_F(InterfaceIpv6Test, AFixedAddressAsksForIpv6Too) {
    write("eth0/disable_ipv6", "1");
    row_.ipv6 = config::Ipv6::fixed;
    row_.ipv6_required = false;
    row_.addresses = {{.local = ipv6("2001:db8:2::2"), .prefix_length = 64}};
    start();
    ASSERT_TRUE(comes([this] { return network_.is_configured(); })) << words();
    EXPECT_THAT(test::addresses_of("eth0", cable_.client, Family::kIpv6), ElementsAre("2001:db8:2::2/64 nodad"));
}

// What was said of the link that has gone down, and is read afterwards.
TEST_F(InterfaceIpv6Test, NameServersOfALinkThatWentDownDoNotComeBack) {
    ASSERT_TRUE(becomes_usable()) << words();
    router_.advertise({.more_options = rdnss(600, {"2001:db8::53"})});
    ASSERT_TRUE(has({"2001:db8::53"}));
    router_.advertise({.more_options = rdnss(600, {"2001:db8::54"})});
    router_.answers = false;
    test::set_link_down("eth0", cable_.client);
    test::set_link_up("eth0", cable_.client);
    EXPECT_TRUE(has({})) << "whatever came first";
    pass(50ms);
    EXPECT_THAT(servers(), IsEmpty());
}

TEST_F(InterfaceIpv6Test, NameServersLastAsLongAsTheirRouterSays) {
    router_.says.more_options =
        joined({rdnss(1, {"2001:db8::53"}), rdnss(0xffffffff, {"2001:db8::54"}), dnssl(1, {"a.org"})});
    ASSERT_TRUE(becomes_usable()) << words();
    ASSERT_TRUE(has({"2001:db8::53", "2001:db8::54"}));
    EXPECT_TRUE(has({"2001:db8::54"})) << "after a second, without a word of anybody";
    EXPECT_THAT(network_.name_service().search_domains, IsEmpty());
    router_.says.more_options = rdnss(0, {"2001:db8::54"});
    router_.advertise();
    EXPECT_TRUE(has({})) << "withdrawn";
}

TEST_F(InterfaceIpv6Test, ASecondRouterTakesNothingFromTheFirst) {
    router_.says.more_options = rdnss(600, {"2001:db8::53"});
    ASSERT_TRUE(becomes_usable()) << words();
    ASSERT_TRUE(has({"2001:db8::53"}));
    test::Router rogue(loop_, cable_.server, "srv0", "fe80::bad");
    rogue.advertise({.more_options = joined({rdnss(0, {"2001:db8::53"}), rdnss(600, {"2001:db8::66"})})});
    EXPECT_TRUE(has({"2001:db8::53", "2001:db8::66"}));
    EXPECT_THAT(plan().routes, SizeIs(2)) << "the kernel takes the second as a way out, too";
    EXPECT_EQ(plan().routes.front().gateway, IpAddress(ipv6("fe80::1")));
    rogue.advertise({.lifetime = 0, .more_options = rdnss(0, {"2001:db8::66"})});
    EXPECT_TRUE(has({"2001:db8::53"}));
    EXPECT_TRUE(comes([this] { return plan().routes.size() == 1; }));
}

TEST_F(InterfaceIpv6Test, AnAddressThatAnotherHostHasIsSaidOnceAndCountsForNothing) {
    {
        const auto there = cable_.server.enter();
        write("srv0/accept_dad", "0");
        test::add_address(std::string(kAddress) + "/64", "srv0", cable_.server);
    }
    ::testing::internal::CaptureStderr();
    log::open(log::Target::standard_error, log::Level::info);
    start();
    ASSERT_TRUE(comes([this] { return state().lack() == Ipv6Lack::duplicate; })) << words();
    EXPECT_EQ(words(), "eth0: no IPv6: another host has the address");
    router_.advertise();  // for which the kernel tries the same once more
    pass(50ms);
    ASSERT_TRUE(comes([this] { return state().lack() == Ipv6Lack::duplicate; })) << words();
    const auto log = ::testing::internal::GetCapturedStderr();
    const auto sentence = std::string("another host has ") + kAddress + " (duplicate address detection)";
    const auto first = log.find(sentence);
    EXPECT_NE(first, std::string::npos) << log;
    EXPECT_EQ(log.find(sentence, first + 1), std::string::npos) << log;
    EXPECT_THAT(plan().addresses, IsEmpty());
}

// The kernel keeps what it has, and asks nobody.
TEST_F(InterfaceIpv6Test, RoutersAreAskedAgainWhenTheCarrierIsBack) {
    ASSERT_TRUE(becomes_usable()) << words();
    ASSERT_TRUE(comes([this] { return router_.solicitations() >= 2; })) << "the kernel's own";
    cable_.unplug();
    ASSERT_TRUE(comes([this] { return !network_.interfaces().front()->link()->carrier; }));
    EXPECT_TRUE(network_.is_configured()) << "as with a lease";
    const auto before = router_.solicitations();
    router_.says.more_options = rdnss(600, {"2001:db8::99"});
    cable_.plug_in();
    EXPECT_TRUE(has({"2001:db8::99"}));
    EXPECT_GT(router_.solicitations(), before);
}

TEST_F(InterfaceIpv6Test, ALinkThatGoesDownLosesItAndGetsItAgain) {
    router_.says.more_options = rdnss(600, {"2001:db8::53"});
    ASSERT_TRUE(becomes_usable()) << words();
    test::set_link_down("eth0", cable_.client);
    ASSERT_TRUE(comes([this] { return !network_.is_configured(); }));
    EXPECT_EQ(plan(), NetworkPlan());
    test::set_link_up("eth0", cable_.client);
    EXPECT_TRUE(comes([this] { return network_.is_configured() && !servers().empty(); })) << words();
}

TEST_F(InterfaceIpv6Test, WhatIsThereFromBeforeIsFoundAndItsNameServersAreAskedFor) {
    router_.answers = false;
    test::set_link_up("eth0", cable_.client);
    ASSERT_TRUE(comes([this] {
        router_.advertise();
        return !test::addresses_of("eth0", cable_.client, Family::kIpv6).empty();
    }));
    router_.answers = true;
    router_.says.more_options = rdnss(600, {"2001:db8::53"});
    ASSERT_TRUE(becomes_usable()) << words();
    EXPECT_TRUE(has({"2001:db8::53"}));
}

// As many as three advertisements hold.
TEST_F(InterfaceIpv6Test, AHundredPrefixesAreAsManyAddressesAsTheKernelTakes) {
    router_.says.prefixes.clear();
    for (int i = 100; i < 134; ++i) router_.says.prefixes.push_back({ipv6("2001:db8:" + std::to_string(i) + "::")});
    ASSERT_TRUE(becomes_usable()) << words();
    for (const int from : {134, 167}) {
        Advertisement more;
        for (int i = from; i < from + 33; ++i) more.prefixes.push_back({ipv6("2001:db8:" + std::to_string(i) + "::")});
        router_.advertise(more);
    }
    router_.advertise({.prefixes = {}, .more_options = rdnss(600, {"2001:db8::53"})});
    ASSERT_TRUE(has({"2001:db8::53"})) << "by then all has been read";
    EXPECT_THAT(plan().addresses, SizeIs(15)) << "max_addresses, of which one is fe80::";
    EXPECT_TRUE(network_.is_configured());
}

TEST_F(InterfaceIpv6Test, LifetimesMayBeNothingAndForEver) {
    constexpr std::uint32_t kForever = 0xffffffff;
    router_.says.prefixes = {{ipv6("2001:db8:9::"), 0, 0}, {ipv6("2001:db8:1::"), kForever, kForever}};
    ASSERT_TRUE(becomes_usable()) << words();
    EXPECT_EQ(words(), std::string("eth0: ") + kAddress + "/64, default via fe80::1");
    router_.advertise({.prefixes = {{ipv6("2001:db8:1::"), kForever, 0}}});
    ASSERT_TRUE(comes([this] { return state().lack() == Ipv6Lack::preferred_address; })) << words();
    router_.advertise({.lifetime = 0, .prefixes = {{ipv6("2001:db8:1::"), kForever, kForever}}});
    ASSERT_TRUE(comes([this] { return state().lack() == Ipv6Lack::way_out; })) << words();
}

// As long as it is optimistic (RFC 4429): another host says that it has it.
TEST_F(InterfaceIpv6Test, AnAddressThatIsInUseMayTurnOutToBeAnothers) {
    {
        const auto there = cable_.server.enter();
        write("srv0/accept_dad", "0");
        write("srv0/ndisc_notify", "1");
    }
    ASSERT_TRUE(becomes_usable()) << words();
    test::add_address(std::string(kAddress) + "/64", "srv0", cable_.server);
    ASSERT_TRUE(comes([this] { return state().lack() == Ipv6Lack::duplicate; })) << words();
    EXPECT_FALSE(network_.is_configured());
    EXPECT_EQ(words(), "eth0: no IPv6: another host has the address");
    EXPECT_THAT(plan().addresses, IsEmpty());
}

// Each packet says something else: it may take neither the loop nor the log, nor write files without end.
TEST_F(InterfaceIpv6Test, AFloodOfAdvertisementsGetsItsShareAndNoMore) {
    ASSERT_TRUE(becomes_usable()) << words();
    told_ = 0;
    int ticks = 0;
    TimePoint last = BootClock::now();
    Duration longest{};
    sys::EventLoop::TimerId ticker{};
    ticker = loop_.add_timer([&] {
        ++ticks;
        longest = std::max(longest, BootClock::now() - last);
        last = BootClock::now();
        loop_.arm(ticker, last + 1ms);
    });
    loop_.arm(ticker, last + 1ms);
    for (int round = 0; round < 50; ++round) {
        const auto server = "2001:db8::" + std::to_string(round + 1);
        router_.flood({.prefixes = {{ipv6("2001:db8:1::")}}, .more_options = rdnss(600, {server})}, 100);
        loop_.wait();
    }
    pass(500ms);
    EXPECT_THAT(told_, Le(8)) << "of fifty changes";
    EXPECT_GT(ticks, 50);
    EXPECT_LT(longest, 250ms);
    EXPECT_TRUE(network_.is_configured());
    EXPECT_THAT(servers(), SizeIs(Le(RouterDns::kMaxNameServers)));
    test::set_mac("02:00:00:00:00:43", "eth0", cable_.client);
    EXPECT_TRUE(comes([this] { return network_.interfaces().front()->link()->mac.to_string() == "02:00:00:00:00:43"; }))
        << "links are followed as before";
    loop_.remove_timer(ticker);
}

TEST_F(InterfaceIpv6Test, ServersOfDhcpv6ComeBeforeTheRouters) {
    router_.says.more_options = rdnss(600, {"2001:db8::53"});
    ASSERT_TRUE(becomes_usable()) << words();
    state().take(InterfaceIpv6::NameService{.name_servers = {ipv6("2001:db8::6"), ipv6("fe80::6")},
                                            .search_domains = {"six.org"}});
    EXPECT_TRUE(has({"2001:db8::6", "fe80::6%eth0", "2001:db8::53"}));
    EXPECT_THAT(network_.name_service().search_domains, ElementsAre("six.org"));
    EXPECT_TRUE(comes([this] { return told_ > 1; }));
}

}  // namespace
}  // namespace nlinit::app
