// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/machine/power.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>

#include "support/namespaces.hpp"
#include "support/temporary_directory.hpp"

namespace nlinit::sys {
namespace {

// reboot(2) in a PID namespace ends that namespace's PID 1 by a signal which tells the command to whoever waits for it:
// SIGHUP for a restart, SIGINT for the others. In the first namespace of all it would end this machine.
int as_pid_1(const std::function<void()>& body) {
    return test::run_as_pid_1([&] {
        if (::getpid() != 1) return 99;
        body();
        return 0;
    });
}

::testing::AssertionResult ended_by(int signal, int status) {
    if (WIFSIGNALED(status) && WTERMSIG(status) == signal) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << "wait status " << status;
}

TEST(EndMachine, PowersOff) {
    EXPECT_TRUE(ended_by(SIGINT, as_pid_1([] { end_machine(EndAction::poweroff); })));
}

TEST(EndMachine, Halts) {
    EXPECT_TRUE(ended_by(SIGINT, as_pid_1([] { end_machine(EndAction::halt); })));
}

TEST(EndMachine, Restarts) {
    EXPECT_TRUE(ended_by(SIGHUP, as_pid_1([] { end_machine(EndAction::reboot); })));
}

TEST(EndMachine, DoesNothingWhenItIsToStay) {
    EXPECT_EQ(as_pid_1([] { end_machine(EndAction::stay); }), 0);
}

TEST(DisableCtrlAltDel, IsNoFailureWhereItIsNotAllowed) {
    EXPECT_EQ(as_pid_1([] { disable_ctrl_alt_del(); }), 0);
}

class CrashTest : public ::testing::Test {
  protected:
    // PID 1 with crash handlers, and a kernel log that is a plain file.
    int crash(EndAction action, const std::function<void()>& body) {
        return as_pid_1([&] {
            std::ofstream(kernel_log()).flush();
            EXPECT_EQ(::mount("tmpfs", "/dev", "tmpfs", 0, nullptr), 0);
            std::ofstream("/dev/kmsg").flush();
            EXPECT_EQ(::mount(kernel_log().c_str(), "/dev/kmsg", nullptr, MS_BIND, nullptr), 0);
            install_crash_handlers(action);
            body();
        });
    }
    std::string logged() const {
        std::ostringstream content;
        content << std::ifstream(kernel_log()).rdbuf();
        return content.str();
    }

  private:
    std::string kernel_log() const { return directory_ / "kmsg"; }

    test::TemporaryDirectory directory_;
};

TEST_F(CrashTest, EndsTheMachineOnASegmentationFault) {
    void* const forbidden = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(forbidden, MAP_FAILED);
    EXPECT_TRUE(ended_by(SIGHUP, crash(EndAction::reboot, [&] { *static_cast<volatile int*>(forbidden) = 0; })));
    std::ostringstream expected;
    expected << "<2>nlinit: crash: SIGSEGV at " << forbidden << "\n";
    EXPECT_EQ(logged(), expected.str());
}

TEST_F(CrashTest, EndsTheMachineOnAbort) {
    EXPECT_TRUE(ended_by(SIGINT, crash(EndAction::poweroff, [] { std::abort(); })));
    EXPECT_TRUE(logged().starts_with("<2>nlinit: crash: SIGABRT")) << logged();
}

// Which __builtin_trap() raises on arm64.
TEST_F(CrashTest, EndsTheMachineOnATrap) {
    EXPECT_TRUE(ended_by(SIGINT, crash(EndAction::poweroff, [] { ::raise(SIGTRAP); })));
    EXPECT_TRUE(logged().starts_with("<2>nlinit: crash: SIGTRAP")) << logged();
}

TEST_F(CrashTest, NamesTheExceptionOnWhichItEndsTheMachine) {
    EXPECT_TRUE(ended_by(SIGINT, crash(EndAction::poweroff, [] {
                             try {
                                 throw std::runtime_error("so much");
                             } catch (...) {
                                 std::terminate();
                             }
                         })));
    EXPECT_EQ(logged(), "<2>nlinit: crash: nobody caught so much\n");
}

TEST_F(CrashTest, EndsTheMachineOnTerminate) {
    EXPECT_TRUE(ended_by(SIGINT, crash(EndAction::poweroff, [] { std::terminate(); })));
    EXPECT_EQ(logged(), "<2>nlinit: crash: std::terminate\n");
}

TEST_F(CrashTest, EndsTheMachineOnAnExceptionThatPid1sOwnCodeDoesNotCatch) {
    const std::function<void()> fails = [] { throw std::runtime_error("no memory"); };
    const auto never_left = [&]() noexcept { fails(); };
    EXPECT_TRUE(ended_by(SIGHUP, crash(EndAction::reboot, [&] {
                             try {
                                 never_left();
                             } catch (const std::exception&) {
                                 ::_exit(1);  // what main does
                             }
                         })));
    EXPECT_EQ(logged(), "<2>nlinit: crash: nobody caught no memory\n");
}

// A child that has not become another program yet, or makes a call for PID 1, has PID 1's handlers.
TEST_F(CrashTest, OfAChildIsNotTheMachinesEnd) {
    EXPECT_EQ(crash(EndAction::poweroff,
                    [] {
                        const pid_t child = ::fork();
                        if (child == 0) std::abort();
                        int status = 0;
                        ::waitpid(child, &status, 0);
                        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT) ::_exit(1);
                    }),
              0);
    EXPECT_TRUE(logged().starts_with("<2>nlinit: crash: SIGABRT")) << logged();
}

// Not a tail call, and not to be seen through.
int overflow(volatile char* caller) {
    volatile char frame[4096];
    frame[0] = *caller;
    return caller == nullptr ? 0 : overflow(frame) + frame[0];
}

TEST_F(CrashTest, EndsTheMachineOnAStackOverflow) {
    EXPECT_TRUE(ended_by(SIGINT, crash(EndAction::poweroff, [] {
                             volatile char bottom = 1;
                             std::ignore = overflow(&bottom);
                         })));
    EXPECT_TRUE(logged().starts_with("<2>nlinit: crash: SIGSEGV")) << logged();
}

TEST_F(CrashTest, HandlesSignalsThatWereInheritedAsBlocked) {
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGSEGV);
    ::sigprocmask(SIG_BLOCK, &blocked, &before);
    EXPECT_TRUE(ended_by(SIGINT, crash(EndAction::poweroff, [] { ::raise(SIGSEGV); })));
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace
}  // namespace nlinit::sys
