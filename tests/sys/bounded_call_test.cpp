#include "nlinit/sys/bounded_call.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "support/namespaces.hpp"

namespace nlinit::sys {
namespace {

using namespace std::chrono_literals;

TimePoint in(Duration duration) {
    return BootClock::now() + duration;
}

int give(const void* subject) {
    return *static_cast<const int*>(subject);
}
int never_return(const void* /*subject*/) {
    for (;;) ::pause();
}

TEST(BoundedCall, GivesWhatTheWorkGives) {
    for (const int code : {0, EBUSY}) EXPECT_EQ(BoundedCall(give, &code).result_by(in(10s)), code);
}

TEST(BoundedCall, LeavesNoZombie) {
    const int code = 0;
    EXPECT_EQ(BoundedCall(give, &code).result_by(in(10s)), 0);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
}

TEST(BoundedCall, GoesOnWithoutWorkThatDoesNotEnd) {
    const auto before = BootClock::now();
    EXPECT_EQ(BoundedCall(never_return, nullptr).result_by(in(50ms)), ETIMEDOUT);
    EXPECT_LT(BootClock::now() - before, 10s);
    EXPECT_GT(::waitpid(-1, nullptr, 0), 0);  // here it could be killed
}

TEST(BoundedCall, DoesSeveralAtTheSameTime) {
    const int code = EIO;
    BoundedCall slow(never_return, nullptr);
    BoundedCall quick(give, &code);
    EXPECT_EQ(quick.result_by(in(10s)), EIO);
    EXPECT_EQ(slow.result_by(in(0s)), ETIMEDOUT);
    EXPECT_GT(::waitpid(-1, nullptr, 0), 0);
}

TEST(BoundedCall, NoticesThatTheWorkWasKilled) {
    BoundedCall call([](const void*) { return ::raise(SIGKILL); }, nullptr);
    EXPECT_EQ(call.result_by(in(10s)), ECANCELED);
}

TEST(BoundedCall, WorksWithoutAChildWhereThereCanBeNone) {
    const int status = test::run_in_child([] {
        const rlimit none{0, 0};
        if (::setrlimit(RLIMIT_NOFILE, &none) != 0) return 1;
        const int code = ENOSPC;
        return BoundedCall(give, &code).result_by(in(10s)) == ENOSPC ? 0 : 2;
    });
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace nlinit::sys
