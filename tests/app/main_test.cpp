// SPDX-License-Identifier: Apache-2.0
// Which of the three programs nlinit is, as PID 1 of a container.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/guest.hpp"
#include "support/guest_config.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::app {
namespace {

namespace fs = std::filesystem;
using test::kQuick;
using test::sh;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// In a root of its own: a boot that came by mistake would do no harm.
class ContainerTest : public ::testing::Test {
  protected:
    ContainerTest() {
        guest_.config = kQuick;
        guest_.leave_behind = [] {
            const int output = ::open("/out/said", O_WRONLY | O_CREAT | O_APPEND, 0644);
            ::dup2(output, STDOUT_FILENO);
            ::dup2(output, STDERR_FILENO);
        };
    }
    [[nodiscard]] std::string said() const { return guest_.output("said"); }

    test::Guest guest_;
};

struct Case {
    const char* arguments;
    const char* output;
};

class CommandTest : public ContainerTest, public ::testing::WithParamInterface<Case> {};

TEST_P(CommandTest, WinsOverABoot) {
    EXPECT_EQ(guest_.run(GetParam().arguments), 0) << guest_.log();
    EXPECT_THAT(said(), HasSubstr(GetParam().output));
    EXPECT_THAT(guest_.log(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Pid1, CommandTest,
    ::testing::Values(Case{"--version", "nlinit "}, Case{"--help", "usage: nlinit COMMAND"},
                      Case{"-h", "usage: nlinit COMMAND"}, Case{"netsetup --help", "usage: nlinit netsetup"},
                      Case{"netsetup", "nlinit: netsetup:"}, Case{"plan nlinit.profile=none", "profile none"},
                      Case{"check /etc/nlinit.toml", "/etc/nlinit.toml: fine"}, Case{"check", "check: wants one file"},
                      Case{"report", "/run/nlinit/boot.json"}));

TEST_F(ContainerTest, WhatIsNoCommandBoots) {
    EXPECT_EQ(guest_.run(sh("echo > /out/started")), SIGINT) << guest_.log();
    EXPECT_EQ(guest_.output("started"), "\n");
}

// A filesystem of the machine around, of which the container has a directory: made read-only, it would be so for both.
TEST_F(ContainerTest, TheFilesystemsOfTheMachineAroundAreLeftAsTheyAre) {
    const test::TemporaryDirectory machine;
    ASSERT_EQ(::mount("tmpfs", machine.path().c_str(), "tmpfs", 0, nullptr), 0);
    for (const char* name : {"lower", "upper", "work", "disk"}) fs::create_directory(machine / name);
    const std::string layers =
        "lowerdir=" + machine / "lower" + ",upperdir=" + machine / "upper" + ",workdir=" + machine / "work";
    if (::mount("overlay", (machine / "disk").c_str(), "overlay", 0, layers.c_str()) != 0)
        GTEST_SKIP() << "overlay cannot be mounted here";
    fs::create_directory(machine / "disk/volume");
    fs::create_directory(guest_.path("volume"));
    ASSERT_EQ(::mount((machine / "disk/volume").c_str(), guest_.path("volume").c_str(), nullptr, MS_BIND, nullptr), 0);

    EXPECT_EQ(guest_.run(sh("echo data > /volume/file")), SIGINT);
    EXPECT_TRUE(std::ofstream(machine / "disk/volume/other").good()) << guest_.log();
    EXPECT_TRUE(fs::exists(machine / "disk/volume/file"));
    EXPECT_THAT(guest_.log(), HasSubstr("filesystems are left as they are: this is PID 1 of a container"));
    EXPECT_THAT(guest_.log(), Not(HasSubstr("read-only")));
    ::umount2(guest_.path("volume").c_str(), MNT_DETACH);
    ::umount2((machine / "disk").c_str(), MNT_DETACH);
    ::umount2(machine.path().c_str(), MNT_DETACH);
}

// `unshare --pid --fork nlinit`: its mounts would be those of the machine around.
TEST_F(ContainerTest, DoesNotBootInAMountNamespaceThatIsNotItsOwn) {
    const auto enter_again = guest_.leave_behind;
    guest_.leave_behind = [enter_again] {
        enter_again();
        if (::unshare(CLONE_NEWPID) != 0) ::_exit(99);
        const pid_t child = ::fork();
        if (child == 0) return;  // and becomes nlinit
        int status = 0;
        ::waitpid(child, &status, 0);
        std::ofstream("/out/status") << WEXITSTATUS(status) << '\n';
        ::_exit(0);
    };
    EXPECT_EQ(guest_.run(sh("echo > /out/started")), 0);
    EXPECT_EQ(guest_.output("status"), "2\n");
    EXPECT_THAT(said(), HasSubstr("nlinit: boot: PID 1 of a container boots only with a mount namespace of its own"));
    EXPECT_EQ(guest_.output("started"), "");
}

}  // namespace
}  // namespace nlinit::app
