// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/main_loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

namespace nlinit::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MainLoopTest : public ::testing::Test {
  protected:
    MainLoopTest() {
        ::sigprocmask(SIG_SETMASK, nullptr, &mask_);
        main_loop_.watch_signals();
    }
    ~MainLoopTest() override {
        while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) continue;
        main_loop_.read_signals();
        ::sigprocmask(SIG_SETMASK, &mask_, nullptr);
    }
    // By a child, which is another process and ends with this status.
    pid_t send(const std::vector<int>& numbers, int status = 0) {
        const pid_t pid = ::fork();
        if (pid != 0) return pid;
        for (const int number : numbers) ::kill(::getppid(), number);
        ::_exit(status);
    }
    void wait_for_child() {
        for (all_reaped_ = false; !all_reaped_ || ends_of_children_.empty();) loop_.wait();
    }
    MainLoop::Events events() {
        return {.on_child = [this](const sys::Exited& child) { ends_of_children_.push_back(child.status); },
                .on_all_reaped = [this] { all_reaped_ = true; },
                .on_reload = [this] { others_.push_back(SIGHUP); },
                .on_end =
                    [this](EndAction action, const std::string& why) {
                        ends_.push_back(action);
                        why_ = why;
                    },
                .on_other_signal = [this](int number) { others_.push_back(number); }};
    }

    sigset_t mask_{};
    sys::EventLoop loop_ = *sys::EventLoop::create();
    sys::BestEffort attempt_{"test"};
    bool all_reaped_ = false;
    std::vector<int> ends_of_children_, others_;
    std::vector<EndAction> ends_;
    std::string why_;
    MainLoop main_loop_{loop_, attempt_, events()};
};

TEST_F(MainLoopTest, KnowsWhichSignalsEndTheMachineAndWhoSentThem) {
    const pid_t sender = send({SIGTERM});
    wait_for_child();
    EXPECT_THAT(ends_, ElementsAre(EndAction::reboot));
    EXPECT_EQ(why_, "signal 15 from process " + std::to_string(sender) + ": ");
    ends_of_children_.clear();
    send({SIGUSR1, SIGRTMIN + 4});
    wait_for_child();
    EXPECT_THAT(ends_, ElementsAre(EndAction::reboot, EndAction::halt, EndAction::poweroff));
    EXPECT_THAT(others_, IsEmpty());
}

TEST_F(MainLoopTest, LeavesOtherSignalsToThePayload) {
    send({SIGWINCH, SIGQUIT});
    wait_for_child();
    EXPECT_THAT(others_, ::testing::UnorderedElementsAre(SIGWINCH, SIGQUIT));
    EXPECT_THAT(ends_, IsEmpty());
}

TEST_F(MainLoopTest, ReapsEveryChildThatHasEnded) {
    std::vector<pid_t> children;
    for (int status = 1; status <= 3; ++status) children.push_back(send({}, status));
    for (const pid_t child : children) {
        siginfo_t info{};
        ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
    }
    wait_for_child();
    EXPECT_THAT(ends_of_children_, ::testing::UnorderedElementsAre(1, 2, 3));
}

TEST_F(MainLoopTest, HearsNoSignalOfItsOwn) {
    ::kill(::getpid(), SIGWINCH);
    ::kill(::getpid(), SIGTERM);
    main_loop_.read_signals();
    EXPECT_THAT(others_, IsEmpty());
    EXPECT_THAT(ends_, IsEmpty());
}

TEST_F(MainLoopTest, HearsReloadsAloneAsAKeeper) {
    main_loop_.watch_signals_of_keeper();
    send({SIGTERM, SIGWINCH, SIGHUP});
    wait_for_child();
    EXPECT_THAT(others_, ElementsAre(SIGHUP));
    EXPECT_THAT(ends_, IsEmpty());
}

}  // namespace
}  // namespace nlinit::app
