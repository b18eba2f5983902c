#include "nlinit/netlink/socket.hpp"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
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
