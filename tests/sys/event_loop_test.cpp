// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/event_loop.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "nlinit/sys/log/log.hpp"
#include "support/result.hpp"

namespace nlinit::sys {
namespace {

using namespace std::chrono_literals;
using test::is_ok;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::Not;

// A descriptor that is readable between set() and clear().
class Flag {
  public:
    void set() { ::eventfd_write(fd_.get(), 1); }
    void clear() {
        eventfd_t value = 0;
        ::eventfd_read(fd_.get(), &value);
    }
    [[nodiscard]] int fd() const { return fd_.get(); }

  private:
    UniqueFd fd_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
};

// From now on this process, which is one of its own for the purpose, is refused epoll_wait(2), as by a sandbox.
bool lose_epoll_wait() {
#ifdef SYS_epoll_wait
    constexpr unsigned kCall = SYS_epoll_wait;
#else
    constexpr unsigned kCall = SYS_epoll_pwait;
#endif
    sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kCall, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{sizeof filter / sizeof *filter, filter};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

class EventLoopTest : public ::testing::Test {
  protected:
    void SetUp() override { ASSERT_TRUE(is_ok(created_)); }
    EventLoop& loop() { return *created_; }

    // The timerfd that the loop has made, if it has.
    static std::optional<int> find_timerfd() {
        for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
            std::error_code gone;
            if (std::filesystem::read_symlink(entry.path(), gone) == "anon_inode:[timerfd]") {
                return std::stoi(entry.path().filename());
            }
        }
        return std::nullopt;
    }
    static std::chrono::nanoseconds left_on(int timerfd) {
        itimerspec setting{};
        EXPECT_EQ(::timerfd_gettime(timerfd, &setting), 0);
        return std::chrono::seconds(setting.it_value.tv_sec) + std::chrono::nanoseconds(setting.it_value.tv_nsec);
    }
    // A turn that looks at deadlines as one that waits, without waiting.
    void turn() {
        Flag now;
        now.set();
        ASSERT_TRUE(is_ok(loop().watch(now.fd(), [] {})));
        loop().wait();
        loop().unwatch(now.fd());
    }

    // As another library's loop waits.
    [[nodiscard]] bool is_readable(std::chrono::milliseconds limit) {
        pollfd waited{*loop().fd(), POLLIN, 0};
        return ::poll(&waited, 1, static_cast<int>(limit.count())) == 1;
    }

  private:
    Result<EventLoop> created_ = EventLoop::create();
};

TEST_F(EventLoopTest, CallsBackForWhatIsReadable) {
    Flag ready, other;
    int calls = 0, others = 0;
    ASSERT_TRUE(is_ok(loop().watch(ready.fd(), [&] { ++calls; })));
    ASSERT_TRUE(is_ok(loop().watch(other.fd(), [&] { ++others; })));
    ready.set();
    loop().wait();
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(others, 0);
}

TEST_F(EventLoopTest, CallsBackAsLongAsItIsReadable) {
    Flag ready;
    int calls = 0;
    ASSERT_TRUE(is_ok(loop().watch(ready.fd(), [&] { ++calls; })));
    ready.set();
    loop().wait();
    loop().wait();
    ready.clear();
    loop().poll();
    EXPECT_EQ(calls, 2);
}

TEST_F(EventLoopTest, ItsDescriptorIsReadableWhileAnEventIsToBeHandled) {
    Flag ready;
    int calls = 0;
    ASSERT_TRUE(is_ok(loop().watch(ready.fd(), [&] {
        ++calls;
        ready.clear();
    })));
    EXPECT_FALSE(is_readable(0ms));
    ready.set();
    EXPECT_TRUE(is_readable(10s));
    loop().poll();
    EXPECT_EQ(calls, 1);
    EXPECT_FALSE(is_readable(0ms));
}

TEST_F(EventLoopTest, ItsDescriptorIsReadableUntilTheLastOfManyEventsIsHandled) {
    constexpr int kMany = 40;
    std::vector<Flag> flags(kMany);
    int calls = 0;
    for (auto& flag : flags) ASSERT_TRUE(is_ok(loop().watch_writable(flag.fd(), [&] { ++calls; })));
    int turns = 0;
    for (; is_readable(0ms); ++turns) loop().poll();
    EXPECT_EQ(calls, kMany);
    EXPECT_GT(turns, 1) << "a turn is bounded";
}

TEST_F(EventLoopTest, ItsDescriptorIsReadableWhenADeadlineHasCome) {
    int calls = 0;
    const auto timer = loop().add_timer([&] { ++calls; });
    loop().arm(timer, BootClock::now() + 1h);
    ASSERT_FALSE(is_readable(0ms));
    loop().arm(timer, BootClock::now() + 5ms);
    ASSERT_TRUE(is_readable(10s));
    loop().poll();
    EXPECT_EQ(calls, 1);
    EXPECT_FALSE(is_readable(0ms));
    // Of the past, the clock's beginning included.
    for (const auto deadline : {BootClock::now(), TimePoint{}}) {
        loop().arm(timer, deadline);
        EXPECT_TRUE(is_readable(0ms));
        loop().poll();
    }
    EXPECT_EQ(calls, 3);
}

TEST_F(EventLoopTest, ItsDescriptorShowsTheDeadlineThatATimerSetsItself) {
    int calls = 0;
    std::optional<EventLoop::TimerId> timer;
    timer = loop().add_timer([&] {
        if (++calls < 3) loop().arm(*timer, BootClock::now() + 1ms);
    });
    loop().arm(*timer, BootClock::now());
    while (calls < 3 && is_readable(10s)) loop().poll();
    EXPECT_EQ(calls, 3);
    EXPECT_EQ(left_on(find_timerfd().value()), 0ns) << "nothing more is to come";
}

TEST_F(EventLoopTest, ItsDescriptorForgetsADeadlineThatIsGivenUp) {
    const auto timer = loop().add_timer([] { FAIL(); });
    loop().arm(timer, BootClock::now() + 1h);
    ASSERT_FALSE(is_readable(0ms));
    EXPECT_GT(left_on(find_timerfd().value()), 59min);
    loop().arm(timer, std::nullopt);
    EXPECT_EQ(left_on(find_timerfd().value()), 0ns);
    loop().arm(timer, BootClock::now() + 1h);
    loop().remove_timer(timer);
    loop().poll();
    EXPECT_EQ(left_on(find_timerfd().value()), 0ns);
}

TEST_F(EventLoopTest, PollDoesNotWait) {
    Flag never;
    ASSERT_TRUE(is_ok(loop().watch(never.fd(), [] { FAIL(); })));
    loop().poll();
}

TEST_F(EventLoopTest, CallsBackWhenTheOtherEndIsGone) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    int calls = 0;
    ASSERT_TRUE(is_ok(loop().watch(reader.get(), [&] { ++calls; })));
    writer.reset();
    loop().wait();
    EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, DoesNotCallBackForWhatIsUnwatched) {
    Flag ready;
    ASSERT_TRUE(is_ok(loop().watch(ready.fd(), [] { FAIL(); })));
    ready.set();
    loop().unwatch(ready.fd());
    loop().unwatch(ready.fd());
    loop().poll();
}

TEST_F(EventLoopTest, NamesADescriptorThatCannotBeWatched) {
    EXPECT_EQ(test::sentence(loop().watch(-1, [] {})), "watch descriptor -1: Bad file descriptor");
    const UniqueFd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(loop().watch(file.get(), [] {}).error().code, EPERM);
}

TEST_F(EventLoopTest, ReplacesTheCallbackOfWhatIsWatchedAlready) {
    Flag ready;
    int calls = 0;
    ASSERT_TRUE(is_ok(loop().watch(ready.fd(), [] { FAIL(); })));
    ASSERT_TRUE(is_ok(loop().watch(ready.fd(), [&] { ++calls; })));
    ready.set();
    loop().wait();
    EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, ACallbackMayUnwatchItself) {
    Flag ready;
    const std::string kept(100, 'x');
    std::string seen;
    ASSERT_TRUE(is_ok(loop().watch(ready.fd(), [&, kept] {
        loop().unwatch(ready.fd());
        seen = kept;  // its captures live on
    })));
    ready.set();
    loop().wait();
    loop().poll();
    EXPECT_EQ(seen, kept);
}

TEST_F(EventLoopTest, ACallbackMayUnwatchAnotherOfTheSameTurn) {
    Flag first, second;
    int calls = 0;
    ASSERT_TRUE(is_ok(loop().watch(first.fd(), [&] {
        ++calls;
        loop().unwatch(second.fd());
    })));
    ASSERT_TRUE(is_ok(loop().watch(second.fd(), [&] {
        ++calls;
        loop().unwatch(first.fd());
    })));
    first.set();
    second.set();
    loop().wait();
    EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, AnEventOfAnEarlierWatchIsNotTakenForOneOfTheNext) {
    Flag first, second, successor;
    int calls = 0;
    // Whichever comes first closes the other one and puts something new, and not readable, in its place.
    const auto replace = [&](Flag& other) {
        ++calls;
        loop().unwatch(other.fd());
        ::dup2(successor.fd(), other.fd());
        ASSERT_TRUE(is_ok(loop().watch(other.fd(), [] { FAIL(); })));
    };
    ASSERT_TRUE(is_ok(loop().watch(first.fd(), [&] { replace(second); })));
    ASSERT_TRUE(is_ok(loop().watch(second.fd(), [&] { replace(first); })));
    first.set();
    second.set();
    loop().wait();
    EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, AnExceptionCostsOneEvent) {
    Flag bad, good;
    int calls = 0;
    ASSERT_TRUE(is_ok(loop().watch(bad.fd(), [&] {
        ++calls;
        throw std::bad_alloc();
    })));
    ASSERT_TRUE(is_ok(loop().watch(good.fd(), [&] {
        ++calls;
        throw 7;
    })));
    bad.set();
    good.set();
    loop().wait();
    loop().wait();
    EXPECT_EQ(calls, 4);
}

TEST_F(EventLoopTest, HandlesABoundedNumberOfEventsInATurnAndAllInTheEnd) {
    std::vector<Flag> flags(40);
    int calls = 0;
    for (auto& flag : flags) {
        ASSERT_TRUE(is_ok(loop().watch(flag.fd(), [&] {
            ++calls;
            flag.clear();
        })));
        flag.set();
    }
    loop().wait();
    EXPECT_LT(calls, 40);
    while (calls < 40) loop().wait();
    loop().poll();
    EXPECT_EQ(calls, 40);
}

TEST_F(EventLoopTest, GoesOnAfterASignalInterruptedIt) {
    struct sigaction handler {};
    handler.sa_handler = [](int) {};
    ASSERT_EQ(::sigaction(SIGALRM, &handler, nullptr), 0);
    // Again and again: the first may come before the loop waits.
    const itimerval soon{{0, 1000}, {0, 1000}}, never{};
    ASSERT_EQ(::setitimer(ITIMER_REAL, &soon, nullptr), 0);
    loop().wait();  // would wait for ever
    ASSERT_EQ(::setitimer(ITIMER_REAL, &never, nullptr), 0);
}

TEST_F(EventLoopTest, RunsATimerWhenItsDeadlineHasPassedAndNotBefore) {
    const auto deadline = BootClock::now() + 3ms;
    std::optional<TimePoint> ran_at;
    const auto timer = loop().add_timer([&] { ran_at = BootClock::now(); });
    loop().arm(timer, deadline);
    loop().poll();
    EXPECT_FALSE(ran_at);
    while (!ran_at) loop().wait();
    EXPECT_GE(*ran_at, deadline);
}

TEST_F(EventLoopTest, RunsATimerOnce) {
    int calls = 0;
    const auto timer = loop().add_timer([&] { ++calls; });
    loop().arm(timer, BootClock::now());
    loop().wait();
    loop().poll();
    EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, RunsTimersInTheOrderOfTheirDeadlines) {
    std::string order;
    const auto second = loop().add_timer([&] { order += 'b'; });
    const auto first = loop().add_timer([&] { order += 'a'; });
    const auto now = BootClock::now();
    loop().arm(second, now);
    loop().arm(first, now - 1s);
    loop().wait();
    EXPECT_EQ(order, "ab");
}

TEST_F(EventLoopTest, DoesNotRunATimerThatIsDisarmedOrRemoved) {
    const auto disarmed = loop().add_timer([] { FAIL(); });
    const auto never = loop().add_timer([] { FAIL(); });
    const auto removed = loop().add_timer([] { FAIL(); });
    for (const auto timer : {disarmed, never, removed}) loop().arm(timer, BootClock::now());
    loop().arm(disarmed, std::nullopt);
    loop().arm(never, kNever);
    loop().remove_timer(removed);
    loop().poll();
}

TEST_F(EventLoopTest, ArmsATimerAnew) {
    int calls = 0;
    const auto timer = loop().add_timer([&] { ++calls; });
    loop().arm(timer, BootClock::now() + 1h);
    loop().arm(timer, BootClock::now());
    loop().wait();
    EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, ATimerMayRemoveItselfAndAnother) {
    std::string order;
    std::optional<EventLoop::TimerId> first, second;
    first = loop().add_timer([&] {
        order += 'a';
        loop().remove_timer(*first);
        loop().remove_timer(*second);
    });
    second = loop().add_timer([&] { order += 'b'; });
    const auto now = BootClock::now();
    loop().arm(*first, now - 2s);
    loop().arm(*second, now - 1s);
    loop().wait();
    EXPECT_EQ(order, "a");
}

TEST_F(EventLoopTest, ATimerThatArmsItselfForThePastDoesNotHoldUpTheTurn) {
    int calls = 0;
    std::optional<EventLoop::TimerId> timer;
    timer = loop().add_timer([&] {
        ++calls;
        loop().arm(*timer, BootClock::now() - 1s);
    });
    loop().arm(*timer, BootClock::now());
    loop().wait();
    EXPECT_EQ(calls, 1);
    loop().wait();
    EXPECT_EQ(calls, 2);
}

TEST_F(EventLoopTest, ATimerThatAddsTimersForThePastDoesNotHoldUpTheTurn) {
    int calls = 0;
    std::function<void()> spawn_another = [&] {
        ++calls;
        loop().arm(loop().add_timer(spawn_another), BootClock::now() - 1s);
    };
    loop().arm(loop().add_timer(spawn_another), BootClock::now());
    loop().wait();
    EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, RunsTimersThoughEventsKeepComing) {
    Flag always;
    always.set();
    int calls = 0;
    ASSERT_TRUE(is_ok(loop().watch(always.fd(), [] {})));
    loop().arm(loop().add_timer([&] { ++calls; }), BootClock::now());
    loop().wait();
    EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, HandlesEventsThoughATimerIsAlwaysDue) {
    Flag ready;
    int calls = 0;
    ASSERT_TRUE(is_ok(loop().watch(ready.fd(), [&] { ++calls; })));
    std::optional<EventLoop::TimerId> timer;
    timer = loop().add_timer([&] { loop().arm(*timer, BootClock::now()); });
    loop().arm(*timer, BootClock::now());
    ready.set();
    loop().wait();
    EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, AnExceptionOfATimerCostsOneDeadline) {
    int calls = 0;
    const auto now = BootClock::now();
    loop().arm(loop().add_timer([] { throw std::bad_alloc(); }), now - 1s);
    loop().arm(loop().add_timer([&] { ++calls; }), now);
    loop().wait();
    EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, NeedsNoTimerfdForANearDeadline) {
    loop().arm(loop().add_timer([] {}), BootClock::now() + 5s);
    turn();
    EXPECT_FALSE(find_timerfd());
}

TEST_F(EventLoopTest, SetsATimerfdForTheEarliestFarDeadline) {
    loop().arm(loop().add_timer([] {}), BootClock::now() + 2h);
    const auto timer = loop().add_timer([] {});
    loop().arm(timer, BootClock::now() + 1h);
    turn();
    const auto timerfd = find_timerfd();
    ASSERT_TRUE(timerfd);
    EXPECT_LE(left_on(*timerfd), 1h);
    EXPECT_GT(left_on(*timerfd), 59min);
    loop().remove_timer(timer);
    turn();
    EXPECT_GT(left_on(*timerfd), 1h);
}

TEST_F(EventLoopTest, SetsTheTimerfdAgainAfterItHasFired) {
    loop().arm(loop().add_timer([] { FAIL(); }), BootClock::now() + 1h);
    turn();
    const auto timerfd = find_timerfd();
    ASSERT_TRUE(timerfd);
    const itimerspec now{{0, 0}, {0, 1}};
    ASSERT_EQ(::timerfd_settime(*timerfd, 0, &now, nullptr), 0);
    loop().wait();  // for the timerfd, which is early
    EXPECT_EQ(left_on(*timerfd), 0ns);
    turn();
    EXPECT_GT(left_on(*timerfd), 59min);
}

TEST_F(EventLoopTest, TellsOnceThatADescriptorBecameWritable) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    const UniqueFd from(ends[0]), to(ends[1]);
    int calls = 0;
    ASSERT_TRUE(is_ok(loop().watch_writable(to.get(), [&] { ++calls; })));
    turn();
    EXPECT_EQ(calls, 1);
    turn();
    EXPECT_EQ(calls, 1);
    std::vector<char> bytes(1 << 20);
    while (::write(to.get(), bytes.data(), bytes.size()) > 0) continue;
    turn();
    EXPECT_EQ(calls, 1);
    while (::read(from.get(), bytes.data(), bytes.size()) > 0) continue;
    turn();
    EXPECT_EQ(calls, 2);
    loop().unwatch(to.get());
}

