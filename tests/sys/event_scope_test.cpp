#include "nlinit/sys/event_scope.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <cerrno>

#include "nlinit/sys/unique_fd.hpp"
#include "support/result.hpp"

namespace nlinit::sys {
namespace {

using namespace std::chrono_literals;

class EventScopeTest : public ::testing::Test {
  protected:
    EventLoop loop_ = *EventLoop::create();
    UniqueFd ready_{::eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC)};
};

TEST_F(EventScopeTest, ATimeLimitPassesOnce) {
    const TimeLimit limit(loop_, BootClock::now() + 20ms);
    loop_.poll();
    EXPECT_FALSE(limit.passed());
    for (int turns = 0; turns < 3 && !limit.passed(); ++turns) loop_.wait();
    EXPECT_TRUE(limit.passed());
}

// Its deadline must not be heard of when it is gone: the next one may lie where it lay.
TEST_F(EventScopeTest, ATimeLimitEndsWithItsScope) {
    { const TimeLimit gone(loop_, BootClock::now()); }
    const TimeLimit limit(loop_, BootClock::now() + 1h);
    loop_.poll();
    EXPECT_FALSE(limit.passed());
}

TEST_F(EventScopeTest, AWatchEndsWithItsScope) {
    int calls = 0;
    {
        const ScopedWatch watch(loop_, ready_.get(), [&] { ++calls; });
        ASSERT_TRUE(test::is_ok(watch.watched()));
        loop_.poll();
        EXPECT_EQ(calls, 1);
    }
    loop_.poll();
    EXPECT_EQ(calls, 1);
}

TEST_F(EventScopeTest, AWatchSaysWhyThereIsNone) {
    const ScopedWatch watch(loop_, -1, [] {});
    ASSERT_FALSE(watch.watched().ok());
    EXPECT_EQ(watch.watched().error().code, EBADF);
}

}  // namespace
}  // namespace nlinit::sys
