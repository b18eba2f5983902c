// SPDX-License-Identifier: Apache-2.0
#include "app/errands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class ErrandsTest : public ::testing::Test {
  protected:
    ~ErrandsTest() override {
        errands_.reset();  // kills what still runs
        while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) continue;
    }
    void run(const std::string& key, std::function<Result<std::string>()> work, Duration limit = 60s) {
        errands_->run(key, {.subject = "read " + key,
                            .work = std::move(work),
                            .on_end =
                                [this](const Result<std::string>& answer) {
                                    answers_.push_back(answer.ok() ? *answer : to_string(answer.error()));
                                },
                            .limit = limit});
    }
    void wait() {
        while (!errands_->idle()) loop_.wait();
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    int idle_ = 0;
    std::unique_ptr<Errands> errands_ = std::make_unique<Errands>(loop_, [this] { ++idle_; });
    std::vector<std::string> answers_;
};

TEST_F(ErrandsTest, BringsTheAnswerOfAnyLength) {
    const std::string text(300'000, 'x');
    run("a", [&] { return Result<std::string>(text); });
    wait();
    ASSERT_EQ(answers_.size(), 1U);
    EXPECT_TRUE(answers_.front() == text);
    EXPECT_EQ(idle_, 1);
}

TEST_F(ErrandsTest, BringsAnEmptyAnswerAndAnError) {
    run("a", [] { return Result<std::string>(std::string()); });
    wait();
    run("a", [] { return Result<std::string>(Error{EROFS, "write a"}); });
    wait();
    EXPECT_THAT(answers_, ElementsAre("", "write a: Read-only file system"));
}

TEST_F(ErrandsTest, LeavesBehindWhoDoesNotAnswer) {
    run(
        "a",
        []() -> Result<std::string> {
            for (;;) ::pause();
        },
        20ms);
    wait();
    EXPECT_THAT(answers_, ElementsAre("read a: no answer within 20 ms"));
}

TEST_F(ErrandsTest, SaysThatTheOneWhoWasToDoItHasCrashed) {
    run("a", []() -> Result<std::string> { ::_exit(3); });
    wait();
    EXPECT_THAT(answers_, ElementsAre("read a: the process that was to do it has ended early"));
}

// What is written last must be the last: never two at a time, and none that is old already.
TEST_F(ErrandsTest, OfThoseThatWaitForOneOfTheirKeyTheLastCounts) {
    for (const std::string word : {"first", "second", "third"}) run("a", [word] { return Result<std::string>(word); });
    wait();
    EXPECT_THAT(answers_, ElementsAre("first", "third"));
    EXPECT_EQ(idle_, 1);
}

TEST_F(ErrandsTest, DoesThoseOfOtherKeysMeanwhile) {
    run(
        "a",
        []() -> Result<std::string> {
            for (;;) ::pause();
        },
        60s);
    run("b", [] { return Result<std::string>("b is there"); });
    while (answers_.empty()) loop_.wait();
    EXPECT_THAT(answers_, ElementsAre("b is there"));
    EXPECT_FALSE(errands_->idle());
    EXPECT_EQ(idle_, 0);
}

// A disk that is dead holds one process, however often it is to be written to.
TEST_F(ErrandsTest, TheNextOneWaitsUntilWhoGotNoAnswerIsGone) {
    run(
        "a",
        []() -> Result<std::string> {
            for (;;) ::pause();
        },
        20ms);
    wait();
    answers_.clear();
    for (const std::string word : {"second", "third"}) run("a", [word] { return Result<std::string>(word); });
    EXPECT_TRUE(errands_->idle()) << "nobody is to wait for what may never come";
    const pid_t gone = ::waitpid(-1, nullptr, 0);
    errands_->reaped(gone + 1);
    EXPECT_TRUE(errands_->idle());
    errands_->reaped(gone);
    EXPECT_FALSE(errands_->idle());
    wait();
    EXPECT_THAT(answers_, ElementsAre("third"));
}

TEST_F(ErrandsTest, GoesOnWhereAnotherHasReapedWhoGotNoAnswer) {
    run(
        "a",
        []() -> Result<std::string> {
            for (;;) ::pause();
        },
        20ms);
    wait();
    ASSERT_GT(::waitpid(-1, nullptr, 0), 0);
    run("a", [] { return Result<std::string>("again"); });
    wait();
    EXPECT_EQ(answers_.back(), "again");
}

TEST_F(ErrandsTest, NamesWhatIsUnderWay) {
    EXPECT_EQ(errands_->subject(), "");
    run("a", [] { return Result<std::string>("x"); });
    EXPECT_EQ(errands_->subject(), "read a");
    wait();
}

}  // namespace
}  // namespace nlinit::app
