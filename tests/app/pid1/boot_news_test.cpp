// SPDX-License-Identifier: Apache-2.0
// What the outside is told of whole boots.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include "nlinit/sys/unique_fd.hpp"
#include "support/guest.hpp"
#include "support/guest_config.hpp"

namespace nlinit::app {
namespace {

using test::kQuick;
using test::kStay;
using test::sh;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class BootNewsTest : public ::testing::Test {
  protected:
    BootNewsTest() {
        guest_.config = "[system]\nnotify = \"unix:/host\"\n" + kQuick.substr(kQuick.find("cgroup"));
        guest_.parameters = "ip=off";
    }
    // Where the guest's /host is for us.
    void listen() {
        listener_ = sys::UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, guest_.path("host").c_str(), sizeof address.sun_path - 1);
        ASSERT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        ASSERT_TRUE(loop_.watch(listener_.get(), [this] { hear(); }).ok());
    }
    void hear() {
        std::array<char, 1024> buffer;
        const auto got = ::recv(listener_.get(), buffer.data(), buffer.size(), 0);
        if (got > 0) messages_.emplace_back(buffer.data(), static_cast<std::size_t>(got));
    }
    [[nodiscard]] bool logs(const std::string& text) {
        return guest_.comes_to([&] { return guest_.log().find(text) != std::string::npos; });
    }
    [[nodiscard]] bool hears(const std::string& words) {
        return guest_.comes_to([&] { return all().find(words) != std::string::npos; });
    }
    [[nodiscard]] std::string all() const {
        std::string text;
        for (const auto& message : messages_) text += message;
        return text;
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::Guest guest_;
    sys::UniqueFd listener_;
    std::vector<std::string> messages_;
};

TEST_F(BootNewsTest, ReadyAndTheExitStatusAreTold) {
    listen();
    guest_.start(loop_, sh("while [ ! -s /run/nlinit/ready ]; do :; done; echo > /out/ready; exit 7"));
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    ASSERT_TRUE(hears("STOPPING")) << all();
    const auto text = all();
    EXPECT_THAT(text, AllOf(HasSubstr("READY=1\n"), HasSubstr("X_NLINIT_BOOT_MS="), HasSubstr("EXIT_STATUS=7\n"),
                            HasSubstr("STATUS=the payload ended with status 7\n"), HasSubstr("STOPPING=1\n")));
    EXPECT_LT(text.find("STATUS=starting the network"), text.find("READY=1"));
    EXPECT_LT(text.find("READY=1"), text.find("EXIT_STATUS=7"));
    EXPECT_LT(text.find("EXIT_STATUS=7"), text.find("STOPPING=1"));
    EXPECT_EQ(guest_.output("ready"), "\n");
}

TEST_F(BootNewsTest, TheReadyFileHoldsTheIdOfTheBoot) {
    guest_.start(loop_, sh("while [ ! -s /run/nlinit/ready ]; do :; done; read a < /run/nlinit/ready; read b < "
                           "/proc/sys/kernel/random/boot_id; [ $a = $b ] && echo same > /out/same"));
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    EXPECT_EQ(guest_.output("same"), "same\n");
}

TEST_F(BootNewsTest, WithoutItsNetworkAMachineIsNotReady) {
    guest_.parameters = "";
    listen();
    guest_.start(loop_, sh("echo > /out/started; [ -e /run/nlinit/ready ] && echo > /out/ready; exit 0"));
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
    ASSERT_TRUE(hears("STOPPING")) << all();
    EXPECT_THAT(all(), AllOf(Not(HasSubstr("READY=1")), HasSubstr("EXIT_STATUS=0\n")));
    EXPECT_EQ(guest_.output("started"), "\n");
    EXPECT_EQ(guest_.output("ready"), "");
}

TEST_F(BootNewsTest, APayloadThatCannotBeStartedIsToldAsDockerDoes) {
    listen();
    guest_.start(loop_, "/bin/nothing");
    EXPECT_EQ(guest_.wait(), SIGINT);
    ASSERT_TRUE(hears("STOPPING")) << all();
    EXPECT_THAT(all(),
                AllOf(HasSubstr("EXIT_STATUS=127\n"), HasSubstr("STATUS=run /bin/nothing: No such file or directory\n"),
                      Not(HasSubstr("READY=1"))));
}

TEST_F(BootNewsTest, WhatNobodyHeardIsToldWhenSomebodyListens) {
    guest_.start(loop_, sh("echo > /out/started; " + kStay));
    ASSERT_TRUE(guest_.comes_to([&] { return guest_.log().find("ready after") != std::string::npos; }));
    ASSERT_TRUE(logs("notify: tell unix:/host: No such file or directory"));
    listen();
    guest_.signal(SIGUSR2);
    EXPECT_EQ(guest_.wait(), SIGINT);
    ASSERT_TRUE(hears("EXIT_STATUS")) << all();
    EXPECT_THAT(messages_.front(), AllOf(HasSubstr("READY=1\n"), HasSubstr("STOPPING=1\n")));
    EXPECT_THAT(all(), HasSubstr("EXIT_STATUS=143\n"));
}

// Its socket is there, and nobody has it: ECONNREFUSED, as of a listener that is started anew.
TEST_F(BootNewsTest, WhatWasRefusedIsToldAsSoonAsSomebodyListens) {
    listen();
    loop_.unwatch(listener_.get());
    listener_.reset();
    guest_.start(loop_, sh(kStay));
    ASSERT_TRUE(guest_.comes_to([&] { return guest_.log().find("ready after") != std::string::npos; }));
    ASSERT_TRUE(logs("notify: tell unix:/host: Connection refused"));
    ASSERT_EQ(::unlink(guest_.path("host").c_str()), 0);
    listen();
    ASSERT_TRUE(hears("READY=1")) << guest_.log();
    EXPECT_TRUE(guest_.running());
    EXPECT_THAT(all(), Not(HasSubstr("STOPPING")));
}

TEST_F(BootNewsTest, AListenerThatDoesNotReadHoldsNothingUp) {
    listen();
    loop_.unwatch(listener_.get());
    guest_.config += "restart = \"on-failure\"\n";
    guest_.start(loop_, sh("exit 125"));
    EXPECT_EQ(guest_.wait(), SIGINT) << guest_.log();
}

}  // namespace
}  // namespace nlinit::app
