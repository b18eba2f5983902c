// SPDX-License-Identifier: Apache-2.0
// `nlinit netsetup --lease-file`: the next run asks for the address of the last one first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "netsetup_fixture.hpp"
#include "nlinit/sys/file/file.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::app {
namespace {

using dhcp::MessageType;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class NetsetupLeaseFileTest : public test::NetsetupFixture {
  protected:
    test::Finished run(std::vector<std::string> arguments = {}) {
        arguments.insert(arguments.begin(), {"eth0", "--lease-file", directory_ / "%i.lease"});
        return netsetup(std::move(arguments));
    }
    [[nodiscard]] std::string path() const { return directory_ / "eth0.lease"; }

    test::TemporaryDirectory directory_;
};

TEST_F(NetsetupLeaseFileTest, TheSecondRunNeedsOneRoundTrip) {
    EXPECT_EQ(run().exit_code, 0);
    EXPECT_THAT(server_.heard(), ElementsAre("broadcast DISCOVER rapid", StartsWith("broadcast REQUEST")));
    EXPECT_THAT(*sys::read_file(path(), 4096), AllOf(HasSubstr("address 192.0.2.50/24"), HasSubstr("end\n")));
    EXPECT_EQ(run().exit_code, 0);
    EXPECT_THAT(server_.heard(), ElementsAre("broadcast REQUEST requested=192.0.2.50"));
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255"));
}

TEST_F(NetsetupLeaseFileTest, OneThatCannotBeWrittenIsExit9) {
    const auto finished = netsetup({"eth0", "--lease-file", "/dev/null/x"});
    EXPECT_EQ(finished.exit_code, 9);
    EXPECT_THAT(finished.errors, HasSubstr("netsetup: lease file /dev/null/x: Not a directory\n"));
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.50/24 brd 192.0.2.255")) << "the network is there";
}

TEST_F(NetsetupLeaseFileTest, AnAddressThatIsRefusedNowIsReplaced) {
    EXPECT_EQ(run().exit_code, 0);
    server_.grant.address = {192, 0, 2, 60};
    server_.script = [](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        server.script = {};
        server.send(server.reply_to(request.message, MessageType::nak));
    };
    EXPECT_EQ(run().exit_code, 0);
    EXPECT_THAT(addresses(), ElementsAre("192.0.2.60/24 brd 192.0.2.255"));
    EXPECT_THAT(*sys::read_file(path(), 4096), HasSubstr("address 192.0.2.60/24"));
}

TEST_F(NetsetupLeaseFileTest, AnAddressThatIsRefusedIsForgottenEvenWhenThereIsNoOther) {
    EXPECT_EQ(run().exit_code, 0);
    server_.script = [](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        if (request.message.type == MessageType::request)
            server.send(server.reply_to(request.message, MessageType::nak));
    };
    EXPECT_EQ(run({"--timeout", "400ms"}).exit_code, 5);
    EXPECT_FALSE(sys::exists(path()));
}

TEST_F(NetsetupLeaseFileTest, AServerThatDoesNotKnowItIsAskedAnew) {
    EXPECT_EQ(run().exit_code, 0);
    static_cast<void>(server_.heard());
    server_.script = [](test::DhcpServer& server, const test::DhcpServer::Request& request) {
        const bool selecting = request.message.options.has(dhcp::OptionCode::server_identifier);
        if (request.message.type == MessageType::discover || selecting) server.answer(request);
    };
    EXPECT_EQ(run().exit_code, 0);
    EXPECT_THAT(server_.heard(), Contains("broadcast DISCOVER requested=192.0.2.50 rapid"));
}

TEST_F(NetsetupLeaseFileTest, AFileThatIsNoneIsNamedAndReplaced) {
    const std::pair<std::string, std::string> files[] = {
        {"# nlinit lease, version 2\nmac 52:54\n", "line 2"},
        {"# nlinit lease, version 1\nmac 52:54:00:12:34:56\nend\n", "line 1 must be '# nlinit lease, version 2'"},
    };
    for (const auto& [text, complaint] : files) {
        ASSERT_TRUE(sys::write_file(path(), text).ok());
        const auto finished = run();
        EXPECT_EQ(finished.exit_code, 0);
        EXPECT_THAT(finished.errors, AllOf(HasSubstr(path()), HasSubstr(complaint), HasSubstr("DISCOVER")));
        EXPECT_THAT(*sys::read_file(path(), 4096), HasSubstr("address 192.0.2.50/24"));
    }
}

TEST_F(NetsetupLeaseFileTest, AnotherCardsLeaseIsNotAskedFor) {
    EXPECT_EQ(run().exit_code, 0);
    static_cast<void>(server_.heard());
    test::set_mac("02:00:00:00:00:61", "eth0", cable_.client);
    const auto finished = run();
    EXPECT_EQ(finished.exit_code, 0);
    EXPECT_THAT(finished.errors, HasSubstr(path()));
    EXPECT_THAT(server_.heard(), Contains("broadcast DISCOVER rapid"));
}

TEST_F(NetsetupLeaseFileTest, ALeaseThatWasGivenBackIsForgottenAndOneThatWasKeptIsNot) {
    for (const bool release : {false, true}) {
        auto arguments = command({"eth0", "--keep", "--json", "--lease-file", path()});
        if (release) arguments.emplace_back("--release");
        test::Program program(loop_, arguments, {.network = &cable_.client});
        ASSERT_TRUE(test::run_until(loop_, [&] { return !program.output().empty(); })) << program.errors();
        EXPECT_TRUE(sys::exists(path()));
        program.signal(SIGTERM);
        EXPECT_EQ(program.wait().exit_code, 0);
        EXPECT_EQ(sys::exists(path()), !release);
        EXPECT_THAT(addresses(), IsEmpty());
    }
}

}  // namespace
}  // namespace nlinit::app
