// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/payload_turn.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

#include "nlinit/sys/process/process.hpp"

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;

class PayloadTurnTest : public ::testing::Test {
  protected:
    ~PayloadTurnTest() override {
        if (child_ > 0) ::kill(child_, SIGKILL);
        while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) continue;
    }
    void start_child() {
        child_ = ::fork();
        if (child_ != 0) return;
        for (;;) ::pause();
    }
    void end_child() {
        ::kill(child_, SIGKILL);
        ::waitpid(std::exchange(child_, 0), nullptr, 0);
    }
    void hand_off() { context_.boot_config.config.payload.handoff = config::Handoff::exec; }
    void wait() {
        turn_.wait([this] { has_come_ = true; });
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    BootContext context_{
        loop_, {}, BootClock::now(), {.on_errands_done = [this] { turn_.look(); }, .on_quiet_errands_done = [] {}}};
    DebugShell shell_{context_};
    PayloadTurn turn_{context_, shell_};
    pid_t child_ = 0;
    bool has_come_ = false;
};

TEST_F(PayloadTurnTest, ComesAtOnceWhereThereIsNothingToWaitFor) {
    start_child();  // of no matter, without a hand-off
    wait();
    EXPECT_TRUE(has_come_);
}

TEST_F(PayloadTurnTest, ComesWhenFilesAreWritten) {
    context_.errands.run("/etc/resolv.conf", {.subject = "write /etc/resolv.conf",
                                              .work = []() -> Result<std::string> { return std::string(); },
                                              .on_end = [](const auto&) {}});
    wait();
    EXPECT_FALSE(has_come_);
    while (!has_come_) loop_.wait();
    EXPECT_TRUE(context_.errands.idle());
}

TEST_F(PayloadTurnTest, ComesBeforeAHandOffWhenTheLastChildHasEnded) {
    hand_off();
    start_child();
    wait();
    EXPECT_FALSE(has_come_);
    end_child();
    turn_.look();
    EXPECT_TRUE(has_come_);
}

TEST_F(PayloadTurnTest, ComesInTheEndThoughAChildDoesNotEnd) {
    hand_off();
    start_child();
    const TimePoint before = BootClock::now();
    wait();
    while (!has_come_) loop_.wait();
    EXPECT_GE(BootClock::now() - before, 1s);
    EXPECT_TRUE(sys::has_children());
}

}  // namespace
}  // namespace nlinit::app