TEST_F(EventLoopTest, PollsWhereEpollWaitIsRefused) {
    const auto child = [this] {
        Flag readable, writable;
        int reads = 0, writes = 0, deadlines = 0;
        loop().arm(loop().add_timer([&] { ++deadlines; }), BootClock::now() + 1h);
        turn();
        const int timerfd = find_timerfd().value_or(-1);
        const itimerspec early{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_nsec = 1}};
        ASSERT_EQ(::timerfd_settime(timerfd, 0, &early, nullptr), 0);
        log::open(log::Target::standard_error, log::Level::warning);
        ASSERT_TRUE(lose_epoll_wait());
        ASSERT_TRUE(is_ok(loop().watch(readable.fd(), [&] { ++reads; })));
        ASSERT_TRUE(is_ok(loop().watch_writable(writable.fd(), [&] { ++writes; })));
        loop().wait();  // for the timerfd and what is writable
        EXPECT_EQ(left_on(timerfd), 0ns);
        EXPECT_EQ(writes, 1);
        loop().arm(loop().add_timer([&] { ++deadlines; }), BootClock::now() + 20ms);
        for (int i = 0; i < 3 && deadlines == 0; ++i) loop().wait();
        EXPECT_EQ(deadlines, 1);
        EXPECT_EQ(reads, 0);
        readable.set();
        loop().wait();
        EXPECT_EQ(reads, 1);
        EXPECT_EQ(writes, 1);
    };
    EXPECT_EXIT((child(), ::_exit(HasFailure() ? 1 : 0)), ::testing::ExitedWithCode(0),
                AllOf(EndsWith("wait for events: Operation not permitted; they are polled for\n"),
                      Not(ContainsRegex("polled for.*polled for"))));
}

TEST_F(EventLoopTest, KeepsItsWatchesAndTimersWhenItIsMoved) {
    Flag ready;
    int calls = 0;
    ASSERT_TRUE(is_ok(loop().watch(ready.fd(), [&] { ++calls; })));
    loop().arm(loop().add_timer([&] { ++calls; }), BootClock::now());
    EventLoop moved(std::move(loop()));
    ready.set();
    moved.wait();
    EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace nlinit::sys
