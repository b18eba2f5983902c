// SPDX-License-Identifier: Apache-2.0
// What dnsmasq alone can be told, or does by itself.
#include "dnsmasq.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "interop_fixture.hpp"
#include "nlinit/sys/file/file.hpp"

namespace nlinit::test {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string content_of(const std::string& path) {
    return *sys::read_file(path, 4096);
}

std::size_t count(const std::string& text, const std::string& words) {
    std::size_t found = 0;
    for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++found;
    return found;
}

class DnsmasqTest : public InteropFixture {
  protected:
    void serve(const std::vector<std::string>& options) { server_.start_with(options); }
    [[nodiscard]] std::string log() const { return server_.log(); }

    Dnsmasq server_{place()};
};

const std::string kOneAddress = "--dhcp-range=192.0.2.50,192.0.2.50,255.255.255.0,1h";
const std::string kRouter = "--dhcp-option=3,192.0.2.1";

TEST_F(DnsmasqTest, APlainLeaseBecomesAddressAndRoutes) {
    serve({kOneAddress, kRouter});
    const auto finished = netsetup({"--no-rapid-commit"});
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_THAT(addresses(), ElementsAre(HasSubstr("192.0.2.50/24")));
    EXPECT_THAT(routes(), AllOf(Contains(HasSubstr("default via 192.0.2.1")), Contains(HasSubstr("192.0.2.0/24"))));
    EXPECT_THAT(log(), AllOf(HasSubstr("DHCPOFFER"), HasSubstr("DHCPREQUEST"), HasSubstr("DHCPACK")));
}

TEST_F(DnsmasqTest, RapidCommitTakesTwoPacketsWhereTheServerAllowsIt) {
    serve({kOneAddress, kRouter, "--dhcp-rapid-commit"});
    EXPECT_EQ(netsetup().exit_code, 0);
    EXPECT_THAT(routes(), Contains(HasSubstr("default via 192.0.2.1")));
    EXPECT_THAT(log(), AllOf(HasSubstr("DHCPACK"), Not(HasSubstr("DHCPREQUEST"))));
}

TEST_F(DnsmasqTest, AServerThatIgnoresRapidCommitAnswersAsEver) {
    serve({kOneAddress, kRouter});
    EXPECT_EQ(netsetup().exit_code, 0);
    EXPECT_THAT(log(), HasSubstr("DHCPREQUEST"));
}

TEST_F(DnsmasqTest, OptionsReachTheReportAndResolvConf) {
    serve({kOneAddress, kRouter, "--dhcp-option=6,192.0.2.1,9.9.9.9", "--dhcp-option=15,example.test",
           "--dhcp-option=119,one.example.test,two.example.test", "--dhcp-option=26,1400"});
    const auto file = directory_ / "resolv.conf";
    const auto finished = netsetup({"--json", "--resolv-conf", file});
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_THAT(finished.output, AllOf(HasSubstr("\"192.0.2.50/24\""), HasSubstr("\"9.9.9.9\""),
                                       HasSubstr("\"two.example.test\""), HasSubstr("\"seconds\": 3600")));
    EXPECT_EQ(content_of(file), "search one.example.test two.example.test\nnameserver 192.0.2.1\nnameserver 9.9.9.9\n");
    EXPECT_EQ(link_of("eth0", lan_.client)->mtu, 1400U);
}

TEST_F(DnsmasqTest, ClasslessRoutesTakeThePlaceOfTheRouter) {
    serve({kOneAddress, kRouter, "--dhcp-option=121,10.0.0.0/8,192.0.2.7,0.0.0.0/0,192.0.2.9"});
    EXPECT_EQ(netsetup().exit_code, 0);
    EXPECT_THAT(routes(),
                AllOf(Contains(HasSubstr("10.0.0.0/8 via 192.0.2.7")), Contains(HasSubstr("default via 192.0.2.9")),
                      Not(Contains(HasSubstr("via 192.0.2.1 ")))));
}

TEST_F(DnsmasqTest, AnInfiniteLeaseLeavesAnAddressWithoutLifetime) {
    serve({"--dhcp-range=192.0.2.50,192.0.2.50,255.255.255.0,infinite", kRouter});
    const auto finished = netsetup({"--json"});
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.output, HasSubstr("\"infinite\": true"));
    EXPECT_EQ(lifetime_of("192.0.2.50/24", "eth0", lan_.client), std::nullopt);
}

TEST_F(DnsmasqTest, TheSecondRunGetsTheSameAndChangesNothing) {
    serve({"--dhcp-range=192.0.2.50,192.0.2.90,255.255.255.0,1h", kRouter});
    EXPECT_EQ(netsetup().exit_code, 0);
    const auto first_addresses = addresses();
    const auto first_routes = routes();
    EXPECT_EQ(netsetup().exit_code, 0);
    EXPECT_EQ(addresses(), first_addresses);
    EXPECT_EQ(routes(), first_routes);
}

TEST_F(DnsmasqTest, AnAddressOfAnEarlierNetworkGoes) {
    add_address("192.0.2.200/24", "eth0", lan_.client);
    serve({kOneAddress, kRouter});
    EXPECT_EQ(netsetup().exit_code, 0);
    EXPECT_THAT(addresses(), ElementsAre(HasSubstr("192.0.2.50/24")));
}

