// SPDX-License-Identifier: Apache-2.0
#include "nlinit/sys/best_effort.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>

#include "nlinit/sys/log/log.hpp"
#include "support/namespaces.hpp"

namespace nlinit::sys {
namespace {

Result<> fail() {
    return Error{EPERM, "mount tmpfs on /run"};
}

TEST(BestEffort, GivesTheValueOfWhatWorked) {
    BestEffort attempt("test");
    const auto value = attempt("count", [] { return Result<int>(7); });
    ASSERT_TRUE(value);
    EXPECT_EQ(*value, 7);
}

TEST(BestEffort, GivesNothingForWhatFailed) {
    BestEffort attempt("test");
    EXPECT_FALSE(attempt("count", [] { return Result<int>(Error{ENOENT, "count"}); }));
    EXPECT_FALSE(attempt("mount", fail));
}

TEST(BestEffort, TellsWhetherAStepWithoutValueWorked) {
    BestEffort attempt("test");
    EXPECT_TRUE(attempt("nothing", [] { return Result<>(); }));
}

TEST(BestEffort, TakesValuesThatCanOnlyBeMoved) {
    BestEffort attempt("test");
    const auto value = attempt("make", [] { return Result(std::make_unique<int>(3)); });
    ASSERT_TRUE(value);
    EXPECT_EQ(**value, 3);
}

TEST(BestEffort, RemembersEveryStepForTheReport) {
    BestEffort attempt("test");
    attempt("first", [] { return Result<>(); });
    attempt("second", Importance::optional, fail);
    ASSERT_EQ(attempt.outcomes().size(), 2U);
    const Outcome &first = attempt.outcomes()[0], &second = attempt.outcomes()[1];
    EXPECT_EQ(first.step, "first");
    EXPECT_FALSE(first.error);
    EXPECT_EQ(first.importance, Importance::ordinary);
    EXPECT_LE(first.started_at, first.ended_at);
    EXPECT_LE(first.ended_at, second.started_at);
    EXPECT_EQ(second.step, "second");
    EXPECT_EQ(second.importance, Importance::optional);
    ASSERT_TRUE(second.error);
    EXPECT_EQ(second.error->code, EPERM);
}

TEST(BestEffort, KnowsWhetherARequiredStepFailed) {
    BestEffort attempt("test");
    attempt("ordinary", fail);
    attempt("required", Importance::required, [] { return Result<>(); });
    EXPECT_FALSE(attempt.required_step_failed());
    attempt("required", Importance::required, fail);
    EXPECT_TRUE(attempt.required_step_failed());
}

// What is logged at this threshold.
std::string logged(log::Level threshold, const char* step, Importance importance) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    const int status = test::run_in_child([&] {
        log::open(log::Target::standard_error, threshold);  // lines of earlier tests go where those went
        ::dup2(writer.get(), STDERR_FILENO);
        BestEffort attempt("boot");
        attempt(step, importance, fail);
        return 0;
    });
    EXPECT_EQ(status, 0);
    writer.reset();
    char text[500];
    const ssize_t size = ::read(reader.get(), text, sizeof text);
    return {text, static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

TEST(BestEffort, NamesTheStepInTheLogUnlessTheErrorDoes) {
    EXPECT_EQ(logged(log::Level::warning, "mount tmpfs on /run", Importance::ordinary),
              "nlinit: boot: mount tmpfs on /run: Operation not permitted\n");
    EXPECT_EQ(logged(log::Level::warning, "prepare", Importance::ordinary),
              "nlinit: boot: prepare: mount tmpfs on /run: Operation not permitted\n");
}

TEST(BestEffort, LogsAFailureByItsImportance) {
    EXPECT_EQ(logged(log::Level::info, "prepare", Importance::optional), "");
    EXPECT_NE(logged(log::Level::debug, "prepare", Importance::optional), "");
    EXPECT_NE(logged(log::Level::error, "prepare", Importance::ordinary), "");
    EXPECT_NE(logged(log::Level::error, "prepare", Importance::required), "");
}

TEST(BestEffortTest, TheAccountEndsAndARequiredFailureIsRememberedAllTheSame) {
    BestEffort attempt("test");
    for (std::size_t i = 0; i < BestEffort::kMaxOutcomes + 3; ++i) attempt("step", [] { return Result<>(); });
    attempt("last", Importance::required, []() -> Result<> { return Error{EIO, "last"}; });
    EXPECT_EQ(attempt.outcomes().size(), BestEffort::kMaxOutcomes);
    EXPECT_EQ(attempt.left_out(), 4U);
    EXPECT_TRUE(attempt.required_step_failed());
}

}  // namespace
}  // namespace nlinit::sys
