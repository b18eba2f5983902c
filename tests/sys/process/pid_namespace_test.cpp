// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/pid_namespace.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "support/namespaces.hpp"

namespace nlinit::sys {
namespace {

// The answer is kept for the life of a process: each test asks in one of its own.
constexpr int kYes = 10;
constexpr int kNo = 20;

int exit_code(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int first_in_child(const std::function<void()>& prepare) {
    return exit_code(test::run_in_child([&] {
        prepare();
        return is_in_first_pid_namespace() ? kYes : kNo;
    }));
}

int first_as_pid_1(const std::function<void()>& prepare) {
    return exit_code(test::run_as_pid_1([&] {
        prepare();
        return is_in_first_pid_namespace() ? kYes : kNo;
    }));
}

void hide_proc() {
    ASSERT_EQ(::mount("tmpfs", "/proc", "tmpfs", 0, nullptr), 0);
}

// The tests may themselves run in a container.
bool tests_run_in_the_first() {
    struct stat status {};
    return ::stat("/proc/self/ns/pid", &status) == 0 && status.st_ino == 0xEFFFFFFC;
}

TEST(PidNamespace, OfAContainerIsNotTheFirst) {
    EXPECT_EQ(first_as_pid_1([] {}), kNo);
}

TEST(PidNamespace, OfAContainerIsNotTheFirstWhereThereIsNoProc) {
    EXPECT_EQ(first_as_pid_1(hide_proc), kNo);
}

TEST(PidNamespace, OfTheMachineIsTheFirst) {
    const int expected = tests_run_in_the_first() ? kYes : kNo;
    EXPECT_EQ(first_in_child([] {}), expected);
    EXPECT_EQ(first_in_child(hide_proc), expected) << "as the kernel starts an init";
}

TEST(PidNamespace, IsAskedForOnce) {
    EXPECT_EQ(exit_code(test::run_as_pid_1([] {
                  const bool before = is_in_first_pid_namespace();
                  hide_proc();
                  return before == is_in_first_pid_namespace() ? kYes : kNo;
              })),
              kYes);
}

// As `unshare --pid --fork` makes it, with further flags.
int shares_with(int flags) {
    return exit_code(test::run_as_pid_1([flags] {
        if (::unshare(CLONE_NEWPID | flags) != 0) return 1;
        const pid_t child = ::fork();
        if (child == 0) ::_exit(shares_mount_namespace() ? kYes : kNo);
        int status = 0;
        ::waitpid(child, &status, 0);
        return exit_code(status);
    }));
}

TEST(SharedMountNamespace, IsThatOfTheProcessesAround) {
    EXPECT_EQ(shares_with(0), kYes);
}

TEST(SharedMountNamespace, IsNotOneOfItsOwn) {
    EXPECT_EQ(exit_code(test::run_as_pid_1([] { return shares_mount_namespace() ? kYes : kNo; })), kNo);
    EXPECT_EQ(exit_code(test::run_as_pid_1([] {
                  hide_proc();
                  return shares_mount_namespace() ? kYes : kNo;
              })),
              kNo);
}

}  // namespace
}  // namespace nlinit::sys
