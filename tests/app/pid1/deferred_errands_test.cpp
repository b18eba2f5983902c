// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/deferred_errands.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <string>
#include <vector>

namespace nlinit::app {
namespace {

using ::testing::ElementsAre;

class DeferredErrandsTest : public ::testing::Test {
  protected:
    ~DeferredErrandsTest() override {
        while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) continue;
    }
    void run(const std::string& key, const std::string& answer) {
        deferred_.run(key, {.subject = "write " + key,
                            .work = [answer]() -> Result<std::string> { return answer; },
                            .on_end = [this](const Result<std::string>& said) { answers_.push_back(*said); }});
    }
    void wait() {
        while (!errands_.idle()) loop_.wait();
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    Errands errands_{loop_, [] {}};
    DeferredErrands deferred_{errands_};
    std::vector<std::string> answers_;
};

TEST_F(DeferredErrandsTest, WaitUntilTheyAreReleased) {
    run("/a", "first");
    EXPECT_TRUE(errands_.idle());
    deferred_.release();
    EXPECT_FALSE(errands_.idle());
    wait();
    run("/a", "second");
    wait();
    EXPECT_THAT(answers_, ElementsAre("first", "second"));
}

TEST_F(DeferredErrandsTest, AreReplacedByTheLatestOfTheirKey) {
    run("/a", "old");
    run("/a", "new");
    deferred_.release();
    wait();
    EXPECT_THAT(answers_, ElementsAre("new"));
}

}  // namespace
}  // namespace nlinit::app
