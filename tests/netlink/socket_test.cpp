// SPDX-License-Identifier: Apache-2.0
#include "nlinit/netlink/socket.hpp"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include "nlinit/netlink/links.hpp"
#include "nlinit/sys/unique_fd.hpp"
#include "support/namespaces.hpp"
#include "support/result.hpp"

namespace nlinit::netlink {
namespace {

// As another process of our pid, in a container that shares this network, may have them: libnl makes its ports of the
// pid in the low 22 bits and a number above.
std::vector<sys::UniqueFd> occupy_ports_of_own_pid() {
    constexpr std::uint32_t kPorts = 1024, kPidBits = 22;
    rlimit limit{};
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    std::vector<sys::UniqueFd> sockets;
    for (std::uint32_t number = 0; number < kPorts; ++number) {
        sys::UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
        sockaddr_nl address{};
        address.nl_family = AF_NETLINK;
        address.nl_pid = static_cast<std::uint32_t>(getpid()) | number << kPidBits;
        EXPECT_EQ(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        sockets.push_back(std::move(fd));
    }
    return sockets;
}

TEST(NetlinkSocketTest, ThePortsOfAnotherProcessOfOurPidAreNoObstacle) {
    const test::NetworkNamespace ns;
    const auto inside = ns.enter();
    const auto occupied = occupy_ports_of_own_pid();
    auto socket = Socket::open();
    ASSERT_TRUE(test::is_ok(socket));
    EXPECT_TRUE(test::is_ok(list_links(*socket)));
    EXPECT_TRUE(test::is_ok(Socket::open_events(std::array{RTNLGRP_LINK})));
}

std::uint32_t port_of(const Socket& socket) {
    sockaddr_nl address{};
    socklen_t size = sizeof address;
    EXPECT_EQ(getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    return address.nl_pid;
}

// A refusal of each of the next requests, from a process that is not the kernel.
void send_forged_refusals(std::uint32_t port) {
    const sys::UniqueFd forger(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    sockaddr_nl victim{};
    victim.nl_family = AF_NETLINK;
    victim.nl_pid = port;
    struct {
        nlmsghdr header;
        nlmsgerr error;
    } answer{};
    answer.header.nlmsg_len = sizeof answer;
    answer.header.nlmsg_type = NLMSG_ERROR;
    answer.error.error = -EPERM;
    for (std::uint32_t sequence = 1; sequence <= 8; ++sequence) {
        answer.header.nlmsg_seq = sequence;
        ASSERT_EQ(
            sendto(forger.get(), &answer, sizeof answer, 0, reinterpret_cast<const sockaddr*>(&victim), sizeof victim),
            static_cast<ssize_t>(sizeof answer));
    }
}

// As a request that was given up leaves one: the kernel acknowledges what has no other meaning.
void leave_old_answer_in(const Socket& socket) {
    nlmsghdr nothing{};
    nothing.nlmsg_len = sizeof nothing;
    nothing.nlmsg_type = NLMSG_NOOP;
    nothing.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    nothing.nlmsg_seq = 4711;
    ASSERT_EQ(send(socket.fd(), &nothing, sizeof nothing, 0), static_cast<ssize_t>(sizeof nothing));
}

class StrangeAnswersTest : public ::testing::Test {
  protected:
    const test::NetworkNamespace ns_;
    const test::NetworkNamespace::Scope inside_ = ns_.enter();
    Socket socket_ = *Socket::open();
};

TEST_F(StrangeAnswersTest, WhatAnotherProcessSendsIsNoAnswer) {
    send_forged_refusals(port_of(socket_));
    EXPECT_TRUE(test::is_ok(socket_.transact(make_set_mtu(kLoopback, 1400))));
    send_forged_refusals(port_of(socket_));
    EXPECT_TRUE(test::is_ok(list_links(socket_)));
}

TEST_F(StrangeAnswersTest, AnAnswerToAnOlderRequestIsNotTakenForThatToTheNext) {
    leave_old_answer_in(socket_);
    EXPECT_FALSE(socket_.transact(make_set_mtu(LinkIndex{4711}, 1400)).ok());
    leave_old_answer_in(socket_);
    EXPECT_TRUE(test::is_ok(list_links(socket_)));
}

TEST(NetlinkSocketTest, ARequestThatThereWasNoMemoryForFailsAllOfItsBatch) {
    const test::NetworkNamespace ns;
    const auto inside = ns.enter();
    auto socket = Socket::open();
    ASSERT_TRUE(test::is_ok(socket));
    std::vector<Request> requests;
    requests.push_back(make_set_mtu(kLoopback, 1400));
    requests.emplace_back(nullptr, "add what is too much");
    const auto failures = socket->transact(requests);
    ASSERT_EQ(failures.size(), 2U);
    EXPECT_EQ(to_string(failures[1].error), "add what is too much: Cannot allocate memory");
    EXPECT_NE(read_link(*socket, kLoopback)->mtu, 1400U) << "nothing was sent";
}

}  // namespace
}  // namespace nlinit::netlink
