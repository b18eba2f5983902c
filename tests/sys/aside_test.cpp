// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/aside.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <vector>

#include "support/result.hpp"

namespace nlinit::sys {
namespace {

using namespace std::chrono_literals;
using Kind = AsideEnd::Kind;

class AsideTest : public ::testing::Test {
  protected:
    void start(const Aside::Work& work, Duration limit = 60s) {
        auto started = Aside::start(loop_, "the work", work,
                                    {.on_record = [this](std::string_view record) { records_.emplace_back(record); },
                                     .on_end = [this](const AsideEnd& end) { end_ = end; }},
                                    limit);
        ASSERT_TRUE(test::is_ok(started));
        aside_ = *std::move(started);
    }
    void wait_for_end() {
        while (!end_) loop_.wait();
    }
    // Its status as of wait(2).
    int reap() const {
        int status = -1;
        while (::waitpid(aside_->pid(), &status, 0) < 0 && errno == EINTR) continue;
        return status;
    }
    // Ends with SIGKILL alone, as what waits in the kernel does at best.
    [[noreturn]] static void hang() {
        sigset_t all;
        sigfillset(&all);
        ::sigprocmask(SIG_SETMASK, &all, nullptr);
        for (;;) ::pause();
    }

    EventLoop loop_ = *EventLoop::create();
    std::unique_ptr<Aside> aside_;
    std::vector<std::string> records_;
    std::optional<AsideEnd> end_;
};

TEST_F(AsideTest, TellsWhatTheWorkSendsInOrder) {
    start([](AsideReport& report) {
        report.send("one");
        report.send("");
        report.send(std::string("t\0o", 3));
    });
    wait_for_end();
    EXPECT_EQ(records_, (std::vector<std::string>{"one", "", std::string("t\0o", 3)}));
    EXPECT_EQ(end_->kind, Kind::finished);
    EXPECT_EQ(reap(), 0);
}

TEST_F(AsideTest, CutsARecordThatIsTooLong) {
    start([](AsideReport& report) { report.send(std::string(AsideReport::kMaxRecord + 5, 'x')); });
    wait_for_end();
    ASSERT_EQ(records_.size(), 1U);
    EXPECT_EQ(records_.front().size(), AsideReport::kMaxRecord);
    reap();
}

TEST_F(AsideTest, WorksOnWhatTheProcessKnewWhenItStarted) {
    std::string word = "before";
    start([&](AsideReport& report) { report.send(word); });
    word = "after";
    wait_for_end();
    EXPECT_EQ(records_, std::vector<std::string>{"before"});
    reap();
}

TEST_F(AsideTest, LeavesBehindWhatIsSilentForLongerThanItsLimit) {
    start(
        [](AsideReport& report) {
            report.send("a sign of life");
            hang();
        },
        20ms);
    wait_for_end();
    EXPECT_EQ(end_->kind, Kind::silent);
    EXPECT_EQ(end_->subject, "the work");
    EXPECT_EQ(end_->limit, 20ms);
    const int status = reap();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST_F(AsideTest, NamesWhatTheChildSaidThatItBegins) {
    start([](AsideReport& report) {
        report.begin("look at /dev/vdb", 30ms);
        hang();
    });
    wait_for_end();
    EXPECT_EQ(end_->kind, Kind::silent);
    EXPECT_EQ(end_->subject, "look at /dev/vdb");
    EXPECT_EQ(end_->limit, 30ms);
    reap();
}

TEST_F(AsideTest, GivesWhatBeginsAnewItsOwnLimit) {
    start(
        [](AsideReport& report) {
            report.begin("a long one", 60s);
            report.send("done");
        },
        1h);
    wait_for_end();
    EXPECT_EQ(end_->kind, Kind::finished);
    EXPECT_EQ(end_->subject, "a long one");
    reap();
}

TEST_F(AsideTest, OutlivesACrashOfTheWork) {
    start([](AsideReport& report) {
        report.send("so far");
        ::raise(SIGKILL);
    });
    wait_for_end();
    EXPECT_EQ(end_->kind, Kind::crashed);
    EXPECT_EQ(records_, std::vector<std::string>{"so far"});
    const int status = reap();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST_F(AsideTest, TakesAnExceptionForACrash) {
    start([](AsideReport& /*report*/) { throw std::bad_alloc(); });
    wait_for_end();
    EXPECT_EQ(end_->kind, Kind::crashed);
    reap();
}

TEST_F(AsideTest, GivesTheChildNoDescriptorOfItsParent) {
    const UniqueFd other(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    start([&](AsideReport& report) { report.send(::fcntl(other.get(), F_GETFD) < 0 ? "closed" : "open"); });
    wait_for_end();
    EXPECT_EQ(records_, std::vector<std::string>{"closed"});
    reap();
}

// At the end of the machine every process gets one, and what is being written then is soon done.
TEST_F(AsideTest, LetsTheChildFinishWhateverSigtermSays) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const UniqueFd gate(ends[0]), open(ends[1]);
    ASSERT_EQ(::dup2(gate.get(), STDIN_FILENO), STDIN_FILENO);
    start([](AsideReport& report) {
        report.send("ready");
        char byte = 0;
        while (::read(STDIN_FILENO, &byte, 1) < 0 && errno == EINTR) continue;
    });
    while (records_.empty()) loop_.wait();
    ::kill(aside_->pid(), SIGTERM);
    ASSERT_EQ(::write(open.get(), "x", 1), 1);
    wait_for_end();
    EXPECT_EQ(end_->kind, Kind::finished);
    reap();
}

TEST_F(AsideTest, KnowsItsChildrenUntilTheyAreReaped) {
    start([](AsideReport& /*report*/) {});
    const pid_t pid = aside_->pid();
    EXPECT_TRUE(Aside::is_one(pid));
    EXPECT_FALSE(Aside::is_one(::getpid()));
    wait_for_end();
    EXPECT_TRUE(Aside::is_one(pid));
    reap();
    Aside::reaped(pid);
    EXPECT_FALSE(Aside::is_one(pid));
}

TEST_F(AsideTest, KillsAChildThatNobodyWaitsForAnyMore) {
    start([](AsideReport& /*report*/) { hang(); });
    const pid_t pid = aside_->pid();
    aside_.reset();
    int status = -1;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    EXPECT_FALSE(end_);
}

TEST_F(AsideTest, MayBeDestroyedByItsOwnEnd) {
    pid_t pid = 0;
    bool ended = false;
    auto started = Aside::start(loop_, "short", [](AsideReport& /*report*/) {},
                                {.on_record = {}, .on_end = [&](const AsideEnd& /*end*/) {
                                     aside_.reset();
                                     ended = true;
                                 }});
    ASSERT_TRUE(test::is_ok(started));
    aside_ = *std::move(started);
    pid = aside_->pid();
    while (!ended) loop_.wait();
    EXPECT_EQ(::waitpid(pid, nullptr, 0), pid);
}

}  // namespace
}  // namespace nlinit::sys
