// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/signals.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "support/result.hpp"

namespace nlinit::sys {
namespace {

class SignalFdTest : public ::testing::Test {
  protected:
    void SetUp() override { ::sigprocmask(SIG_SETMASK, nullptr, &before_); }
    void TearDown() override {
        ::signal(SIGUSR1, SIG_IGN);  // drops one that nobody took
        ::sigprocmask(SIG_SETMASK, &before_, nullptr);
        ::signal(SIGUSR1, SIG_DFL);
    }

    static bool is_blocked(int signal) {
        sigset_t blocked;
        ::sigprocmask(SIG_SETMASK, nullptr, &blocked);
        return sigismember(&blocked, signal) == 1;
    }

  private:
    sigset_t before_;
};

TEST_F(SignalFdTest, GivesASignalInsteadOfItsAction) {
    const auto signals = SignalFd::open({SIGUSR1});
    ASSERT_TRUE(test::is_ok(signals));
    ::kill(::getpid(), SIGUSR1);  // its action would be to end this process
    const auto signal = signals->next();
    ASSERT_TRUE(signal);
    EXPECT_EQ(signal->ssi_signo, static_cast<unsigned>(SIGUSR1));
    EXPECT_EQ(signal->ssi_pid, static_cast<unsigned>(::getpid()));
}

TEST_F(SignalFdTest, DoesNotWaitWhenNoneIsPending) {
    const auto signals = SignalFd::open({SIGUSR1});
    ASSERT_TRUE(test::is_ok(signals));
    EXPECT_FALSE(signals->next());
}

// As where read(2) or signalfd(2) fails.
TEST_F(SignalFdTest, GivesASignalWithoutADescriptor) {
    const auto signals = SignalFd::polled_all();
    EXPECT_FALSE(signals.next());
    ::kill(::getpid(), SIGUSR1);
    const auto signal = signals.next();
    ASSERT_TRUE(signal);
    EXPECT_EQ(signal->ssi_signo, static_cast<unsigned>(SIGUSR1));
    EXPECT_EQ(signal->ssi_pid, static_cast<unsigned>(::getpid()));
    EXPECT_FALSE(signals.next());
}

TEST_F(SignalFdTest, IsReadableWhileOneIsPending) {
    const auto signals = SignalFd::open({SIGUSR1});
    ASSERT_TRUE(test::is_ok(signals));
    pollfd ready{signals->fd(), POLLIN, 0};
    EXPECT_EQ(::poll(&ready, 1, 0), 0);
    ::kill(::getpid(), SIGUSR1);
    EXPECT_EQ(::poll(&ready, 1, 0), 1);
}

TEST_F(SignalFdTest, LeavesOtherSignalsAlone) {
    const auto signals = SignalFd::open({SIGUSR1});
    ASSERT_TRUE(test::is_ok(signals));
    EXPECT_TRUE(is_blocked(SIGUSR1));
    EXPECT_FALSE(is_blocked(SIGUSR2));
}

TEST_F(SignalFdTest, TakesAllButCrashes) {
    const auto signals = SignalFd::open_all();
    ASSERT_TRUE(test::is_ok(signals));
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGPIPE, SIGPWR, SIGRTMIN, SIGRTMIN + 5, SIGRTMAX}) {
        EXPECT_TRUE(is_blocked(signal)) << signal;
    }
    for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP}) {
        EXPECT_FALSE(is_blocked(signal)) << signal;
    }
}

}  // namespace
}  // namespace nlinit::sys
