#include "nlinit/sys/background_calls.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "support/leak.hpp"
#include "support/result.hpp"

namespace nlinit::sys {
namespace {

struct Pipe final : BackgroundCalls::Memory {
    explicit Pipe(bool* is_gone) : gone(is_gone) {}
    ~Pipe() override { *gone = true; }
    bool* gone;
    std::array<char, 4> bytes{};
};

bool readable_within(const BackgroundCalls& calls, int milliseconds) {
    pollfd fd{calls.fd(), POLLIN, 0};
    return ::poll(&fd, 1, milliseconds) == 1;
}

TEST(BackgroundCallsTest, CallsAreMadeInTurnUpToTheFirstThatFails) {
    bool gone = false;
    {
        const KernelCall open{SYS_openat, {AT_FDCWD, address_of("/dev/null"), O_RDONLY | O_CLOEXEC}};
        const KernelCall close{SYS_close, {kFirstResult}};
        const auto calls = BackgroundCalls::start(std::make_unique<Pipe>(&gone), {open, close, close, open});
        ASSERT_TRUE(test::is_ok(calls));
        ASSERT_TRUE(readable_within(*calls, 10'000));
        EXPECT_GE(calls->result(0), 0);
        EXPECT_EQ(calls->result(1), 0);
        EXPECT_EQ(calls->result(2), -EBADF);
        EXPECT_EQ(calls->result(3), -ECANCELED);
        EXPECT_FALSE(gone);
    }
    EXPECT_TRUE(gone);
}

TEST(BackgroundCallsTest, WhatACallPointsToLivesAsLongAsTheCallWhoeverIsGone) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    bool gone = false;
    const test::LeakAllowed what_the_thread_still_uses;
    {
        auto memory = std::make_unique<Pipe>(&gone);
        const KernelCall read{SYS_read, {ends[0], address_of(memory->bytes.data()), 4}};
        const auto calls = BackgroundCalls::start(std::move(memory), {read});
        ASSERT_TRUE(test::is_ok(calls));
        EXPECT_FALSE(readable_within(*calls, 50));
        EXPECT_FALSE(calls->done());
    }
    EXPECT_FALSE(gone);
    ::close(ends[1]);  // and so the thread ends
    ::close(ends[0]);
}

}  // namespace
}  // namespace nlinit::sys
