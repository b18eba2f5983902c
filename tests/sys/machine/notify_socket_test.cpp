// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/notify_socket.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "nlinit/machine/notify_address.hpp"
#include "support/result.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

using test::is_ok;

class NotifySocketTest : public ::testing::Test {
  protected:
    void listen() {
        listener_ = UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
        ASSERT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    }
    [[nodiscard]] std::string heard() const {
        std::array<char, 256> buffer;
        const auto got = ::recv(listener_.get(), buffer.data(), buffer.size(), 0);
        return got < 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(got));
    }
    static NotifySocket to(const std::string& address) { return NotifySocket(*parse_notify_address(address)); }

    test::TemporaryDirectory directory_;
    std::string path_ = directory_ / "host";
    UniqueFd listener_;
};

TEST_F(NotifySocketTest, OneDatagramIsOneMessage) {
    listen();
    auto socket = to("unix:" + path_);
    for (const std::string message : {"READY=1\n", "STATUS=x\nEXIT_STATUS=3\n"}) {
        const auto sent = socket.send(message);
        ASSERT_TRUE(is_ok(sent));
        EXPECT_TRUE(*sent);
        EXPECT_EQ(heard(), message);
    }
}

TEST_F(NotifySocketTest, AListenerMayComeLate) {
    auto socket = to("unix:" + path_);
    EXPECT_EQ(test::sentence(socket.send("READY=1\n")), "tell unix:" + path_ + ": No such file or directory");
    listen();
    EXPECT_TRUE(*socket.send("READY=1\n"));
    EXPECT_EQ(heard(), "READY=1\n");
}

TEST_F(NotifySocketTest, ALinkOfAUsersLeadsToNobody) {
    listen();
    const auto link = directory_ / "link";
    ASSERT_EQ(::symlink(path_.c_str(), link.c_str()), 0);
    EXPECT_TRUE(*to("unix:" + link).send("READY=1\n")) << "of root's";
    EXPECT_EQ(heard(), "READY=1\n");
    ASSERT_EQ(::lchown(link.c_str(), 1000, 1000), 0);
    EXPECT_EQ(test::sentence(to("unix:" + link).send("READY=1\n")),
              "tell unix:" + link + ": " + link +
                  ": \"link\" is a link of user 1000's, who could lead root astray: it is not followed");
}

TEST_F(NotifySocketTest, AListenerThatDoesNotReadIsNotWaitedFor) {
    listen();
    auto socket = to("unix:" + path_);
    int sent = 0;
    while (*socket.send("READY=1\n")) ASSERT_LT(++sent, 100'000);
    EXPECT_FALSE(socket.is_worth_a_try());
    EXPECT_EQ(heard(), "READY=1\n");
    EXPECT_TRUE(socket.is_worth_a_try());
    EXPECT_TRUE(*socket.send("READY=1\n"));
}

TEST_F(NotifySocketTest, NobodyToTellIsNoFailure) {
    NotifySocket socket{NotifyAddress{}};
    EXPECT_TRUE(*socket.send("READY=1\n"));
}

TEST_F(NotifySocketTest, SaysThatThereIsNoSuchPort) {
    auto socket = to("port:none.such");
    EXPECT_EQ(test::sentence(socket.send("READY=1\n")), "tell port:none.such: there is no such port");
}

TEST_F(NotifySocketTest, FindsAPortByItsName) {
    for (const auto& [device, name] : {std::pair("vport1p1", "other"), {"vport2p1", "org.nlinit"}}) {
        std::filesystem::create_directories(directory_.path() + "/virtio-ports/" + device);
        std::ofstream(directory_.path() + "/virtio-ports/" + device + "/name") << name << '\n';
    }
    EXPECT_EQ(virtio_port_device("org.nlinit", directory_.path()), "/dev/vport2p1");
    EXPECT_EQ(virtio_port_device("org", directory_.path()), "");
    EXPECT_EQ(virtio_port_device("org", directory_ / "none"), "");
}

// No machine listens there: CID 3 is nobody's, and a kernel without vsock says so as well.
TEST_F(NotifySocketTest, AVsockWithoutAHostIsAnErrorAndNoWait) {
    auto socket = to("vsock:3:1234");
    const auto sent = socket.send("READY=1\n");
    ASSERT_FALSE(sent.ok());
    EXPECT_TRUE(test::sentence(sent).starts_with("tell vsock:3:1234: ")) << test::sentence(sent);
    EXPECT_FALSE(socket.send("READY=1\n").ok());
}

}  // namespace
}  // namespace nlinit::sys
