// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/inheritance.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

namespace nlinit::sys {
namespace {

// In a process of its own; its exit status.
int in_a_child(const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(DropInheritance, ChildrenAreWaitedForAgain) {
    EXPECT_EQ(in_a_child([] {
                  ::signal(SIGCHLD, SIG_IGN);
                  drop_inheritance();
                  return in_a_child([] { return 7; });
              }),
              7);
}

TEST(DropInheritance, FilesAreAsOpenAsTheirModeSays) {
    EXPECT_EQ(in_a_child([] {
                  ::umask(0777);
                  drop_inheritance();
                  return ::umask(0) == 0022 ? 0 : 1;
              }),
              0);
}

TEST(DropInheritance, NoFileStaysOpenButTheStandardStreams) {
    EXPECT_EQ(in_a_child([] {
                  const int streams[] = {::fcntl(0, F_GETFD), ::fcntl(1, F_GETFD), ::fcntl(2, F_GETFD)};
                  const int fd = ::open("/dev/null", O_RDWR);
                  drop_inheritance();
                  for (int i = 0; i < 3; ++i)
                      if (::fcntl(i, F_GETFD) != streams[i]) return 1;
                  return fd > 2 && ::fcntl(fd, F_GETFD) < 0 && errno == EBADF ? 0 : 2;
              }),
              0);
}

TEST(StopInheritedTimers, NoneIsLeft) {
    EXPECT_EQ(in_a_child([] {
                  const itimerval hour{{3600, 0}, {3600, 0}};
                  for (const auto timer : {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF})
                      ::setitimer(timer, &hour, nullptr);
                  stop_inherited_timers();
                  for (const auto timer : {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF}) {
                      itimerval left{};
                      ::getitimer(timer, &left);
                      if (left.it_value.tv_sec != 0 || left.it_interval.tv_sec != 0) return 1;
                  }
                  return 0;
              }),
              0);
}

TEST(OccupyClosedStreams, WhatIsOpenedLaterGetsNoneOfTheirNumbers) {
    EXPECT_EQ(in_a_child([] {
                  ::close(STDOUT_FILENO);
                  ::close(STDERR_FILENO);
                  occupy_closed_streams();
                  const int opened = ::open("/dev/null", O_RDWR);
                  if (opened <= STDERR_FILENO) return 1;
                  return ::write(STDERR_FILENO, "x", 1) < 0 && errno == EBADF ? 0 : 2;
              }),
              0);
}

TEST(OccupyClosedStreams, OpenOnesStayAsTheyAre) {
    EXPECT_EQ(in_a_child([] {
                  const int flags = ::fcntl(STDOUT_FILENO, F_GETFL);
                  occupy_closed_streams();
                  return ::fcntl(STDOUT_FILENO, F_GETFL) == flags ? 0 : 1;
              }),
              0);
}

TEST(TakeFileLimitAsError, AFileThatGrowsBeyondTheLimitIsAnErrorOfWrite) {
    EXPECT_EQ(in_a_child([] {
                  const rlimit none{0, 0};
                  if (::setrlimit(RLIMIT_FSIZE, &none) != 0) return 1;
                  take_file_limit_as_error();
                  const int file = ::open("/tmp", O_TMPFILE | O_RDWR, 0600);
                  return ::write(file, "x", 1) < 0 && errno == EFBIG ? 0 : 2;
              }),
              0);
}

}  // namespace
}  // namespace nlinit::sys
