// SPDX-License-Identifier: Apache-2.0
#include "app/pid1/step_runner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

namespace nlinit::app {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class StepRunnerTest : public ::testing::Test {
  protected:
    ~StepRunnerTest() override {
        while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) continue;
    }
    // Three steps, of which `work` does one; the limit is that of each.
    StepRunner::Steps steps(std::function<StepRunner::Work(StepChild&)> begin, Duration limit = 60s) {
        StepRunner::Steps steps;
        steps.names = {{"one"}, {"two", Importance::required}, {"three"}};
        steps.limit = limit;
        steps.begin = std::move(begin);
        steps.on_note = [this](std::string_view note) { notes_.emplace_back(note); };
        steps.on_end = [this] { ended_ = true; };
        return steps;
    }
    void run(StepRunner::Steps steps) {
        runner_.run(std::move(steps));
        while (!ended_) loop_.wait();
    }
    // "one: ok", "two: why not".
    std::vector<std::string> outcomes() const {
        std::vector<std::string> texts;
        for (const auto& outcome : attempt_.outcomes())
            texts.push_back(outcome.step + ": " + (outcome.error ? to_string(*outcome.error) : "ok"));
        return texts;
    }
    [[noreturn]] static void hang() {
        sigset_t all;
        sigfillset(&all);
        ::sigprocmask(SIG_SETMASK, &all, nullptr);
        for (;;) ::pause();
    }

    sys::EventLoop loop_ = *sys::EventLoop::create();
    sys::BestEffort attempt_{"test"};
    StepRunner runner_{loop_, attempt_};
    std::vector<std::string> notes_;
    bool ended_ = false;
};

TEST_F(StepRunnerTest, DoesTheStepsInOrderAndRecordsWhatBecameOfThem) {
    run(steps([](StepChild& child) {
        return [&child](std::size_t number) -> std::optional<StepDone> {
            child.note("at " + std::to_string(number));
            if (number == 1) return StepDone{Importance::required, Error{ENOENT, "no such thing"}};
            return StepDone{};
        };
    }));
    EXPECT_THAT(outcomes(), ElementsAre("one: ok", "two: no such thing: No such file or directory", "three: ok"));
    EXPECT_THAT(notes_, ElementsAre("at 0", "at 1", "at 2"));
    EXPECT_TRUE(attempt_.required_step_failed());
}

TEST_F(StepRunnerTest, DoesNothingWithoutSteps) {
    StepRunner::Steps none;
    none.on_end = [this] { ended_ = true; };
    runner_.run(std::move(none));
    EXPECT_TRUE(ended_);
}

TEST_F(StepRunnerTest, SaysNothingOfAStepThatHadNothingToDo) {
    run(steps([](StepChild& /*child*/) {
        return [](std::size_t number) -> std::optional<StepDone> {
            if (number == 1) return std::nullopt;
            return StepDone{};
        };
    }));
    EXPECT_THAT(outcomes(), ElementsAre("one: ok", "three: ok"));
}

TEST_F(StepRunnerTest, GoesOnAfterAStepThatIsSilentForTooLong) {
    run(steps(
        [](StepChild& /*child*/) {
            return [](std::size_t number) -> std::optional<StepDone> {
                if (number == 1) hang();
                return StepDone{};
            };
        },
        500ms));
    EXPECT_THAT(outcomes(), ElementsAre("one: ok", "two: two: no answer within 500 ms", "three: ok"));
    EXPECT_TRUE(attempt_.required_step_failed());
}

TEST_F(StepRunnerTest, NamesWhatASilentStepWasAt) {
    run(steps([](StepChild& child) {
        return [&child](std::size_t number) -> std::optional<StepDone> {
            if (number == 0) {
                child.begin("look at /dev/vdb", 20ms);
                hang();
            }
            return StepDone{};
        };
    }));
    EXPECT_THAT(outcomes().front(), HasSubstr("look at /dev/vdb: no answer within 20 ms"));
}

// A disk that was silent is left out by the next child, and the step is done with the others.
TEST_F(StepRunnerTest, DoesAStepAgainWhereWhatWasSilentIsLeftOut) {
    std::string left_out;
    auto wanted = steps([&](StepChild& child) {
        return [&](std::size_t number) -> std::optional<StepDone> {
            if (number == 1 && left_out.empty()) {
                child.begin("look at /dev/vdb", 20ms);
                hang();
            }
            return StepDone{};
        };
    });
    wanted.on_silent = [&](std::size_t /*number*/, const sys::AsideEnd& how) -> std::optional<Error> {
        left_out = how.subject;
        return std::nullopt;
    };
    run(std::move(wanted));
    EXPECT_EQ(left_out, "look at /dev/vdb");
    EXPECT_THAT(outcomes(), ElementsAre("one: ok", "two: ok", "three: ok"));
}

