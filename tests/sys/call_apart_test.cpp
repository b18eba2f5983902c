// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/call_apart.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "support/namespaces.hpp"

namespace nlinit::sys {
namespace {

using namespace std::chrono_literals;

TimePoint in(Duration duration) {
    return BootClock::now() + duration;
}

Call giving(int code) {
    return {.work = [code] { return code; }};
}
Call never_ending() {
    return {.work = [] {
        for (;;) ::pause();
        return 0;
    }};
}
void reap_all() {
    while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) continue;
}

TEST(CallApart, GivesWhatEachWorkGivesInTheirOrder) {
    EXPECT_EQ(call_apart({giving(0), giving(EBUSY), giving(1 << 16)}, in(10s)), (std::vector<int>{0, EBUSY, 1 << 16}));
    EXPECT_TRUE(call_apart({}, in(10s)).empty());
    reap_all();
}

TEST(CallApart, GoesOnWithoutWorkThatDoesNotEnd) {
    const auto before = BootClock::now();
    EXPECT_EQ(call_apart({never_ending(), giving(EIO)}, in(500ms)), (std::vector<int>{ETIMEDOUT, EIO}));
    EXPECT_LT(BootClock::now() - before, 10s);
    reap_all();  // here it could be killed
}

TEST(CallApart, DoesNotWaitForWhatIsNotAwaited) {
    auto unawaited = never_ending();
    unawaited.is_awaited = false;
    EXPECT_EQ(call_apart({giving(0), unawaited}, in(1h)), (std::vector<int>{0, ETIMEDOUT}));
    reap_all();
}

TEST(CallApart, AnAnswerMayEndTheWaitForTheOthers) {
    std::vector<pid_t> left;
    const CallWatch watch{
        .until = [](std::size_t /*number*/, int result) { return result == 5 ? TimePoint{} : kNever; },
        .on_left_behind = [&](pid_t pid) { left.push_back(pid); }};
    const auto before = BootClock::now();
    EXPECT_EQ(call_apart({never_ending(), giving(5), never_ending()}, in(1h), watch),
              (std::vector<int>{ETIMEDOUT, 5, ETIMEDOUT}));
    EXPECT_LT(BootClock::now() - before, 10s);
    EXPECT_EQ(left.size(), 2U);
    reap_all();
}

TEST(CallApart, DoesMoreThanItHasChildrenForAtATime) {
    const std::vector<Call> calls(200, giving(7));
    EXPECT_EQ(call_apart(calls, in(10s)), std::vector<int>(200, 7));
    reap_all();
}

TEST(CallApart, NoticesThatTheWorkWasKilled) {
    const Call killed{.work = [] { return ::raise(SIGKILL); }};
    EXPECT_EQ(call_apart({killed}, in(10s)), std::vector<int>{ECANCELED});
    reap_all();
}

TEST(CallApart, DoesNotMakeACallWithoutAChild) {
    const int status = test::run_in_child([] {
        const rlimit none{0, 0};
        if (::setrlimit(RLIMIT_NOFILE, &none) != 0) return 1;
        bool is_made = false;
        const Call call{.work = [&] {
            is_made = true;
            return 0;
        }};
        return call_apart({call, call}, in(10s)) == std::vector<int>{EMFILE, EMFILE} && !is_made ? 0 : 2;
    });
    EXPECT_EQ(status, 0);
}

// A machine that is at its limit of processes may have one when another has ended.
TEST(CallApart, TriesAgainWithTheNextChildThatEnds) {
    const int status = test::run_in_child([] {
        const rlimit few{12, 12};
        if (::setrlimit(RLIMIT_NOFILE, &few) != 0) return 1;
        const auto codes = call_apart(std::vector<Call>(40, giving(0)), in(10s));
        return codes == std::vector<int>(40, 0) ? 0 : 2;
    });
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace nlinit::sys
