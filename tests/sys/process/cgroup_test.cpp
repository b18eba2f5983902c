// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/cgroup.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "nlinit/sys/file/file.hpp"
#include "nlinit/sys/mount/mount.hpp"
#include "nlinit/sys/process/process.hpp"
#include "support/namespaces.hpp"
#include "support/result.hpp"

namespace nlinit::sys {
namespace {

using test::is_ok;

std::string read(const std::string& name) {
    const auto content = read_file("/sys/fs/cgroup/" + name, 4096);
    EXPECT_TRUE(is_ok(content));
    return content.ok() ? *content : "";
}

class CgroupTest : public ::testing::Test {
  protected:
    template <class Body>
    void in_own_cgroup(Body body) {
        test::enter_own_mount_namespace();
        const int status = test::run_in_own_cgroup([&] {
            body();
            return HasFailure() ? 1 : 0;
        });
        EXPECT_EQ(status, 0);
    }
};

TEST_F(CgroupTest, MountsTheSecondVersion) {
    in_own_cgroup([] {
        ASSERT_TRUE(is_ok(mount_cgroup()));
        EXPECT_TRUE(is_mounted("/sys/fs/cgroup"));
        EXPECT_TRUE(exists("/sys/fs/cgroup/cgroup.controllers"));
    });
}

TEST_F(CgroupTest, PutsTheCallerIntoALeaf) {
    in_own_cgroup([] {
        ASSERT_TRUE(is_ok(mount_cgroup()));
        EXPECT_EQ(read("cgroup.procs"), "");
        EXPECT_EQ(read("init/cgroup.procs"), std::to_string(::getpid()) + "\n");
    });
}

TEST_F(CgroupTest, HandsDownWhatControllersThereAre) {
    in_own_cgroup([] {
        ASSERT_TRUE(is_ok(mount_cgroup()));
        EXPECT_EQ(read("cgroup.subtree_control"), read("cgroup.controllers"));
    });
}

TEST_F(CgroupTest, IsDoneTheSecondTime) {
    in_own_cgroup([] {
        ASSERT_TRUE(is_ok(mount_cgroup()));
        ASSERT_TRUE(is_ok(mount_cgroup()));
        EXPECT_EQ(read("init/cgroup.procs"), std::to_string(::getpid()) + "\n");
    });
}

Command payload(const std::string& script) {
    Command command;
    command.arguments = {"/bin/sh", "-c", script};
    command.cgroup = "payload";
    return command;
}

int run(const Command& command) {
    int status = -1;
    const auto child = spawn(command);
    EXPECT_TRUE(is_ok(child));
    if (child.ok()) ::waitpid(*child, &status, 0);
    return status;
}

TEST_F(CgroupTest, StartsACommandInItsLeaf) {
    in_own_cgroup([] {
        ASSERT_TRUE(is_ok(mount_cgroup()));
        EXPECT_EQ(run(payload("grep -qx 0::/payload /proc/$$/cgroup")), 0);
        EXPECT_EQ(run(payload("grep -qx 0::/payload /proc/$$/cgroup")), 0);
    });
}

TEST_F(CgroupTest, StartsACommandEvenWithoutCgroups) {
    in_own_cgroup([] { EXPECT_EQ(run(payload("exit 0")), 0); });
}

TEST_F(CgroupTest, KillsEveryProcessOfALeaf) {
    in_own_cgroup([] {
        ASSERT_TRUE(is_ok(mount_cgroup()));
        const auto child = spawn(payload("kill -STOP $$"));
        ASSERT_TRUE(is_ok(child));
        ASSERT_TRUE(is_ok(kill_cgroup("payload")));
        int status = 0;
        ASSERT_EQ(::waitpid(*child, &status, 0), *child);
        EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
    });
}

// A file that refuses to be written stands for a kernel before 5.14.
TEST_F(CgroupTest, KillsOneByOneWhereTheKernelCannotKillAGroup) {
    in_own_cgroup([] {
        ASSERT_TRUE(is_ok(mount_cgroup()));
        const auto child = spawn(payload("trap '' TERM; while :; do ( : & ); done"));
        ASSERT_TRUE(is_ok(child));
        ASSERT_EQ(::mount("/proc/version", "/sys/fs/cgroup/payload/cgroup.kill", nullptr, MS_BIND, nullptr), 0);
        EXPECT_TRUE(is_populated("payload"));
        ASSERT_TRUE(is_ok(kill_cgroup("payload")));
        int status = 0;
        ASSERT_EQ(::waitpid(*child, &status, 0), *child);
        EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
    });
}

TEST_F(CgroupTest, SignalsReachGroupsBelowToo) {
    in_own_cgroup([] {
        ASSERT_TRUE(is_ok(mount_cgroup()));
        auto command = payload("while :; do sleep 60; done");
        command.cgroup = "payload/inner";
        const auto child = spawn(command);
        ASSERT_TRUE(is_ok(child));
        signal_cgroup("payload", SIGTERM);
        int status = 0;
        ASSERT_EQ(::waitpid(*child, &status, 0), *child);
        EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM) << status;
        signal_cgroup("payload", SIGKILL);  // what the shell had started
    });
}

TEST_F(CgroupTest, AGroupThatIsNotThereIsEmptyAndCannotBeKilled) {
    in_own_cgroup([] {
        ASSERT_TRUE(is_ok(mount_cgroup()));
        EXPECT_FALSE(is_populated("none"));
        EXPECT_FALSE(kill_cgroup("none").ok());
    });
}

}  // namespace
}  // namespace nlinit::sys