TEST_F(StepRunnerTest, GoesOnAfterAStepThatCrashes) {
    run(steps([](StepChild& /*child*/) {
        return [](std::size_t number) -> std::optional<StepDone> {
            if (number == 2) ::_exit(1);
            return StepDone{};
        };
    }));
    EXPECT_THAT(outcomes(),
                ElementsAre("one: ok", "two: ok", "three: three: the process that was to do it has ended early"));
}

TEST_F(StepRunnerTest, TellsOfAStepBesideThoseThatItWasGiven) {
    run(steps([](StepChild& child) {
        return [&child](std::size_t number) -> std::optional<StepDone> {
            if (number == 0)
                child.also({.step = "load module x",
                            .started_at = {},
                            .ended_at = {},
                            .importance = Importance::ordinary,
                            .error = Error{0, "not there"}});
            return StepDone{};
        };
    }));
    EXPECT_THAT(outcomes(), ElementsAre("load module x: not there", "one: ok", "two: ok", "three: ok"));
}

TEST_F(StepRunnerTest, TellsNobodyOnceItIsStopped) {
    runner_.run(steps([](StepChild& /*child*/) -> StepRunner::Work { hang(); }));
    runner_.stop();
    loop_.poll();
    EXPECT_FALSE(ended_);
    EXPECT_THAT(outcomes(), ElementsAre());
}

// As where there is no memory for a process: what may never end would take PID 1 with it.
TEST_F(StepRunnerTest, LeavesOutWhatMayWaitWhereNoChildCanBeMade) {
    const pid_t test = ::fork();
    if (test == 0) {
        ::close_range(3, 1023, 0);
        rlimit few{0, 0};
        few.rlim_cur = few.rlim_max = 3;  // no descriptor for the child's channel
        auto loop = sys::EventLoop::create();
        ::setrlimit(RLIMIT_NOFILE, &few);
        if (!loop.ok()) ::_exit(2);
        sys::BestEffort attempt("test");
        StepRunner runner(*loop, attempt);
        bool ended = false;
        std::vector<std::size_t> done;
        StepRunner::Steps wanted;
        wanted.names = {{"one"}, {.name = "two", .may_wait = false}, {"three"}};
        wanted.begin = [&](StepChild& /*child*/) {
            return [&](std::size_t number) -> std::optional<StepDone> {
                done.push_back(number);
                return StepDone{};
            };
        };
        wanted.on_end = [&] { ended = true; };
        runner.run(std::move(wanted));
        while (!ended) loop->wait();
        const auto& outcomes = attempt.outcomes();
        const auto is_left_out = [](const sys::Outcome& outcome) {
            return outcome.error && outcome.error->code == EMFILE &&
                   outcome.error->what ==
                       "left out, since it may wait and no process can be made for it: make a socket for a child";
        };
        const bool is_right = outcomes.size() == 3 && is_left_out(outcomes[0]) && !outcomes[1].error &&
                              is_left_out(outcomes[2]) && done == std::vector<std::size_t>{1};
        ::_exit(is_right ? 0 : 1);
    }
    int status = -1;
    while (::waitpid(test, &status, 0) < 0 && errno == EINTR) continue;
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST_F(StepRunnerTest, WaitsForAChildThatCanBeMadeSoon) {
    const pid_t test = ::fork();
    if (test == 0) {
        ::close_range(3, 1023, 0);
        auto loop = sys::EventLoop::create();
        rlimit before{}, few{};
        ::getrlimit(RLIMIT_NOFILE, &before);
        few = before;
        few.rlim_cur = 3;
        ::setrlimit(RLIMIT_NOFILE, &few);
        if (!loop.ok()) ::_exit(2);
        sys::BestEffort attempt("test");
        StepRunner runner(*loop, attempt);
        bool ended = false;
        StepRunner::Steps wanted;
        wanted.names = {{"one"}};
        const pid_t here = ::getpid();
        wanted.begin = [here](StepChild& /*child*/) {
            return [here](std::size_t /*number*/) -> std::optional<StepDone> {
                return StepDone{.result = ::getpid() != here ? Result<>() : Result<>(Error{0, "in PID 1"})};
            };
        };
        wanted.on_end = [&] { ended = true; };
        runner.run(std::move(wanted));
        ::setrlimit(RLIMIT_NOFILE, &before);
        while (!ended) loop->wait();
        ::_exit(attempt.outcomes().size() == 1 && !attempt.outcomes().front().error ? 0 : 1);
    }
    int status = -1;
    while (::waitpid(test, &status, 0) < 0 && errno == EINTR) continue;
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

}  // namespace
}  // namespace nlinit::app
