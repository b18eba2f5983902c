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

class DnsmasqTest : public ::testing::Test {
  protected:
    // Returns when the server says that it listens.
    void serve(const std::vector<std::string>& options) {
        std::vector<std::string> command{"/usr/sbin/dnsmasq",
                                         "--conf-file=/dev/null",
                                         "--no-daemon",
                                         "--port=0",
                                         "--interface=srv0",
                                         "--bind-interfaces",
                                         "--no-ping",
                                         "--log-dhcp",
                                         "--dhcp-authoritative",
                                         "--user=root",
                                         "--pid-file=",
                                         "--no-hosts",
                                         "--dhcp-leasefile=" + (directory_ / "leases"),
                                         "--no-resolv"};
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
    [[nodiscard]] std::vector<std::string> addresses() const { return addresses_of("eth0", cable_.client); }
    [[nodiscard]] std::vector<std::string> routes() const { return routes_of("eth0", cable_.client); }

    Cable cable_;
    TemporaryDirectory directory_;
    sys::EventLoop loop_ = *sys::EventLoop::create();
    std::unique_ptr<Program> server_;
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
    ASSERT_TRUE(run_until(
        loop_, [this] { return !addresses().empty(); }, 5s))
        << program.errors() << log();
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait().exit_code, 0);
    EXPECT_TRUE(run_until(loop_, [this] { return log().find("DHCPRELEASE") != std::string::npos; })) << log();
    EXPECT_THAT(addresses(), IsEmpty());
}

}  // namespace
}  // namespace nlinit::test
