#include "nlinit/sys/write_apart.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "nlinit/sys/file.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

using namespace std::chrono_literals;

int status_of(pid_t child) {
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(WriteApartTest, TheChildWritesTheFile) {
    test::TemporaryDirectory directory;
    const auto child = write_file_apart(directory / "report", "hello");
    ASSERT_TRUE(child.ok());
    EXPECT_EQ(status_of(child->pid), 0);
    EXPECT_EQ(*read_file(directory / "report", 100), "hello");
}

TEST(WriteApartTest, ItsStatusIsTheErrno) {
    test::TemporaryDirectory directory;
    const auto child = write_file_apart(directory / "missing/report", "hello");
    ASSERT_TRUE(child.ok());
    EXPECT_EQ(status_of(child->pid), ENOENT);
    EXPECT_EQ(failure_of(*child), "write " + (directory / "missing/report") + ": No such file or directory");
}

TEST(WriteApartTest, ARefusalIsToldWhole) {
    test::TemporaryDirectory directory;
    ASSERT_EQ(::chown(directory.path().c_str(), 1000, 1000), 0);
    const auto child = write_file_apart(directory / "report", "hello");
    ASSERT_TRUE(child.ok());
    EXPECT_EQ(status_of(child->pid), EPERM);
    EXPECT_TRUE(
        failure_of(*child).ends_with("\" belongs to user 1000, who could lead root astray: nothing is written "
                                     "below it"))
        << failure_of(*child);
}

TEST(WriteApartTest, AChildThatEndsIsReapedWithinTheLimit) {
    test::TemporaryDirectory directory;
    const auto child = write_file_apart(directory / "report", "hello");
    ASSERT_TRUE(child.ok());
    EXPECT_TRUE(await_child(child->pid, 10s));
    EXPECT_EQ(::waitpid(child->pid, nullptr, 0), -1);
}

TEST(WriteApartTest, OneThatHangsIsLeftAfterTheLimit) {
    const pid_t child = ::fork();
    if (child == 0) {
        for (;;) ::pause();
    }
    const auto before = BootClock::now();
    EXPECT_FALSE(await_child(child, 50ms));
    EXPECT_GE(BootClock::now() - before, 50ms);
    ::kill(child, SIGKILL);
    EXPECT_TRUE(await_child(child, 10s));
}

}  // namespace
}  // namespace nlinit::sys
