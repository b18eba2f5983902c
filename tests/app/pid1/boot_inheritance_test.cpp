// SPDX-License-Identifier: Apache-2.0
// A boot in the process of an earlier init, as one that was the initramfs's own leaves it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <csignal>
#include <string>

#include "support/guest.hpp"
#include "support/guest_config.hpp"

namespace nlinit::app {
namespace {

using test::kQuick;
using test::kStay;
using test::sh;
using ::testing::HasSubstr;
using ::testing::Not;

class BootInheritanceTest : public ::testing::Test {
  protected:
    BootInheritanceTest() { guest_.config = kQuick; }
    sys::EventLoop loop_ = *sys::EventLoop::create();
    test::Guest guest_;
};

TEST_F(BootInheritanceTest, APayloadsEndIsHeardOfThoughChildrenWereIgnored) {
    guest_.leave_behind = [] { ::signal(SIGCHLD, SIG_IGN); };
    EXPECT_EQ(guest_.run(sh("exit 7")), SIGINT);
    EXPECT_THAT(guest_.log(), HasSubstr("ended with status 7"));
}

TEST_F(BootInheritanceTest, APayloadMakesFilesAsElsewhere) {
    guest_.leave_behind = [] { ::umask(0077); };
    EXPECT_EQ(guest_.run(sh("umask > /out/umask")), SIGINT);
    EXPECT_EQ(guest_.output("umask"), "0022\n");
}

TEST_F(BootInheritanceTest, SignalsThatWereBlockedOrIgnoredEndTheMachineAllTheSame) {
    guest_.leave_behind = [] {
        sigset_t all;
        sigfillset(&all);
        ::sigprocmask(SIG_BLOCK, &all, nullptr);
        for (const int signal : {SIGTERM, SIGUSR1, SIGUSR2, SIGINT, SIGPWR}) ::signal(signal, SIG_IGN);
    };
    guest_.start(loop_, sh("echo > /out/started; " + kStay));
    ASSERT_TRUE(guest_.comes_to([&] { return !guest_.output("started").empty(); }));
    guest_.signal(SIGUSR2);
    EXPECT_EQ(guest_.wait(), SIGINT);
}

// Whatever it was for, the payload knows nothing of it, and would be killed.
TEST_F(BootInheritanceTest, ATimerIsStoppedAndNotThePayloads) {
    guest_.leave_behind = [] {
        sigset_t alarm;  // blocked, so that it does not end the program before that can hear of it
        sigemptyset(&alarm);
        sigaddset(&alarm, SIGALRM);
        ::sigprocmask(SIG_BLOCK, &alarm, nullptr);
        const itimerval soon{{0, 20'000}, {0, 20'000}};
        ::setitimer(ITIMER_REAL, &soon, nullptr);
    };
    guest_.parameters = "nlinit.log=debug";
    guest_.start(loop_, sh(kStay));
    const auto logs = [&](const std::string& words) {
        return guest_.comes_to([&] { return guest_.log().find(words) != std::string::npos; });
    };
    ASSERT_TRUE(logs("an earlier init left a timer, which is stopped"));
    ASSERT_TRUE(logs("payload: started"));
    EXPECT_TRUE(guest_.running());
    EXPECT_THAT(guest_.log(), Not(HasSubstr("ended with status")));
    guest_.signal(SIGUSR2);
    EXPECT_EQ(guest_.wait(), SIGINT);
}

// systemd makes its root shared, also that of an initramfs; below a shared mount nothing can be moved or pivoted.
TEST_F(BootInheritanceTest, AnOverlayIsLaidOverASharedRoot) {
    for (const bool inherited : {false, true}) {
        test::Guest guest;
        guest.config = test::kArcbox + kQuick;  // which shares it itself
        guest.parameters = "root=tmpfs nlinit.overlay=tmpfs nlinit.log=debug";
        if (inherited) guest.leave_behind = [] { ::mount(nullptr, "/", nullptr, MS_SHARED | MS_REC, nullptr); };
        EXPECT_EQ(
            guest.run(sh("while read a b c d e f g h i; do case $e in /|/run/nlinit/*) echo $e $g $i;; esac; done "
                         "< /proc/self/mountinfo > /out/mounts; echo > /new && echo yes > /out/writable")),
            SIGINT);
        const auto mounts = guest.output("mounts");
        EXPECT_THAT(mounts, ::testing::ContainsRegex("(^|\n)/ shared:[0-9]+ overlay ")) << guest.log();
        EXPECT_THAT(mounts, HasSubstr("/run/nlinit/root/lower "));
        EXPECT_THAT(mounts, HasSubstr("/run/nlinit/root/upper "));
        EXPECT_EQ(guest.output("writable"), "yes\n");
        EXPECT_THAT(guest.log(), Not(HasSubstr("move the layers of the root to /run/nlinit/root: move")));
    }
}

}  // namespace
}  // namespace nlinit::app
