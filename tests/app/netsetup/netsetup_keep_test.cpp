// SPDX-License-Identifier: Apache-2.0
// `nlinit netsetup --keep`: stays, renews, follows the link, and takes back what it did when told to stop.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "netsetup_fixture.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using dhcp::MessageType;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class NetsetupKeepTest : public test::NetsetupFixture {
  protected:
    void start(std::vector<std::string> arguments = {}) {
        arguments.insert(arguments.begin(), {"eth0", "--keep"});
        program_.emplace(loop_, command(std::move(arguments)), test::Surroundings{.network = &cable_.client});
    }
    [[nodiscard]] bool run_until(const std::function<bool()>& done) {
        // What happens in the kernel alone does not wake the loop.
        test::KernelEvents events(cable_.client);
        if (!loop_.watch(events.fd(), [&] { static_cast<void>(events.take()); }).ok()) return false;
        const bool is_done = test::run_until(loop_, done);
        loop_.unwatch(events.fd());
        return is_done;
    }
    [[nodiscard]] bool has_routes() {
        return run_until([this] { return routes().size() == 2; });
    }
    test::Finished stop(int signal) {
        program_->signal(signal);
        return program_->wait();
    }

    std::optional<test::Program> program_;
};

TEST_F(NetsetupKeepTest, ItStaysAndLeavesNothingWhenItIsTold) {
    for (const int signal : {SIGTERM, SIGINT}) {
        start();
        ASSERT_TRUE(has_routes());
        EXPECT_TRUE(program_->running());
        EXPECT_EQ(stop(signal).exit_code, 0);
        EXPECT_THAT(addresses(), IsEmpty());
        EXPECT_THAT(routes(), IsEmpty());
    }
    EXPECT_EQ(server_.count(MessageType::release), 0U);
}

TEST_F(NetsetupKeepTest, TheLeaseIsReleasedWhereThatIsWanted) {
    start({"--release"});
    ASSERT_TRUE(has_routes());
    EXPECT_EQ(stop(SIGTERM).exit_code, 0);
    EXPECT_TRUE(run_until([this] { return server_.count(MessageType::release) == 1; }));
    EXPECT_THAT(addresses(), IsEmpty());
}

TEST_F(NetsetupKeepTest, TheLeaseIsRenewed) {
    server_.grant.set_times(30, 15, 26);
    start();
    ASSERT_TRUE(has_routes());
    static_cast<void>(server_.heard());
    ASSERT_TRUE(run_until([this] { return server_.count(MessageType::request) == 2; }));
    EXPECT_THAT(server_.heard(), Contains("unicast 192.0.2.50 to 192.0.2.1 REQUEST ciaddr=192.0.2.50"));
    EXPECT_EQ(stop(SIGTERM).exit_code, 0);
}

TEST_F(NetsetupKeepTest, WithoutAServerItSaysSoAndTriesOn) {
    server_.silent = true;
    start({"--timeout", "300ms"});
    ASSERT_TRUE(run_until([this] { return program_->errors().find("trying on") != std::string::npos; }));
    server_.silent = false;
    EXPECT_TRUE(has_routes());
    EXPECT_EQ(stop(SIGTERM).exit_code, 0);
}

TEST_F(NetsetupKeepTest, WhoWasNeverConfiguredDoesNotEndAsIfItWas) {
    server_.silent = true;
    start({"--timeout", "300ms"});
    ASSERT_TRUE(run_until([this] { return program_->errors().find("trying on") != std::string::npos; }));
    EXPECT_EQ(stop(SIGTERM).exit_code, 5);
}

TEST_F(NetsetupKeepTest, ACarrierThatComesBackIsReasonToVerifyTheLease) {
    start();
    ASSERT_TRUE(has_routes());
    static_cast<void>(server_.heard());
    cable_.unplug();
    cable_.plug_in();
    ASSERT_TRUE(run_until([this] { return server_.count(MessageType::request) == 2; }));
    EXPECT_THAT(server_.heard(), ElementsAre("broadcast REQUEST requested=192.0.2.50"));
    EXPECT_EQ(stop(SIGTERM).exit_code, 0);
}

TEST_F(NetsetupKeepTest, AnInterfaceThatIsMadeAnewIsConfiguredAnew) {
    start();
    ASSERT_TRUE(has_routes());
    test::delete_link("eth0", cable_.client);
    test::make_veth("eth0", cable_.client, "srv9", cable_.server);
    test::set_link_up("srv9", cable_.server);
    test::DhcpServer server(loop_, cable_.server, "srv9");
    EXPECT_TRUE(has_routes());
    EXPECT_EQ(stop(SIGTERM).exit_code, 0);
    EXPECT_THAT(program_->errors(), HasSubstr("gone"));
}

TEST_F(NetsetupKeepTest, AnotherHardwareAddressIsAnotherClient) {
    start();
    ASSERT_TRUE(has_routes());
    server_.grant.address = {192, 0, 2, 61};
    test::set_mac("02:00:00:00:00:61", "eth0", cable_.client);
    ASSERT_TRUE(run_until([this] { return addresses() == std::vector<std::string>{"192.0.2.61/24 brd 192.0.2.255"}; }));
    EXPECT_EQ(server_.requests().back().message.chaddr.to_string(), "02:00:00:00:00:61");
    EXPECT_EQ(stop(SIGTERM).exit_code, 0);
}

}  // namespace
}  // namespace nlinit::app