TEST_F(DnsmasqTest, WithoutTheServerThereIsNoLeaseAndNoAddress) {
    serve({kOneAddress, kRouter});
    server_.stop();
    const auto finished = netsetup({"--timeout", "700ms"});
    EXPECT_EQ(finished.exit_code, 5);
    // At 0 and 300 ms, and at most at 900; in the usual 6 s there would be five.
    EXPECT_THAT(finished.errors, AllOf(HasSubstr("no DHCP lease"), ContainsRegex("[^0-9][123] DISCOVER sent")));
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_TRUE(link_of("eth0", lan_.client)->up);
}

TEST_F(DnsmasqTest, AServerWithoutAFreeAddressIsNoServer) {
    serve({"--dhcp-range=192.0.2.50,static,255.255.255.0"});
    EXPECT_EQ(netsetup({"--timeout", "700ms"}).exit_code, 5);
    EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(DnsmasqTest, TheLeaseIsGivenBackAtTheEnd) {
    serve({kOneAddress, kRouter});
    ASSERT_TRUE(keeps({"--release"})) << client_->errors() << log();
    EXPECT_EQ(end_client(), 0);
    EXPECT_TRUE(run_until(loop_, [this] { return log().find("DHCPRELEASE") != std::string::npos; })) << log();
    EXPECT_THAT(addresses(), IsEmpty());
}

// T1 is 15 s for the client, whatever the server says; dnsmasq says nothing below 3 s.
TEST_F(DnsmasqTest, ALeaseIsRenewedWithTheServerThatGaveIt) {
    serve({kOneAddress, kRouter, "--dhcp-option=option:T1,3"});
    ASSERT_TRUE(keeps()) << client_->errors() << log();
    const auto acks = [this] { return count(log(), "DHCPACK(srv0) 192.0.2.50"); };
    const auto before = acks();
    ASSERT_TRUE(run_until(loop_, [&] { return acks() > before; })) << log();
    EXPECT_EQ(end_client(), 0);
    EXPECT_EQ(count(log(), "DHCPDISCOVER"), 1U) << "once, at the start";
}

TEST_F(DnsmasqTest, AfterAMoveToAnotherNetworkTheOldLeaseIsRefusedAndANewOneTaken) {
    serve({kOneAddress, kRouter});
    ASSERT_TRUE(keeps()) << client_->errors() << log();
    lan_.unplug();
    server_.stop();
    add_address("198.51.100.1/24", "srv0", lan_.server);
    lan_.plug_in();
    serve({"--dhcp-range=198.51.100.50,198.51.100.50,255.255.255.0,1h", "--dhcp-option=3,198.51.100.1"});
    const std::vector<std::string> wanted{"198.51.100.0/24 src 198.51.100.50 proto dhcp scope link",
                                          "default via 198.51.100.1 src 198.51.100.50 proto dhcp"};
    EXPECT_TRUE(has([&] { return routes() == wanted; })) << client_->errors() << log();
    EXPECT_THAT(addresses(), ElementsAre("198.51.100.50/24 brd 198.51.100.255"));
    EXPECT_EQ(end_client(), 0);
}

TEST_F(DnsmasqTest, AServerThatWasRestartedGivesTheSameLease) {
    const std::vector<std::string> range{"--dhcp-range=192.0.2.50,192.0.2.90,255.255.255.0,1h", kRouter};
    serve(range);
    EXPECT_EQ(netsetup().exit_code, 0);
    const auto before = addresses();
    server_.stop();
    serve(range);
    EXPECT_EQ(netsetup().exit_code, 0);
    EXPECT_EQ(addresses(), before);
}

TEST_F(DnsmasqTest, TheServersNameForTheGuestIsReported) {
    const auto mac = link_of("eth0", lan_.client)->mac;
    serve({kOneAddress, "--dhcp-host=" + mac + ",guest7,192.0.2.50"});
    const auto finished = netsetup({"--json"});
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_THAT(finished.output, HasSubstr("\"host_name\": \"guest7\""));
}

TEST_F(DnsmasqTest, TheGuestsNameReachesTheServer) {
    serve({kOneAddress});
    EXPECT_EQ(netsetup({"--hostname", "guest9"}).exit_code, 0);
    EXPECT_THAT(content_of(directory_ / "leases"), HasSubstr("192.0.2.50 guest9"));
}

// It pings the address for 3 s before it offers it.
TEST_F(DnsmasqTest, AServerThatThinksForThreeSecondsIsWaitedFor) {
    server_.pings = true;
    serve({kOneAddress, kRouter});
    const auto finished = netsetup({"--timeout", "14s"});
    EXPECT_EQ(finished.exit_code, 0) << finished.errors << log();
    EXPECT_LT(finished.took, 7s) << "the first answer is taken, late as it is";
    EXPECT_THAT(routes(), Contains(HasSubstr("default via 192.0.2.1")));
}

}  // namespace
}  // namespace nlinit::test
