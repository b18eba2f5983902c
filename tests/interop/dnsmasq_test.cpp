// The real dnsmasq against the real program, in namespaces of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "nlinit/sys/file.hpp"
#include "support/cable.hpp"
#include "support/kernel_view.hpp"
#include "support/program.hpp"
#include "support/run_until.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::test {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Contains;
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

class DnsmasqTest : public ::testing::Test {
  protected:
    // Returns when the server says that it listens.
    void serve(const std::vector<std::string>& options) {
        std::vector<std::string> command{
            "/usr/sbin/dnsmasq", "--conf-file=/dev/null", "--no-daemon", "--port=0",
            "--interface=srv0",  "--bind-interfaces",     "--log-dhcp",  "--dhcp-authoritative",
            "--user=root",       "--pid-file=",           "--no-hosts",  "--dhcp-leasefile=" + (directory_ / "leases"),
            "--no-resolv"};
        if (!pings_) command.emplace_back("--no-ping");
        command.insert(command.end(), options.begin(), options.end());
        server_ = std::make_unique<Program>(loop_, command, Surroundings{.network = &cable_.server});
        ASSERT_TRUE(run_until(loop_, [this] { return log().find("sockets bound") != std::string::npos; })) << log();
    }
    void end_server() {
        server_->signal(SIGTERM);
        static_cast<void>(server_->wait());
    }
    [[nodiscard]] const std::string& log() const { return server_->errors(); }

    Finished netsetup(std::vector<std::string> arguments = {}) {
        arguments.insert(arguments.begin(), {NLINIT_PROGRAM, "netsetup", "eth0"});
        Program program(loop_, arguments, {.network = &cable_.client});
        return program.wait();
    }
    // What happens in the kernel alone is reason to look again, too.
    [[nodiscard]] bool has(const std::function<bool()>& state) {
        KernelEvents events(cable_.client);
        if (!loop_.watch(events.fd(), [&] { static_cast<void>(events.take()); }).ok()) return false;
        const bool is_so = run_until(loop_, state);
        loop_.unwatch(events.fd());
        return is_so;
    }
    [[nodiscard]] std::vector<std::string> addresses() const { return addresses_of("eth0", cable_.client); }
    [[nodiscard]] std::vector<std::string> routes() const { return routes_of("eth0", cable_.client); }

    Cable cable_;
    TemporaryDirectory directory_;
    sys::EventLoop loop_ = *sys::EventLoop::create();
    std::unique_ptr<Program> server_;
    bool pings_ = false;
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
    EXPECT_EQ(link_of("eth0", cable_.client)->mtu, 1400U);
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
    EXPECT_EQ(lifetime_of("192.0.2.50/24", "eth0", cable_.client), std::nullopt);
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
    add_address("192.0.2.200/24", "eth0", cable_.client);
    serve({kOneAddress, kRouter});
    EXPECT_EQ(netsetup().exit_code, 0);
    EXPECT_THAT(addresses(), ElementsAre(HasSubstr("192.0.2.50/24")));
}

TEST_F(DnsmasqTest, WithoutTheServerThereIsNoLeaseAndNoAddress) {
    serve({kOneAddress, kRouter});
    end_server();
    const auto finished = netsetup({"--timeout", "700ms"});
    EXPECT_EQ(finished.exit_code, 5);
    EXPECT_LT(finished.took, 3s);
    EXPECT_THAT(finished.errors, AllOf(HasSubstr("no DHCP lease"), HasSubstr("DISCOVER")));
    EXPECT_THAT(addresses(), IsEmpty());
    EXPECT_TRUE(link_of("eth0", cable_.client)->up);
}

TEST_F(DnsmasqTest, AServerWithoutAFreeAddressIsNoServer) {
    serve({"--dhcp-range=192.0.2.50,static,255.255.255.0"});
    EXPECT_EQ(netsetup({"--timeout", "700ms"}).exit_code, 5);
    EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(DnsmasqTest, TheLeaseIsGivenBackAtTheEnd) {
    serve({kOneAddress, kRouter});
    Program program(loop_, {NLINIT_PROGRAM, "netsetup", "eth0", "--keep", "--release"}, {.network = &cable_.client});
    ASSERT_TRUE(has([this] { return !routes().empty(); })) << program.errors() << log();
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait().exit_code, 0);
    EXPECT_TRUE(run_until(loop_, [this] { return log().find("DHCPRELEASE") != std::string::npos; })) << log();
    EXPECT_THAT(addresses(), IsEmpty());
}

// 3 s: it takes no shorter T1.
TEST_F(DnsmasqTest, ALeaseIsRenewedWithTheServerThatGaveIt) {
    serve({kOneAddress, kRouter, "--dhcp-option=option:T1,3"});
    Program program(loop_, {NLINIT_PROGRAM, "netsetup", "eth0", "--keep"}, {.network = &cable_.client});
    ASSERT_TRUE(has([this] { return !routes().empty(); })) << program.errors() << log();
    const auto acks = [this] { return count(log(), "DHCPACK(srv0) 192.0.2.50"); };
    const auto before = acks();
    ASSERT_TRUE(run_until(loop_, [&] { return acks() > before; })) << log();
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait().exit_code, 0);
    EXPECT_EQ(count(log(), "DHCPDISCOVER"), 1U) << "once, at the start";
}

TEST_F(DnsmasqTest, AfterAMoveToAnotherNetworkTheOldLeaseIsRefusedAndANewOneTaken) {
    serve({kOneAddress, kRouter});
    Program program(loop_, {NLINIT_PROGRAM, "netsetup", "eth0", "--keep"}, {.network = &cable_.client});
    ASSERT_TRUE(has([this] { return !routes().empty(); })) << program.errors() << log();
    cable_.unplug();
    end_server();
    add_address("198.51.100.1/24", "srv0", cable_.server);
    cable_.plug_in();
    serve({"--dhcp-range=198.51.100.50,198.51.100.50,255.255.255.0,1h", "--dhcp-option=3,198.51.100.1"});
    EXPECT_TRUE(has([this] { return addresses() == std::vector<std::string>{"198.51.100.50/24 brd 198.51.100.255"}; }))
        << program.errors() << log();
    EXPECT_THAT(routes(), Contains("default via 198.51.100.1 src 198.51.100.50 proto dhcp"));
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait().exit_code, 0);
}

TEST_F(DnsmasqTest, AServerThatWasRestartedGivesTheSameLease) {
    const std::vector<std::string> range{"--dhcp-range=192.0.2.50,192.0.2.90,255.255.255.0,1h", kRouter};
    serve(range);
    EXPECT_EQ(netsetup().exit_code, 0);
    const auto before = addresses();
    end_server();
    serve(range);
    EXPECT_EQ(netsetup().exit_code, 0);
    EXPECT_EQ(addresses(), before);
}

TEST_F(DnsmasqTest, TheServersNameForTheGuestIsReported) {
    const auto mac = link_of("eth0", cable_.client)->mac;
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
    pings_ = true;
    serve({kOneAddress, kRouter});
    const auto finished = netsetup();
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_LT(finished.took, 5s);
    EXPECT_THAT(routes(), Contains(HasSubstr("default via 192.0.2.1")));
}

}  // namespace
}  // namespace nlinit::test
