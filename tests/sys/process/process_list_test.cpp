// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/process/process_list.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "support/namespaces.hpp"

namespace nlinit::sys {
namespace {

// A child that has its name when this returns.
pid_t start_named(const char* name) {
    int ends[2];
    if (::pipe(ends) != 0) return -1;
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::prctl(PR_SET_NAME, name);
        std::ignore = ::write(ends[1], "", 1);
        for (;;) ::pause();
    }
    char byte;
    std::ignore = ::read(ends[0], &byte, 1);
    for (const int end : ends) ::close(end);
    return pid;
}

TEST(ListProcesses, NamesThemButForPid1) {
    EXPECT_EQ(test::run_as_pid_1([] {
                  const auto pid = start_named("a) S (b");
                  return list_processes(8) == "a) S (b (" + std::to_string(pid) + ")" ? 0 : 1;
              }),
              0);
}

TEST(ListProcesses, StopsAtTheLimit) {
    EXPECT_EQ(test::run_as_pid_1([] {
                  const auto first = start_named("one"), second = start_named("two");
                  start_named("three");
                  const std::string expected =
                      "one (" + std::to_string(first) + "), two (" + std::to_string(second) + ")";
                  return list_processes(2) == expected + " and others" ? 0 : 1;
              }),
              0);
}

TEST(ListProcesses, LeavesOutWhatHasEnded) {
    EXPECT_EQ(test::run_as_pid_1([] {
                  const auto pid = start_named("zombie");
                  ::kill(pid, SIGKILL);
                  siginfo_t info;
                  if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0) return 2;
                  return list_processes(8).empty() ? 0 : 1;
              }),
              0);
}

TEST(ListProcesses, LeavesOutThreadsOfTheKernel) {
    const auto list = list_processes(1000);
    EXPECT_EQ(list.find("kthreadd ("), std::string::npos) << list;
    EXPECT_NE(list.find('(' + std::to_string(::getpid()) + ')'), std::string::npos) << list;
}

TEST(ListChildren, HasThoseThatHaveEndedToo) {
    EXPECT_EQ(test::run_as_pid_1([] {
                  const auto lives = start_named("a) S 77 (b");
                  const pid_t ended = ::fork();
                  if (ended == 0) ::_exit(0);
                  siginfo_t info{};
                  ::waitid(P_PID, static_cast<id_t>(ended), &info, WEXITED | WNOWAIT);
                  return list_children() == std::vector<pid_t>{lives, ended} ? 0 : 1;
              }),
              0);
}

}  // namespace
}  // namespace nlinit::sys
