// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/confinement.hpp"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>

#include "nlinit/sys/file/file.hpp"
#include "support/namespaces.hpp"

namespace nlinit::sys {
namespace {

constexpr std::array<std::uint8_t, 2> kNetwork = {CAP_NET_ADMIN, CAP_NET_RAW};

bool keep_network() {
    return bound_capabilities_to(kNetwork).ok() && take_capabilities_of(kNetwork, kNetwork).ok();
}

// Whether body was true in a child with namespaces of its own.
template <class Body>
bool holds_in_child(Body body) {
    const int status = test::run_in_child([&] { return body() ? 0 : 1; });
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool own_status_has(const std::string& line) {
    const auto status = read_file("/proc/self/status", 8192);
    return status.ok() && status->find(line) != std::string::npos;
}

TEST(ConfinementTest, KeepsTheCapabilitiesThatAreNamedAndNoOther) {
    EXPECT_TRUE(holds_in_child([] {
        return keep_network() && own_status_has("CapEff:\t0000000000003000\n") &&
               own_status_has("CapPrm:\t0000000000003000\n") && own_status_has("CapBnd:\t0000000000003000\n");
    }));
}

TEST(ConfinementTest, AUserHasThemToo) {
    EXPECT_TRUE(holds_in_child([] {
        return bound_capabilities_to(kNetwork).ok() && ::setresuid(1000, 1000, 1000) == 0 &&
               take_capabilities_of(kNetwork, kNetwork).ok() && own_status_has("CapEff:\t0000000000003000\n") &&
               own_status_has("CapAmb:\t0000000000003000\n") && own_status_has("CapBnd:\t0000000000003000\n");
    }));
}

TEST(ConfinementTest, AMountIsRefusedWithoutTheCapability) {
    EXPECT_TRUE(holds_in_child([] {
        if (!keep_network()) return false;
        return ::mount("tmpfs", "/tmp", "tmpfs", 0, nullptr) != 0 && errno == EPERM;
    }));
}

TEST(ConfinementTest, WhatANetworkNeedsIsStillAllowed) {
    EXPECT_TRUE(holds_in_child([] {
        if (!keep_network() || !confine_system_calls().ok()) return false;
        const int netlink = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
        const int packets = ::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        const pid_t child = ::fork();
        if (child == 0) ::_exit(7);
        int status = 0;
        return netlink >= 0 && packets >= 0 && child > 0 && ::waitpid(child, &status, 0) == child &&
               WEXITSTATUS(status) == 7 && own_status_has("Seccomp:\t2\n") && own_status_has("NoNewPrivs:\t1\n");
    }));
}

TEST(ConfinementTest, ProgramsMountsModulesAndNamespacesAreRefused) {
    EXPECT_TRUE(holds_in_child([] {
        if (!confine_system_calls().ok()) return false;
        std::string shell = "/bin/sh";
        std::array<char*, 2> arguments{shell.data(), nullptr};
        const auto refused = [](long answer) { return answer == -1 && errno == EPERM; };
        return refused(::execv("/bin/sh", arguments.data())) &&
               refused(::mount("tmpfs", "/tmp", "tmpfs", 0, nullptr)) && refused(::umount2("/proc", MNT_DETACH)) &&
               refused(::syscall(SYS_finit_module, 0, "", 0)) && refused(::unshare(CLONE_NEWNET)) &&
               refused(::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)) && refused(::chroot("/tmp")) &&
               refused(::syscall(SYS_ptrace, 0, 0, 0, 0)) && refused(::syscall(SYS_bpf, 0, 0, 0)) &&
               refused(::setns(0, 0)) && refused(::syscall(SYS_reboot, 0, 0, 0, 0));
    }));
}

}  // namespace
}  // namespace nlinit::sys
